// Random graphs of operations, compiled: values, gradients and updates of cells are those of the eager run.
import {
  compile,
  concat,
  noGrad,
  rng,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disagreement } from './agreement.js';

/** Steps that make a tensor of shape [2, 3] from two others of that shape; smooth, and of moderate size. */
const STEPS = {
  add: (a: Tensor, b: Tensor) => a.add(b),
  sub: (a: Tensor, b: Tensor) => a.sub(b),
  mul: (a: Tensor, b: Tensor) => a.mul(b).tanh(),
  scaled: (a: Tensor) => a.mul(0.5),
  tanh: (a: Tensor) => a.tanh(),
  sigmoid: (a: Tensor) => a.sigmoid(),
  bell: (a: Tensor) => a.square().neg().exp(),
  softmax: (a: Tensor) => a.softmax(),
  logSoftmax: (a: Tensor) => a.logSoftmax(0).mul(0.1),
  centred: (a: Tensor) => a.sub(a.mean(1, { keepDims: true })),
  columns: (a: Tensor, b: Tensor) => a.add(b.sum(0)).mul(0.3),
  rows: (a: Tensor, b: Tensor) => a.mul(b.sum(1, { keepDims: true }).sigmoid()),
  product: (a: Tensor, b: Tensor) => a.matmul(b, { transposeB: true }).matmul(a).tanh(),
  flipped: (a: Tensor) => a.flip(1),
  transposed: (a: Tensor) => a.transpose().reshape([2, 3]),
  parts: (a: Tensor, b: Tensor) => concat([a.slice(null, [0, 1]), b.slice(null, [1, 3])], 1),
  chosen: (a: Tensor, b: Tensor) => a.maximum(b),
  again: (a: Tensor) => a.add(a),
  taken: (a: Tensor) => a.gather(tensor([2, 0, 2], { dtype: 'int32' }), 1),
  detached: (a: Tensor, b: Tensor) => a.mul(b.detach()).tanh(),
} as Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>;

interface Step {
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

const graph = fc.array(
  fc.record({
    name: fc.constantFrom(...Object.keys(STEPS)),
    a: fc.nat({ max: 30 }),
    b: fc.nat({ max: 30 }),
  }),
  { minLength: 1, maxLength: 14 },
);

/** A training step: the graph on an argument and a cell, its gradient, and two updates of cells. */
function stepOf(steps: readonly Step[], w: Variable, momentum: Variable) {
  return (x: Tensor): Tensor[] => {
    const values: Tensor[] = [x, w.value];
    for (const { name, a, b } of steps) {
      values.push(STEPS[name](values[a % values.length], values[b % values.length]));
    }
    const loss = values
      .slice(2)
      .reduce((sum, y) => sum.add(y))
      .mean()
      .add(w.mean());
    loss.backward();
    const g = w.grad as Tensor;
    noGrad(() => {
      momentum.assign(momentum.mul(0.9).add(g));
      w.assign(w.sub(momentum.mul(0.1)));
    });
    w.clearGrad();
    return [loss, values[values.length - 1], g];
  };
}

describe.each(['float64', 'float32'] as const)('graphs in %s', (dtype) => {
  it('give what they give eagerly, over several steps', () => {
    const draw = (seed: number) => rng(seed).normal([2, 3], { dtype });
    fc.assert(
      fc.property(graph, (steps) => {
        const cells = () => [variable(draw(1)), variable(draw(2).mul(0), { requiresGrad: false })];
        const [eager, compiled] = [cells(), cells()];
        const runEagerly = stepOf(steps, eager[0], eager[1]);
        const run = compile(stepOf(steps, compiled[0], compiled[1]));
        for (let seed = 3; seed < 6; seed++) {
          const x = draw(seed);
          expect(disagreement(run(x), runEagerly(x))).toEqual([]);
        }
        const after = (both: readonly Variable[]) => both.map((cell) => cell.value.detach());
        expect(disagreement(after(compiled), after(eager))).toEqual([]);
      }),
      { numRuns: 250, seed: 1 },
    );
  });
});

describe('gradients that are gathered in one place', () => {
  it('move two cells of one shape, each by its own', () => {
    const draw = (seed: number) => rng(seed).normal([2, 3], { dtype: 'float64' });
    const cells = () => [draw(1), draw(2)].map((value) => variable(value));
    const stepOf =
      ([a, b]: readonly Variable[]) =>
      (x: Tensor, y: Tensor) => {
        const loss = a.gather(x).sub(1).square().sum().add(b.gather(y).square().sum());
        loss.backward();
        noGrad(() => {
          for (const cell of [a, b]) cell.assign(cell.sub(cell.grad!.mul(0.1)) as Tensor);
        });
        for (const cell of [a, b]) cell.clearGrad();
        return loss;
      };
    const [eager, compiled] = [cells(), cells()];
    const run = compile(stepOf(compiled));
    const [x, y] = [
      [0, 1, 1],
      [1, 1, 1],
    ].map((rows) => tensor(rows, { dtype: 'int32' }));
    for (let i = 0; i < 3; i++) {
      expect(disagreement(run(x, y), stepOf(eager)(x, y))).toEqual([]);
    }
    const after = (both: readonly Variable[]) => both.map((cell) => cell.value.detach());
    expect(disagreement(after(compiled), after(eager))).toEqual([]);
  });
});

describe('memory', () => {
  it('does not grow over thousands of steps', () => {
    const w = variable(rng(1).normal([16, 16]));
    const step = compile((x: Tensor) => {
      const loss = x.matmul(w).tanh().square().mean();
      loss.backward();
      noGrad(() => w.assign(w.sub((w.grad as Tensor<[16, 16]>).mul(0.1)) as Tensor<[16, 16]>));
      w.clearGrad();
      return loss;
    });
    const x = rng(2).normal([32, 16]);
    for (let i = 0; i < 10; i++) step(x);
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 5000; i++) step(x);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThanOrEqual(0);
  });
});
