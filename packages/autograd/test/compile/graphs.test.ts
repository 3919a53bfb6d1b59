// Random graphs of operations, compiled: values, gradients and updates of cells are those of the eager run.
import {
  compile,
  concat,
  grad,
  noGrad,
  pad,
  rng,
  scatterAdd,
  type Tensor,
  TraceError,
  takeAlong,
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

describe('blocks that are written in several steps', () => {
  const x = rng(1).normal([2, 4], { dtype: 'float64' });
  const y = rng(2).normal([2, 4], { dtype: 'float64' });
  const indices = tensor([[1], [3]], { dtype: 'int32' });
  const never = Number.NEGATIVE_INFINITY;

  it.each<[string, (a: Tensor, b: Tensor) => Tensor]>([
    [
      'a gradient that is scattered into zeros, and added to another',
      (a, b) => grad((v: Tensor) => takeAlong(v, indices, 1).mul(b).add(v.square()).sum())(a),
    ],
    [
      'two tensors scattered into the same one',
      (a, b) => {
        const base = b.mul(1).sum(0);
        const at = tensor([0, 1], { dtype: 'int32' });
        const other = tensor([2, 3], { dtype: 'int32' });
        return scatterAdd(base, at, a.sum(1)).mul(scatterAdd(base, other, a.sum(1)));
      },
    ],
    [
      'two tensors padded with the same number',
      (a, b) =>
        pad(
          a,
          [
            [0, 0],
            [1, 0],
          ],
          never,
        ).maximum(
          pad(
            b,
            [
              [0, 0],
              [1, 0],
            ],
            never,
          ).mul(2),
        ),
    ],
    [
      'zeros with a part of another tensor in them',
      (a) =>
        pad(a.slice(0), [[1, 2]])
          .add(1)
          .mul(3),
    ],
  ])('hold all of what was written: %s', (_what, f) => {
    expect(compile(f)(x, y).toArray()).toEqual(f(x, y).toArray());
  });

  it('are no cells: a cell made of what is being compiled is refused', () => {
    const run = compile((a: Tensor) => variable(a).read());
    expect(() => run(x)).toThrow(TraceError);
    expect(() => run(x)).toThrow(
      'variable: a cell begins with elements that are known, got float64 [2, 4] of a function being compiled',
    );
  });
});
