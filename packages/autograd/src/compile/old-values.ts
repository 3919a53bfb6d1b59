// Old values of cells that change: copies, where somebody wants them later.

import type { Symbolic } from '../tensor/symbolic.js';
import type { Instruction } from './instruction.js';
import type { Recorder } from './recorder.js';
import type { Trace, TracedCell } from './trace.js';

export const changes = ({ before, after }: TracedCell): boolean => before !== after;

const oldValues = (cells: readonly TracedCell[]): ReadonlySet<Symbolic> =>
  new Set(cells.filter(changes).map(({ before }) => before));

/**
 * A cell that takes the old value of another one, which changes too, takes it from a copy: otherwise the one that is
 * written first would be lost.
 */
export function separated({ recorder, cells }: Trace): TracedCell[] {
  const changing = oldValues(cells);
  return cells.map((traced) => {
    const { after } = traced;
    if (!changes(traced) || !changing.has(after)) return traced;
    const copy = copyOf(recorder, after);
    recorder.instructions.push(copy);
    return { ...traced, after: copy.outputs[0] };
  });
}

/** The old value of a cell that changes, where it is returned, shown, or left as a gradient: a copy made before anything. */
export function copiesOfOld({ recorder, cells, outputs }: Trace): Map<Symbolic, Symbolic> {
  const changing = oldValues(cells);
  const wanted = [...outputs.map(({ block }) => block), ...cells.map((cell) => cell.gradAfter)];
  const copies = new Map<Symbolic, Symbolic>();
  for (const block of wanted) {
    if (block === null || !changing.has(block) || copies.has(block)) continue;
    const copy = copyOf(recorder, block);
    recorder.instructions.unshift(copy);
    copies.set(block, copy.outputs[0]);
  }
  return copies;
}

function copyOf(recorder: Recorder, block: Symbolic): Instruction {
  const layout = { offset: 0, strides: [1] };
  const call = { kind: 'copy', from: layout, to: layout, shape: [block.length] } as const;
  const outputs = [recorder.block(block.dtype, block.length)];
  return { call, inputs: [block], outputs, partial: false, site: null };
}
