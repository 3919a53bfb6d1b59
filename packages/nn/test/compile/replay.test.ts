// What changes from step to step — dropout, schedules, step counts — replayed for 1,000 steps: the bits of the eager run.
import { compile, noGrad, rng, type Tensor, tanh, tensor, variable } from '@retrograd/autograd';
import {
  adam,
  adamW,
  crossEntropy,
  dense,
  dropout,
  type Module,
  mse,
  type Optimizer,
  sequential,
  sgd,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const STEPS = 1000;

type Make = (model: Module) => Optimizer;
type Measure = (prediction: Tensor, y: Tensor) => Tensor;

/** A net, its optimizer, and the step that trains it; all draws begin alike. */
function learner(make: Make, measure: Measure, schedule?: (optimizer: Optimizer) => void) {
  const random = rng(1);
  const model = sequential(
    dense(4, 12, { rng: random }),
    tanh,
    dropout(0.25, { rng: rng(9) }),
    dense(12, 3, { rng: random }),
  );
  const optimizer = make(model);
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = measure(model.forward(x), y);
    loss.backward();
    optimizer.step();
    schedule?.(optimizer);
    return loss;
  };
  return { model, optimizer, step };
}

/** Products of so few rows stay in WebAssembly, eager and compiled, whatever BLAS there is. */
const BATCHES = [8, 8, 5].map((rows, k) => ({
  x: rng(20 + k).normal([rows, 4]) as Tensor,
  y: rng(30 + k).uniform([rows, 3]) as Tensor,
}));

const weightsOf = (model: Module) =>
  Object.entries(model.stateDict()).map(([name, value]) => [name, value.toArray()]);

const RULES: Readonly<Record<string, Make>> = {
  'sgd with momentum': (m) => sgd(m.parameters(), { lr: 0.05, momentum: 0.9, weightDecay: 0.001 }),
  adam: (m) => adam(m.parameters(), { lr: 0.01 }),
  adamW: (m) => adamW(m.parameters(), { lr: 0.01, weightDecay: 0.01 }),
};

const classesOf = (y: Tensor): Tensor => y.argmax(-1);

const LOSSES: Readonly<Record<string, Measure>> = {
  'cross-entropy with classes': (p, y) => crossEntropy(p, classesOf(y)),
  'cross-entropy with weighted classes': (p, y) =>
    crossEntropy(p, classesOf(y), { classWeights: [1, 2, 3] }),
  'cross-entropy with shares': (p, y) => crossEntropy(p, y),
  'cross-entropy, smoothed and weighted': (p, y) =>
    crossEntropy(p, classesOf(y), { labelSmoothing: 0.1, classWeights: [1, 2, 3] }),
};

/** Trains two equal nets, one of them compiled, for 1,000 steps: losses, rates and weights are the same. */
function replay(make: Make, measure: Measure): void {
  // Within a step the rate decays; between two steps it is assigned anew now and then.
  const decay = ({ lr }: Optimizer) => noGrad(() => lr.assign(lr.mul(0.999)));
  const [eager, compiled] = [learner(make, measure, decay), learner(make, measure, decay)];
  const run = compile(compiled.step);
  const [wanted, got]: number[][] = [[], []];
  for (let k = 0; k < STEPS; k++) {
    if (k % 250 === 100) for (const { optimizer } of [eager, compiled]) optimizer.lr.assign(0.02);
    const { x, y } = BATCHES[k % BATCHES.length];
    wanted.push(eager.step(x, y).item());
    got.push(run(x, y).item());
  }
  expect(got.findIndex((loss, k) => !Object.is(loss, wanted[k]))).toBe(-1);
  expect(compiled.optimizer.lr.value.item()).toBe(eager.optimizer.lr.value.item());
  expect(compiled.optimizer.lr.dtype).toBe('float64');
  expect(weightsOf(compiled.model)).toEqual(weightsOf(eager.model));
  expect(wanted[STEPS - 1]).toBeLessThan(wanted[0]);
}

describe('1,000 replayed steps', () => {
  it.each(Object.entries(RULES))(
    'by %s, with dropout, have the bits of 1,000 eager ones',
    (_, make) => replay(make, mse),
  );

  it.each(Object.entries(LOSSES))('by %s have the bits of 1,000 eager ones', (_, measure) =>
    replay(RULES['sgd with momentum'], measure),
  );

  it('count in a cell, and follow what is computed from it', () => {
    const build = () => {
      const count = variable(0, { dtype: 'int32' });
      const w = variable(tensor([1, -2, 3], { dtype: 'float64' }));
      const step = (x: Tensor) => {
        count.assign(count.add(1));
        const rate = count.cast('float64').mul(-0.01).exp().mul(0.1);
        const loss = mse(w.mul(x), x.square());
        loss.backward();
        noGrad(() => w.assign(w.sub((w.grad as Tensor<[3]>).mul(rate))));
        w.clearGrad();
        return rate;
      };
      return { count, w, step };
    };
    const [eager, compiled] = [build(), build()];
    const run = compile(compiled.step);
    const x = tensor([0.5, 1, 2], { dtype: 'float64' });
    for (let k = 0; k < STEPS; k++) {
      expect(run(x).item()).toBe(eager.step(x).item());
    }
    expect(compiled.count.value.item()).toBe(STEPS);
    expect(compiled.w.value.toArray()).toEqual(eager.w.value.toArray());
  });
});
