// Two traces of one function must be the same, or a replay would not do what the function does.

import { callSite, TraceError } from '../errors.js';
import { Expr } from '../scalar/index.js';
import { Symbolic } from '../tensor/symbolic.js';
import type { Instruction } from './instruction.js';
import type { Constant, Recorder, Sites } from './recorder.js';
import type { Trace } from './trace.js';

/** Whether two calls, or parts of them, do the same. Equal formulas are one object; which blocks are read is looked at elsewhere. */
export function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === 'function') return typeof b === 'function';
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Symbolic) return b instanceof Symbolic;
  if (a instanceof Expr) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!alike(a[i], b[i])) return false;
    return true;
  }
  for (const key in a) {
    if (!alike(a[key as keyof typeof a], b[key as keyof typeof b])) return false;
  }
  return true;
}

function sameConstant(a: Constant, b: Constant): boolean {
  if (typeof a === 'number' || typeof b === 'number') return Object.is(a, b);
  return a === b || (a.length === b.length && a.every((value, i) => Object.is(value, b[i])));
}

/** What differs between two traces, and where a trace that notes down places has that of it. */
interface Difference {
  readonly what: string;
  readonly siteIn?: (trace: Trace) => Error | null;
}

/** Two blocks are both constants, and equal, or both none; so are two gradients, if there are any. @returns what differs. */
function differentConstant(
  a: Symbolic | null,
  first: Recorder,
  b: Symbolic | null | undefined,
  second: Recorder,
): string | null {
  if (a === null || b === null) return a === b ? null : 'a gradient in one of them only';
  const x = first.constants.get(a);
  const y = b && second.constants.get(b);
  if ((x === undefined) !== (y === undefined)) return 'a constant in one of them only';
  if (x === undefined || y === undefined || sameConstant(x, y)) return null;
  const [before, after] = [x, y].map((c) =>
    typeof c === 'number' ? String(c) : `an array of ${c.length}`,
  );
  return `a JavaScript value that changed from ${before} to ${after}`;
}

/** How an instruction of one trace differs from that of the other. The constants that they read must be the same. */
function differentInstruction(
  p: Instruction | undefined,
  q: Instruction | undefined,
  a: Recorder,
  b: Recorder,
): string | null {
  if (p === undefined || q === undefined) return 'an operation in one of them only';
  let same = p.partial === q.partial && alike(p.call, q.call);
  for (let i = 0; i < p.inputs.length; i++) {
    const block = p.inputs[i];
    const other = q.inputs[i];
    const what = differentConstant(block, a, other, b);
    if (what !== null) return what;
    same &&= block.id === other?.id || (a.constants.has(block) && b.constants.has(other));
  }
  return same ? null : 'another operation, or the same on something else,';
}

/** What is returned, and what cells end with, may be constants that no instruction reads. */
function differentEnds(first: Trace, second: Trace): Difference | null {
  const [a, b] = [first.recorder, second.recorder];
  for (const [i, { after, gradAfter }] of first.cells.entries()) {
    const other = second.cells[i];
    const what =
      differentConstant(after, a, other.after, b) ??
      differentConstant(gradAfter, a, other.gradAfter, b);
    if (what !== null) return { what, siteIn: ({ cells }) => cells[i]?.fixedAt ?? null };
  }
  for (const [i, { block }] of first.outputs.entries()) {
    const what = differentConstant(block, a, second.outputs[i].block, b);
    if (what !== null) return { what };
  }
  return null;
}

const shown = ({ taps }: Trace): string =>
  taps.map(({ name, slot }) => `${slot.block.id} ${name}`).join();

function difference(first: Trace, second: Trace): Difference | null {
  const [a, b] = [first.recorder, second.recorder];
  const count = Math.max(a.instructions.length, b.instructions.length);
  for (let k = 0; k < count; k++) {
    const what = differentInstruction(a.instructions[k], b.instructions[k], a, b);
    if (what !== null) {
      return { what, siteIn: ({ recorder }) => recorder.instructions[k]?.site ?? null };
    }
  }
  if (first.cells.some(({ cell }, i) => cell !== second.cells[i]?.cell)) {
    return { what: 'other variables' };
  }
  if (JSON.stringify(first.result) !== JSON.stringify(second.result)) {
    throw new TraceError(
      'compile: two traces of a function return the same structure, got two that differ. ' +
        'Return tensors, and read JavaScript values from them after the run.',
    );
  }
  if (shown(first) !== shown(second)) {
    return { what: 'taps of other names or values' };
  }
  return differentEnds(first, second);
}

/**
 * Traces a function once more and compares. Only where the traces differ it is traced a third time, to name the line:
 * noting down the place of every operation takes longer than all the rest.
 * @throws TraceError that names the line where two traces of a function differ.
 */
export function assertRepeats(first: Trace, trace: (sites: Sites) => Trace): void {
  const found = difference(first, trace('none'));
  if (found === null) return;
  const site = found.siteIn?.(trace('all')) ?? null;
  throw new TraceError(
    `compile: two traces of a function are the same, got ${found.what}${site === null ? '' : callSite(site)}. ` +
      'Keep what changes (a counter, a learning rate, random numbers) in a variable or a generator, or pass it in.',
  );
}
