// The nets that everybody trains, and their weights and batches.
import { Numbers } from './numbers.js';
import type { Task } from './task.js';

/** A net, how it is trained, and how many samples a step takes. */
export interface Net {
  readonly name: string;
  /** Of the layers, from the features to the classes. */
  readonly sizes: readonly number[];
  readonly batch: number;
  /** Between the layers; the last one gives logits. */
  readonly activation: 'relu' | 'tanh';
  readonly optimizer: 'sgd' | 'adam';
  readonly lr: number;
}

/** Fresh batches that take turns. */
export const BATCHES = 4;

/** Through all batches, and the first one again: only whoever has learned agrees. */
export const STEPS = BATCHES + 1;

function net(sizes: readonly number[], batch: number, other: Partial<Net> = {}): Net {
  const note = other.optimizer === 'adam' ? ', Adam, tanh' : '';
  const name = `${sizes.join('-')}/${batch}${note}`;
  return { name, sizes, batch, activation: 'relu', optimizer: 'sgd', lr: 0.01, ...other };
}

const NETS: readonly Net[] = [
  net([2, 16, 2], 4),
  net([4, 32, 3], 32),
  net([784, 128, 64, 10], 64),
  net([784, 128, 64, 10], 64, { activation: 'tanh', optimizer: 'adam', lr: 0.001 }),
  net([784, 512, 512, 10], 256),
  net([1024, 1024, 1024, 1024], 512),
];

/** Multiplications and additions of a step's matrix products; the first layer needs no gradient of its input. */
export function flopsOf({ sizes, batch }: Pick<Net, 'sizes' | 'batch'>): number {
  let flops = 0;
  for (let i = 1; i < sizes.length; i++) {
    flops += 2 * batch * sizes[i - 1] * sizes[i] * (i === 1 ? 2 : 3);
  }
  return flops;
}

/**
 * All numbers of a net as float32: for each layer its weights [in, out] (uniform, variance 2/in) and its biases
 * (zeros); then for each batch its samples [batch, features] (uniform, variance 1) and their classes.
 */
export function numbersOf({ sizes, batch }: Pick<Net, 'sizes' | 'batch'>): Float32Array {
  const numbers = new Numbers(20_250_101 + sizes.length);
  for (let i = 1; i < sizes.length; i++) {
    numbers.spread(sizes[i - 1] * sizes[i], Math.sqrt(6 / sizes[i - 1])).constant(sizes[i], 0);
  }
  const classes = sizes[sizes.length - 1];
  for (let k = 0; k < BATCHES; k++) numbers.unit(batch * sizes[0]).whole(batch, classes);
  return numbers.toArray();
}

/** The largest net, and the name of what is the limit for its step. */
const LARGEST = NETS[NETS.length - 1];
export const LARGEST_NAME = LARGEST.name;
export const PRODUCTS_NAME = `${LARGEST.name}, its products alone`;

/** The matrix products of the largest net's step, and nothing else: no library need be slower than its own. */
const productsTask: Task = {
  name: PRODUCTS_NAME,
  kind: 'products',
  settings: { sizes: LARGEST.sizes, batch: LARGEST.batch },
  numbers: () => {
    const { sizes, batch } = LARGEST;
    const numbers = new Numbers(8);
    for (let i = 1; i < sizes.length; i++) {
      numbers.unit(batch * sizes[i - 1] + sizes[i] * sizes[i - 1] + batch * sizes[i]);
    }
    return numbers.toArray();
  },
  batches: 1,
  steps: 1,
  flops: flopsOf(LARGEST),
  operations: 1,
  share: 1,
};

/** One training step of each net. */
const trainingTasks: readonly Task[] = NETS.map((each) => {
  const { name, ...settings } = each;
  return {
    name,
    kind: 'net',
    settings: { ...settings },
    numbers: () => numbersOf(each),
    batches: BATCHES,
    steps: STEPS,
    flops: flopsOf(each),
    operations: 1,
    share: 1,
  };
});

export const netTasks: readonly Task[] = [...trainingTasks, productsTask];
