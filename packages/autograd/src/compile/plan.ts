// Where blocks lie: by liveness, in one arena, and in place where a cell's new value can take that of the old.

import { bytesPerElement } from '../tensor/dtype.js';
import { sameShape } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import type { Instruction } from './instruction.js';
import { Addresses } from './memory.js';

export function bytesOf({ dtype, length }: Symbolic): number {
  return length * bytesPerElement(dtype);
}

/** A cell that a program assigns. */
export interface Update {
  readonly before: Symbolic;
  readonly after: Symbolic;
}

export interface Plan {
  /** Offsets of blocks within the arena. */
  readonly offsets: ReadonlyMap<Symbolic, number>;
  readonly arenaBytes: number;
  /** Updated cells whose new value is written over the old one: new block → old block. */
  readonly inPlace: ReadonlyMap<Symbolic, Symbolic>;
}

/** The place of the last instruction that reads or writes each block. */
const lastUses = (instructions: readonly Instruction[]): Map<Symbolic, number> =>
  new Map(
    instructions.flatMap(({ inputs, outputs }, k) =>
      [...inputs, ...outputs].map((block) => [block, k] as const),
    ),
  );

/** Whether an instruction may write `after` over `before`: it reads that at the very same place, or not at all. */
function overwrites(
  { call, inputs, outputs }: Instruction,
  before: Symbolic,
  after: Symbolic,
): boolean {
  if (before.dtype !== after.dtype || before.length !== after.length) return false;
  if (call.kind === 'descent') return inputs.indexOf(before) === 2;
  const isValues = call.kind === 'reduceFormula' && call.written && outputs.at(-1) === after;
  const written = isValues ? call.formula : call;
  return (
    written.kind === 'elementwise' &&
    written.reads.every(({ block, shape }) => block !== before || sameShape(shape, written.shape))
  );
}

/** New values of cells that are written over the old ones, which nobody reads later, and are this cell's alone. */
function findInPlace(
  instructions: readonly Instruction[],
  updates: readonly Update[],
  last: ReadonlyMap<Symbolic, number>,
): Map<Symbolic, Symbolic> {
  const result = new Map<Symbolic, Symbolic>();
  for (const { before, after } of updates) {
    const first = instructions.findIndex(({ outputs }) => outputs.includes(after));
    if (first < 0 || result.has(after) || (last.get(before) ?? 0) > first) continue;
    if (overwrites(instructions[first], before, after)) result.set(after, before);
  }
  return result;
}

/**
 * Gives every block of the arena an offset; blocks whose lives don't overlap share their place, and what a formula makes of
 * a block that nobody reads later is written over that. `fixed` lie elsewhere (cells, constants); `inputs` are alive from
 * the start, `outputs` to the end. What `pairs` and the instructions after them read and write is alive during both.
 */
export function planMemory(
  instructions: readonly Instruction[],
  fixed: ReadonlySet<Symbolic>,
  inputs: readonly Symbolic[],
  outputs: ReadonlySet<Symbolic>,
  updates: readonly Update[],
  pairs: ReadonlySet<Instruction>,
): Plan {
  const last = lastUses(instructions);
  const inPlace = findInPlace(instructions, updates, last);
  const addresses = new Addresses();
  const offsets = new Map<Symbolic, number>();
  let arenaBytes = 0;
  const place = (block: Symbolic): void => {
    if (fixed.has(block) || inPlace.has(block) || offsets.has(block)) return;
    offsets.set(block, addresses.take(bytesOf(block)));
    arenaBytes = Math.max(arenaBytes, addresses.end);
  };
  const ends = (block: Symbolic, k: number): boolean =>
    offsets.has(block) && !outputs.has(block) && last.get(block) === k;
  /** Lets outputs of an instruction have the place of operands that end with it. @returns these operands. */
  const inherit = (instruction: Instruction, k: number): Symbolic[] =>
    instruction.outputs.flatMap((after) => {
      if (fixed.has(after) || inPlace.has(after) || offsets.has(after)) return [];
      const before = instruction.inputs.find(
        (block) => ends(block, k) && overwrites(instruction, block, after),
      );
      if (before === undefined) return [];
      offsets.set(after, offsets.get(before) as number);
      return [before];
    });
  inputs.forEach(place);
  outputs.forEach(place);
  instructions.forEach((instruction, k) => {
    const inherited = inherit(instruction, k);
    instruction.outputs.forEach(place);
    const before = k > 0 && pairs.has(instructions[k - 1]) ? [instructions[k - 1]] : [];
    if (pairs.has(instruction)) return;
    const used = [...before, instruction].flatMap((own) => [...own.inputs, ...own.outputs]);
    for (const block of new Set(used)) {
      const over = ends(block, k) || (before.length > 0 && ends(block, k - 1));
      if (!over || inherited.includes(block)) continue;
      addresses.give(offsets.get(block) as number, bytesOf(block));
    }
  });
  return { offsets, arenaBytes, inPlace };
}
