// Single operations that everybody computes: matrix products by size, a pointwise chain, softmax, and a tape of scalars.
import { Numbers } from './numbers.js';
import type { Kind, Task } from './task.js';

const SIZES = [16, 32, 64, 127, 128, 256, 257, 512, 1024];

/** Short as they are, they need less time for a good median than a whole training step does. */
const SHARE = 1 / 3;

function op(
  name: string,
  kind: Kind,
  settings: Task['settings'],
  numbers: (source: Numbers) => Numbers,
  flops: number,
  operations = 1,
): Task {
  return {
    name,
    kind,
    settings,
    numbers: () => numbers(new Numbers(7)).toArray(),
    batches: 1,
    steps: 1,
    flops,
    operations,
    share: SHARE,
  };
}

/** Two square matrices, forward only. */
const matmul = (size: number): Task =>
  op(`matmul ${size}`, 'matmul', { size }, (numbers) => numbers.unit(2 * size ** 2), 2 * size ** 3);

/** exp(0.5 tanh(x y + x)). */
const pointwise = (exponent: number): Task =>
  op(
    `exp(tanh(x*y+x)*0.5), 2^${exponent}`,
    'pointwise',
    { count: 2 ** exponent },
    (numbers) => numbers.unit(2 * 2 ** exponent),
    5 * 2 ** exponent,
  );

const softmax = (rows: number, columns: number): Task =>
  op(
    `softmax [${rows}, ${columns}]`,
    'softmax',
    { rows, columns },
    (numbers) => numbers.unit(rows * columns),
    5 * rows * columns,
  );

/** y ← sin(1.0001 y), two operations a time, and the gradient back through all of them. */
const tape = (operations: number): Task =>
  op(
    `scalar tape of ${operations}, an operation`,
    'tape',
    { operations },
    (numbers) => numbers.constant(1, 1),
    2 * operations,
    operations,
  );

export const opTasks: readonly Task[] = [
  ...SIZES.map(matmul),
  pointwise(15),
  pointwise(20),
  softmax(1024, 1000),
  tape(1000),
];
