// Training steps, compiled: the same losses and weights as eagerly, whatever the optimizer, with ragged batches.
import { compile, noGrad, rng, type Tensor, tanh, tensor } from '@retrograd/autograd';
import {
  adam,
  adamW,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  dropout,
  huber,
  type Module,
  mse,
  type Optimizer,
  sequential,
  sgd,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

type Make = (parameters: ReturnType<Module['parameters']>) => Optimizer;

const OPTIMIZERS: Readonly<Record<string, Make>> = {
  sgd: (p) => sgd(p, { lr: 0.1 }),
  momentum: (p) => sgd(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.01 }),
  nesterov: (p) => sgd(p, { lr: 0.1, momentum: 0.9, nesterov: true }),
  adam: (p) => adam(p, { lr: 0.01 }),
  adamW: (p) => adamW(p, { lr: 0.01, weightDecay: 0.1 }),
};

const draw = (seed: number, shape: [number, number]) =>
  rng(seed).normal(shape, { dtype: 'float64' });

function largestDifference(a: Tensor, b: Tensor): number {
  const largest = b.abs().max().item();
  return a.sub(b).abs().max().item() / (largest === 0 ? 1 : largest);
}

/** Two models that begin alike, and a step for each. */
function twins(make: Make, sizes: readonly [number, number, number], withDropout = false) {
  const build = () => {
    const random = rng(1);
    const [a, b, c] = sizes;
    const layers = [
      dense(a, b, { rng: random }),
      tanh,
      dropout(withDropout ? 0.5 : 0, { rng: rng(9) }),
    ];
    return sequential(...layers, dense(b, c, { rng: random })).to('float64');
  };
  const stepOf =
    (model: ReturnType<typeof build>, optimizer: Optimizer) => (x: Tensor, y: Tensor) => {
      const loss = crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    };
  const [eager, compiled] = [build(), build()];
  return {
    eager,
    compiled,
    runEagerly: stepOf(eager, make(eager.parameters())),
    run: compile(stepOf(compiled, make(compiled.parameters()))),
  };
}

describe('a compiled training step', () => {
  it.each(Object.entries(OPTIMIZERS))('with %s trains as the eager one', (_name, make) => {
    const { eager, compiled, runEagerly, run } = twins(make, [4, 16, 3]);
    const labels = (n: number) => tensor(Int32Array.from({ length: n }, (_, i) => i % 3));
    for (let step = 0; step < 40; step++) {
      // Every fourth batch is the ragged last one of a pass.
      const rows = step % 4 === 3 ? 5 : 8;
      const [x, y] = [draw(step + 10, [rows, 4]), labels(rows)];
      expect(largestDifference(run(x, y), runEagerly(x, y))).toBeLessThan(1e-12);
      if (step % 10 === 0) {
        const [p, q] = noGrad(() => [compiled.forward(x), eager.forward(x)]);
        expect(largestDifference(p, q)).toBeLessThan(1e-12);
      }
    }
    const [wanted, got] = [eager.stateDict(), compiled.stateDict()];
    for (const name of Object.keys(wanted)) {
      expect(largestDifference(got[name], wanted[name]), name).toBeLessThan(1e-11);
    }
  });

  it('drops other units in every run, the same ones as eagerly', () => {
    const { runEagerly, run } = twins(OPTIMIZERS.sgd, [4, 16, 3], true);
    const [x, y] = [draw(3, [6, 4]), tensor(Int32Array.of(0, 1, 2, 0, 1, 2))];
    for (let step = 0; step < 10; step++) {
      expect(largestDifference(run(x, y), runEagerly(x, y))).toBeLessThan(1e-12);
    }
  });

  it('follows a learning rate that is assigned between steps', () => {
    const w = dense(3, 2, { rng: rng(2), dtype: 'float64' });
    const optimizer = sgd(w.parameters(), { lr: 1 });
    const step = compile((x: Tensor) => {
      w.forward(x).sum().backward();
      optimizer.step();
    });
    const x = draw(4, [2, 3]);
    optimizer.lr.assign(0);
    const before = w.weight.value.toArray();
    step(x);
    expect(w.weight.value.toArray()).toEqual(before);
    optimizer.lr.assign(0.5);
    step(x);
    expect(w.weight.value.toArray()).not.toEqual(before);
  });

  it('accumulates large products into the weights as the eager step subtracts them', () => {
    const { eager, compiled, runEagerly, run } = twins(OPTIMIZERS.sgd, [96, 80, 64]);
    const [x, y] = [draw(5, [48, 96]), tensor(Int32Array.from({ length: 48 }, (_, i) => i % 64))];
    for (let step = 0; step < 5; step++) {
      expect(largestDifference(run(x, y), runEagerly(x, y))).toBeLessThan(1e-12);
    }
    const name = '0.weight';
    expect(largestDifference(compiled.stateDict()[name], eager.stateDict()[name])).toBeLessThan(
      1e-12,
    );
  });
});

describe('compiled losses', () => {
  const x = draw(6, [5, 3]);
  const y = draw(7, [5, 3]);
  const labels = tensor(Int32Array.of(0, 1, 2, 1, 0));

  it.each([
    ['mse', (p: Tensor) => mse(p, y)],
    ['huber', (p: Tensor) => huber(p, y)],
    ['binaryCrossEntropy', (p: Tensor) => binaryCrossEntropy(p, y.sigmoid())],
    ['crossEntropy', (p: Tensor) => crossEntropy(p, labels, { labelSmoothing: 0.1 })],
    ['crossEntropy by class', (p: Tensor) => crossEntropy(p, labels, { classWeights: [1, 2, 3] })],
    ['crossEntropy of shares', (p: Tensor) => crossEntropy(p, y.softmax())],
  ])('%s is what it is eagerly', (_name, loss) => {
    expect(largestDifference(compile(loss)(x), loss(x))).toBeLessThan(1e-12);
  });
});
