// Data: k-fold cross-validation, where every row is tested on once.

import { ArgumentError, type Operand, rng } from '@retrograd/autograd';
import type { Split } from './split.js';

export interface KFoldOptions {
  /** What the order is drawn by. Default: 0. */
  seed?: number;
  /** Classes of the rows (int32 [N], or a list): each fold gets its share of every class, to within one row. */
  labels?: Operand | ArrayLike<number>;
}

/**
 * `count` rows in k parts of equal size, to within one row: k splits, in each of which another part is the test.
 * @throws ArgumentError unless k is a whole number from 2 to `count`.
 */
export function kFold(count: number, k: number, options: KFoldOptions = {}): Split[] {
  if (!Number.isInteger(k) || k < 2 || k > count) {
    throw new ArgumentError(
      `kFold: k is a whole number from 2 to the number of rows, got ${String(k)} for ${count} rows. Pass for example 5.`,
    );
  }
  const { seed = 0, labels } = options;
  const order = Array.from(rng(seed).permutation(count).data());
  if (labels !== undefined) {
    const classes = Array.from('read' in labels ? (labels as Operand).read().data() : labels);
    if (classes.length !== count) {
      throw new ArgumentError(
        `kFold: labels are one for each row, got ${classes.length} for ${count} rows. Pass all of them.`,
      );
    }
    // Rows of a class one after another, dealt out like cards: no fold gets two more of them than another.
    order.sort((a, b) => classes[a] - classes[b]);
  }
  return Array.from({ length: k }, (_, fold) => {
    const inFold = (_row: number, place: number): boolean => place % k === fold;
    return {
      train: Int32Array.from(order.filter((row, place) => !inFold(row, place))),
      test: Int32Array.from(order.filter(inFold)),
    };
  });
}
