// From what was noted down to what has to be done: constants folded, repeats and dead code removed, chains fused.

import { argument, constant, type Expr, kernelOf, renumber, substitute } from '../scalar/index.js';
import { coerce } from '../tensor/dtype.js';
import { type Shape, sameShape, sizeOf, stridesOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { signatureOf } from './compare.js';
import type { CopyCall, ElementwiseCall, Instruction, Read } from './instruction.js';
import type { Constant } from './recorder.js';

/** Blocks all of whose elements are one known number. */
type Uniform = Map<Symbolic, number>;

interface Elementwise extends Instruction {
  readonly call: ElementwiseCall;
}

function isElementwise(instruction: Instruction): instruction is Elementwise {
  return instruction.call.kind === 'elementwise';
}

function withCall(instruction: Instruction, call: ElementwiseCall): Instruction {
  return { ...instruction, call, inputs: call.reads.map(({ block }) => block) };
}

/** Drops the arguments that `f` no longer has, and lets one block be read once. */
function compacted(f: Expr, reads: readonly (Read | null)[]): { f: Expr; reads: Read[] } {
  const kept: Read[] = [];
  const places = new Map<number, number>();
  reads.forEach((read, i) => {
    if (read === null) return;
    const known = kept.findIndex(
      (other) => other.block === read.block && sameShape(other.shape, read.shape),
    );
    places.set(i, known < 0 ? kept.push(read) - 1 : known);
  });
  return { f: renumber(f, places), reads: kept };
}

// ── Constants ──────────────────────────────────────────────────────────────────────────────────────

function foldElementwise(call: ElementwiseCall, uniform: Uniform): ElementwiseCall {
  let { f } = call;
  const reads = call.reads.map((read, i) => {
    const value = uniform.get(read.block);
    if (value === undefined) return read;
    f = substitute(f, argument(i), constant(coerce(value, call.dtype)));
    return null;
  });
  return { ...call, ...compacted(f, reads) };
}

/** Numbers that are known while tracing become part of the formulas that read them. */
function foldConstants(
  instructions: readonly Instruction[],
  constants: ReadonlyMap<Symbolic, Constant>,
): Instruction[] {
  const uniform: Uniform = new Map();
  for (const [block, elements] of constants) {
    if (typeof elements === 'number') uniform.set(block, elements);
    else if (elements.length > 0 && elements.every((v) => Object.is(v, elements[0]))) {
      uniform.set(block, elements[0]);
    }
  }
  const partlyWritten = new Set(instructions.filter((i) => i.partial).flatMap((i) => i.outputs));
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    const [out] = outputs;
    if (call.kind === 'elementwise') {
      const folded = foldElementwise(call, uniform);
      if (folded.reads.length === 0 && !partlyWritten.has(out)) {
        uniform.set(out, coerce(kernelOf(folded.f, 0, call.dtype).scalar(), out.dtype));
      }
      return withCall(instruction, folded);
    }
    const value = uniform.get(inputs[0]);
    if (value !== undefined && call.kind === 'convert') uniform.set(out, coerce(value, call.to));
    if (value !== undefined && call.kind === 'copy' && fillsWhole(call, out))
      uniform.set(out, value);
    return instruction;
  });
}

/** Whether a copy writes every element of its output, in order. */
function fillsWhole({ to, shape }: CopyCall, out: Symbolic): boolean {
  return to.offset === 0 && sizeOf(shape) === out.length && sameShape(to.strides, stridesOf(shape));
}

// ── Repeats and dead code ──────────────────────────────────────────────────────────────────────────

function repeatable({ call, partial }: Instruction): boolean {
  return !partial && call.kind !== 'draw' && call.kind !== 'host';
}

/** What computes the same on the same blocks is computed once. */
function shareRepeats(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const same = new Map<Symbolic, Symbolic>();
  const known = new Map<string, Symbolic>();
  const result: Instruction[] = [];
  for (const original of instructions) {
    const instruction = rewired(original, same);
    const { inputs, outputs } = instruction;
    const key = `${signatureOf(instruction)} ${inputs.map(({ id }) => id).join()} ${outputs[0]?.dtype}`;
    const earlier = repeatable(instruction) ? known.get(key) : undefined;
    if (earlier !== undefined && !kept.has(outputs[0])) {
      same.set(outputs[0], earlier);
      continue;
    }
    if (repeatable(instruction)) known.set(key, outputs[0]);
    result.push(instruction);
  }
  return result;
}

function rewired(instruction: Instruction, same: ReadonlyMap<Symbolic, Symbolic>): Instruction {
  if (!instruction.inputs.some((block) => same.has(block))) return instruction;
  const inputs = instruction.inputs.map((block) => same.get(block) ?? block);
  const { call } = instruction;
  if (call.kind !== 'elementwise') return { ...instruction, inputs };
  const reads = call.reads.map((read, i) => ({ ...read, block: inputs[i] }));
  return withCall(instruction, { ...call, ...compacted(call.f, reads) });
}

/** Instructions whose outputs nobody reads, and that have no effect besides. */
function dropDead(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const needed = new Set(kept);
  const result: Instruction[] = [];
  for (let k = instructions.length - 1; k >= 0; k--) {
    const instruction = instructions[k];
    const { call, inputs, outputs } = instruction;
    if (call.kind !== 'draw' && !outputs.some((block) => needed.has(block))) continue;
    for (const block of inputs) needed.add(block);
    result.push(instruction);
  }
  return result.reverse();
}

// ── Fusion ─────────────────────────────────────────────────────────────────────────────────────────

/** A fused formula reads at most so many blocks. */
const MOST_READS = 8;

/** The shape that a broadcasting copy reads from; null if the copy does something else. */
function broadcastSource({ from, shape }: CopyCall): Shape | null {
  if (from.offset !== 0) return null;
  const source = shape.map((size, axis) => (from.strides[axis] === 0 ? 1 : size));
  const strides = stridesOf(source);
  const fits = from.strides.every((stride, axis) => source[axis] === 1 || stride === strides[axis]);
  return fits ? source : null;
}

function countUses(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Map<Symbolic, number> {
  const uses = new Map<Symbolic, number>();
  const add = (block: Symbolic) => uses.set(block, (uses.get(block) ?? 0) + 1);
  for (const { inputs } of instructions) inputs.forEach(add);
  kept.forEach(add);
  return uses;
}

/** A read through a copy that only repeats becomes a broadcasting read of the copy's source. */
function readThrough(read: Read, producers: ReadonlyMap<Symbolic, Instruction>): Read {
  const producer = producers.get(read.block);
  if (producer?.call.kind !== 'copy' || !sameShape(producer.call.shape, read.shape)) return read;
  if (!fillsWhole(producer.call, read.block)) return read;
  const shape = broadcastSource(producer.call);
  return shape === null ? read : { block: producer.inputs[0], shape };
}

function fuse(instructions: readonly Instruction[], kept: ReadonlySet<Symbolic>): Instruction[] {
  const uses = countUses(instructions, kept);
  const writers = new Map<Symbolic, number>();
  for (const { outputs } of instructions) {
    for (const out of outputs) writers.set(out, (writers.get(out) ?? 0) + 1);
  }
  const producers = new Map<Symbolic, Instruction>();
  const inlined = new Set<Instruction>();
  const result: Instruction[] = [];
  for (const original of instructions) {
    let instruction = original;
    if (isElementwise(instruction)) {
      instruction = withInlined(
        instruction,
        (read, call) => {
          const producer = producers.get(read.block);
          const fits =
            producer !== undefined &&
            isElementwise(producer) &&
            uses.get(read.block) === 1 &&
            producer.call.dtype === call.dtype &&
            sameShape(producer.call.shape, read.shape) &&
            sizeOf(producer.call.shape) === sizeOf(call.shape);
          return fits ? producer : null;
        },
        producers,
        inlined,
      );
    }
    result.push(instruction);
    for (const out of instruction.outputs) {
      if (writers.get(out) === 1) producers.set(out, instruction);
    }
  }
  return result.filter((instruction) => !inlined.has(instruction));
}

/** Puts the formulas of producers in the place of what they would have written. */
function withInlined(
  instruction: Elementwise,
  producerOf: (read: Read, call: ElementwiseCall) => Elementwise | null,
  producers: ReadonlyMap<Symbolic, Instruction>,
  inlined: Set<Instruction>,
): Elementwise {
  const { call } = instruction;
  let { f } = call;
  const reads: (Read | null)[] = call.reads.map((read) => readThrough(read, producers));
  const count = reads.length;
  for (let i = 0; i < count; i++) {
    const read = reads[i] as Read;
    const inlinable = producerOf(read, call);
    if (inlinable === null) continue;
    const producer = inlinable.call;
    const alive = reads.filter((other) => other !== null).length;
    if (alive - 1 + producer.reads.length > MOST_READS) continue;
    inlined.add(inlinable);
    const start = reads.length;
    const moved = renumber(
      producer.f,
      producer.reads.map((_, k) => start + k),
    );
    f = substitute(f, argument(i), moved);
    reads[i] = null;
    reads.push(...producer.reads);
  }
  return withCall(instruction, { ...call, ...compacted(f, reads) }) as Elementwise;
}

/** The instructions that compute `kept`, as few and as long as they get. */
export function optimize(
  instructions: readonly Instruction[],
  constants: ReadonlyMap<Symbolic, Constant>,
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const folded = foldConstants(instructions, constants);
  const shared = shareRepeats(dropDead(folded, kept), kept);
  const fused = fuse(shared, kept);
  return dropDead(fused, kept);
}
