// Two traces of one function must be the same, or a replay would not do what the function does.

import { callSite, TraceError } from '../errors.js';
import type { Symbolic } from '../tensor/symbolic.js';
import type { Instruction } from './instruction.js';
import type { Constant, Recorder } from './recorder.js';
import type { Trace } from './trace.js';

/** What an instruction is, without the blocks: two of equal text do the same. */
export function signatureOf({ call, partial }: Instruction): string {
  return (
    JSON.stringify(call, (key, value: unknown) => {
      if (key === 'f') return (value as { id: number }).id;
      if (key === 'reads') return (value as { shape: unknown }[]).map(({ shape }) => shape);
      if (key === 'run' || key === 'fill') return undefined;
      return value;
    }) + (partial ? '+' : '')
  );
}

function sameConstant(a: Constant, b: Constant): boolean {
  if (typeof a === 'number' || typeof b === 'number') return Object.is(a, b);
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

function refuse(what: string, { site }: { readonly site: Error | null }): never {
  throw new TraceError(
    `compile: two traces of a function are the same, got ${what}${site === null ? '' : callSite(site)}. ` +
      'Keep what changes (a counter, a learning rate, random numbers) in a variable or a generator, or pass it in.',
  );
}

/** Two blocks are both constants, and equal, or both none. */
function compareConstant(
  [a, first]: readonly [Symbolic, Recorder],
  [b, second]: readonly [Symbolic | undefined, Recorder],
  where: { readonly site: Error | null },
): void {
  const x = first.constants.get(a);
  const y = b && second.constants.get(b);
  if ((x === undefined) !== (y === undefined)) refuse('a constant in one of them only', where);
  if (x === undefined || y === undefined || sameConstant(x, y)) return;
  const [before, after] = [x, y].map((c) =>
    typeof c === 'number' ? String(c) : `an array of ${c.length}`,
  );
  refuse(`a JavaScript value that changed from ${before} to ${after}`, where);
}

/** The constants that an instruction reads must be the same in both traces. */
function compareConstants(a: Instruction, b: Instruction, first: Recorder, second: Recorder): void {
  a.inputs.forEach((block, i) => {
    compareConstant([block, first], [b.inputs[i], second], b);
  });
}

/** What is returned, and what cells end with, may be constants that no instruction reads. */
function compareEnds(first: Trace, second: Trace): void {
  const [a, b] = [first.recorder, second.recorder];
  first.cells.forEach(({ after, gradAfter }, i) => {
    const other = second.cells[i];
    const where = { site: other.fixedAt };
    compareConstant([after, a], [other.after, b], where);
    if (gradAfter === null || other.gradAfter === null) {
      if (gradAfter !== other.gradAfter) refuse('a gradient in one of them only', where);
    } else compareConstant([gradAfter, a], [other.gradAfter, b], where);
  });
  first.outputs.forEach(({ block }, i) => {
    compareConstant([block, a], [second.outputs[i].block, b], { site: null });
  });
}

/** @throws TraceError that names the line where two traces of a function differ. */
export function assertSame(first: Trace, second: Trace): void {
  const [a, b] = [first.recorder, second.recorder];
  const count = Math.max(a.instructions.length, b.instructions.length);
  for (let k = 0; k < count; k++) {
    const [p, q] = [a.instructions[k], b.instructions[k]];
    if (p === undefined || q === undefined) refuse('an operation in one of them only', p ?? q);
    const blocksDiffer = p.inputs.some((block, i) => block.id !== q.inputs[i]?.id);
    if (signatureOf(p) !== signatureOf(q) || (blocksDiffer && !onlyConstantsDiffer(p, q, a, b))) {
      compareConstants(p, q, a, b);
      refuse('another operation, or the same on something else,', q);
    }
    compareConstants(p, q, a, b);
  }
  if (first.cells.some(({ cell }, i) => cell !== second.cells[i]?.cell)) {
    refuse('other variables', { site: null });
  }
  if (JSON.stringify(first.result) !== JSON.stringify(second.result)) {
    throw new TraceError(
      'compile: two traces of a function return the same structure, got two that differ. ' +
        'Return tensors, and read JavaScript values from them after the run.',
    );
  }
  const [shown, shownAgain] = [first, second].map(({ taps }) =>
    taps.map(({ name, slot }) => `${slot.block.id} ${name}`).join(),
  );
  if (shown !== shownAgain) refuse('taps of other names or values', { site: null });
  compareEnds(first, second);
}

function onlyConstantsDiffer(p: Instruction, q: Instruction, a: Recorder, b: Recorder): boolean {
  return p.inputs.every(
    (block, i) =>
      block.id === q.inputs[i]?.id || (a.constants.has(block) && b.constants.has(q.inputs[i])),
  );
}
