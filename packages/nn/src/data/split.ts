// Data: which rows are trained on, and which are kept to test with.

import { ArgumentError, type Operand, rng } from '@retrograd/autograd';

/** Positions of rows, in random order. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Keeps a fraction of `count` rows (rounded) for the test, drawn by the seed.
 * @throws ArgumentError unless 0 ≤ fraction < 1, or if no row is left to train on.
 */
export function randomSplit(count: number, fraction: number, seed = 0): Split {
  checkFraction('randomSplit', fraction);
  const order = permutation(count, seed);
  const kept = Math.round(count * fraction);
  checkRest('randomSplit', count, kept);
  return { train: order.slice(kept), test: order.slice(0, kept) };
}

/**
 * Keeps a fraction of the rows for the test so that every class has its share there, to within one row, and at least
 * one row in training. Labels are class indices 0, 1, … (int32 [N], or a list).
 * @throws ArgumentError unless 0 ≤ fraction < 1, or if no row is left to train on.
 */
export function stratifiedSplit(
  labels: Operand | ArrayLike<number>,
  fraction: number,
  seed = 0,
): Split {
  checkFraction('stratifiedSplit', fraction);
  const classes = Array.from('read' in labels ? (labels as Operand).read().data() : labels);
  const left = quotas(classes, fraction);
  const total = [...left.values()].reduce((sum, n) => sum + n, 0);
  checkRest('stratifiedSplit', classes.length, total);
  const train: number[] = [];
  const test: number[] = [];
  for (const row of permutation(classes.length, seed)) {
    const quota = left.get(classes[row]) ?? 0;
    left.set(classes[row], quota - 1);
    (quota > 0 ? test : train).push(row);
  }
  return { train: Int32Array.from(train), test: Int32Array.from(test) };
}

/**
 * How many rows of each class go to the test: its share rounded down, and where that leaves the total short, one more
 * for the classes that lost most by rounding (the method of largest remainders).
 */
function quotas(classes: readonly number[], fraction: number): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const label of classes) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const shares = [...sizes].map(([label, size]) => ({ label, size, exact: size * fraction }));
  const result = new Map(shares.map(({ label, exact }) => [label, Math.floor(exact)]));
  let short = Math.round(classes.length * fraction);
  for (const kept of result.values()) short -= kept;
  const byRemainder = [...shares].sort(
    (a, b) => (b.exact % 1) - (a.exact % 1) || a.label - b.label,
  );
  for (const { label, size, exact } of byRemainder) {
    const more = Math.floor(exact) + 1;
    if (short <= 0 || exact % 1 === 0 || more >= size) continue;
    result.set(label, more);
    short--;
  }
  return result;
}

function permutation(count: number, seed: number): Int32Array {
  return rng(seed).permutation(count).data() as Int32Array;
}

function checkFraction(op: string, fraction: number): void {
  if (fraction >= 0 && fraction < 1) return;
  throw new ArgumentError(
    `${op}: the fraction kept for the test is at least 0 and below 1, got ${String(fraction)}. ` +
      'Pass for example 0.25.',
  );
}

function checkRest(op: string, count: number, kept: number): void {
  if (count > kept) return;
  throw new ArgumentError(
    `${op}: leaves at least one row to train on, got ${count} rows of which ${kept} are kept. ` +
      'Bring more rows, or keep a smaller fraction.',
  );
}
