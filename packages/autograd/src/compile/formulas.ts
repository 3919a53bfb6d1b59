// Formulas within instructions: how passes over a program take them apart and put them together.

import { type Expr, renumber } from '../scalar/index.js';
import { type Shape, sameShape, sizeOf } from '../tensor/shape.js';
import type { AxisCall, ElementwiseCall, Instruction, Read } from './instruction.js';

export interface Elementwise extends Instruction {
  readonly call: ElementwiseCall;
}

export function isElementwise(instruction: Instruction): instruction is Elementwise {
  return instruction.call.kind === 'elementwise';
}

export function withCall(instruction: Instruction, call: ElementwiseCall): Instruction {
  return { ...instruction, call, inputs: call.reads.map(({ block }) => block) };
}

/** The axis of a formula's shape that a kernel goes along; −1 where it goes along none, or several. */
export const axisOf = (shape: Shape, { count, inner }: AxisCall): number =>
  shape.findIndex((size, k) => size === count && sizeOf(shape.slice(k + 1)) === inner);

/** Drops the arguments that `f` no longer has, and lets one block be read once. */
export function compacted(f: Expr, reads: readonly (Read | null)[]): { f: Expr; reads: Read[] } {
  const kept: Read[] = [];
  const places = new Map<number, number>();
  reads.forEach((read, i) => {
    if (read === null) return;
    const known = kept.findIndex(
      (other) => other.block === read.block && sameShape(other.shape, read.shape),
    );
    places.set(i, known < 0 ? kept.push(read) - 1 : known);
  });
  for (const [from, to] of places) {
    if (from !== to) return { f: renumber(f, places), reads: kept };
  }
  return { f, reads: kept };
}
