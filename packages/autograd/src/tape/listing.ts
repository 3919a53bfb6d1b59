// The tape as a list to be read: what ran, in which order, on which shapes.

import type { Origin } from '../tensor/origin.js';
import { formatShape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { Printed, padded } from '../tensor/text.js';
import { Node, type ReleasedTape, type TapeEntry, type TapeLine } from './node.js';
import { visitTape } from './order.js';

/** The ordered list of operations that lead to a value, as `loss.tape()` returns it. */
export class Tape extends Printed implements Iterable<TapeEntry> {
  readonly entries: readonly TapeEntry[];

  /** @internal */
  constructor(entries: readonly TapeEntry[]) {
    super();
    this.entries = entries;
  }

  get length(): number {
    return this.entries.length;
  }

  [Symbol.iterator](): Iterator<TapeEntry> {
    return this.entries[Symbol.iterator]();
  }

  toString(): string {
    const text = this.entries.map(({ index, name, shape, dtype, inputs }) => {
      const operands = inputs.map((i) => (i === null ? 'const' : `%${i}`)).join(', ');
      const call = name === 'leaf' && inputs.length === 0 ? 'leaf' : `${name}(${operands})`;
      return [`%${index}`, call, dtype, formatShape(shape)];
    });
    return padded(text)
      .map(([index, call, dtype, shape]) => `${index} = ${call}  ${dtype} ${shape.trimEnd()}`)
      .join('\n');
  }
}

function lineOf(origin: Origin, index: number): TapeLine {
  const op = origin instanceof Node ? origin.op : null;
  const inputs =
    origin instanceof Node ? origin.inputs.map((input) => input?.position ?? null) : [];
  return { index, op, name: op?.name ?? 'leaf', shape: origin.shape, dtype: origin.dtype, inputs };
}

function agrees(line: TapeLine, origin: Origin): boolean {
  if (line.dtype !== origin.dtype || !sameShape(line.shape, origin.shape)) return false;
  if (!(origin instanceof Node)) return line.op === null;
  const { inputs } = origin;
  if (line.op !== origin.op || line.inputs.length !== inputs.length) return false;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (line.inputs[i] !== (input === null ? null : input.position)) return false;
  }
  return true;
}

function repeats(lines: readonly TapeLine[], order: readonly Origin[]): boolean {
  if (lines.length !== order.length) return false;
  for (let i = 0; i < order.length; i++) if (!agrees(lines[i], order[i])) return false;
  return true;
}

/**
 * Tapes that were released lately. Training repeats a few structures (a full batch, a ragged last one): all tapes of
 * one structure share one list, and a loss that is kept costs no more than its number. Giants are not remembered.
 */
const recent: ReleasedTape[] = [];
const STRUCTURES_REMEMBERED = 4;
const LINES_REMEMBERED = 100_000;

function remembered(order: readonly Origin[]): ReleasedTape {
  const known = recent.find(({ lines }) => repeats(lines, order));
  if (known !== undefined) return known;
  const released = { lines: order.map(lineOf) };
  if (order.length <= LINES_REMEMBERED) {
    recent.unshift(released);
    recent.length = Math.min(recent.length, STRUCTURES_REMEMBERED);
  }
  return released;
}

const NO_INPUTS: readonly (Origin | null)[] = [];

/** Drops saved values and links of a replayed order, keeping names and shapes for inspection. */
export function release(order: readonly Origin[]): void {
  const released = remembered(order);
  for (const origin of order) {
    if (!(origin instanceof Node)) continue;
    origin.released = released;
    origin.line = origin.position;
    origin.inputs = NO_INPUTS;
    origin.attrs = null;
    origin.saved = null;
    origin.savedOutputs = null;
  }
}

/** The part of a released tape that leads to one of its lines. */
function releasedEntries({ lines }: ReleasedTape, root: number): TapeEntry[] {
  const wanted = new Set([root]);
  for (let i = root; i >= 0; i--) {
    if (wanted.has(i)) for (const input of lines[i].inputs) if (input !== null) wanted.add(input);
  }
  const kept = lines.filter((line) => wanted.has(line.index));
  const place = new Map(kept.map((line, i) => [line.index, i]));
  return kept.map(({ name, shape, dtype, inputs }, index) => ({
    index,
    name,
    shape,
    dtype,
    inputs: inputs.map((input) => (input === null ? null : (place.get(input) ?? null))),
  }));
}

/** The operations that lead to `value`, in the order in which they ran. */
export function tapeOf(value: Tensor): Tape {
  const { origin } = value;
  if (origin === null || !value.requiresGrad) return new Tape([]);
  if (origin instanceof Node && origin.released !== null) {
    return new Tape(releasedEntries(origin.released, origin.line));
  }
  return visitTape([origin], null, ({ order }) => new Tape(order.map(lineOf)));
}
