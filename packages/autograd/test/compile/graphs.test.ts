// Random graphs of operations, compiled: values, gradients and updates of cells are those of the eager run.
import {
  compile,
  concat,
  noGrad,
  rng,
  type Tensor,
  type Variable,
  variable,
  vjp,
  where,
} from '@retrograd/autograd';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disagreement } from './agreement.js';

type Rules = Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>;

/** Steps of one number and another, whose results are of moderate size. */
const POINTWISE: Rules = {
  add: (a, b) => a.add(b).mul(0.5),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b).tanh(),
  ratio: (a, b) => a.div(b.square().add(1)),
  power: (a, b) => a.abs().add(0.5).pow(b.sigmoid()),
  root: (a) => a.square().add(1).sqrt(),
  scaled: (a) => a.mul(0.1).add(1 / 3),
  tanh: (a) => a.tanh(),
  sigmoid: (a) => a.sigmoid(),
  softplus: (a) => a.softplus(),
  waves: (a, b) => a.sin().add(b.cos()),
  erf: (a) => a.erf(),
  gelu: (a) => a.gelu(),
  bell: (a) => a.square().neg().exp(),
  logarithm: (a) => a.abs().log1p(),
  chosen: (a, b) => a.maximum(b),
  either: (a, b) => where(a.less(b), a, b.mul(0.5)),
  rectified: (a) => a.leakyRelu(0.1),
  clamped: (a) => a.clamp(-1, 1.5),
  again: (a) => a.add(a).mul(0.5),
};

/** Steps that make a matrix from two others of its shape. */
const STEPS: Rules = {
  add: POINTWISE.add,
  sub: POINTWISE.sub,
  mul: POINTWISE.mul,
  sigmoid: POINTWISE.sigmoid,
  bell: POINTWISE.bell,
  chosen: POINTWISE.chosen,
  detached: (a, b) => a.mul(b.detach()).tanh(),
  softmax: (a) => a.softmax(),
  logSoftmax: (a) => a.logSoftmax(0).mul(0.1),
  centred: (a) => a.sub(a.mean(1, { keepDims: true })),
  columns: (a, b) => a.add(b.sum(0)).mul(0.3),
  rows: (a, b) => a.mul(b.sum(1, { keepDims: true }).sigmoid()),
  largest: (a, b) => a.sub(b.max(1, { keepDims: true })).mul(0.3),
  spread: (a, b) => a.div(b.square().sum(0).add(1)),
  evidence: (a, b) => a.sub(b.logsumexp(1, { keepDims: true })).mul(0.3),
  product: (a, b) => a.matmul(b, { transposeB: true }).matmul(a).mul(0.1).tanh(),
  running: (a) => a.cumsum(1).mul(0.3),
  flipped: (a) => a.flip(1),
  transposed: (a) => a.transpose().reshape(a.shape),
  parts: (a, b) => concat([a.slice(null, [0, 1]), b.slice(null, [1, 3])], 1),
};

interface Step {
  readonly name: string;
  readonly a: number;
  readonly b: number;
}

const graphOf = (rules: Rules) =>
  fc.array(
    fc.record({
      name: fc.constantFrom(...Object.keys(rules)),
      a: fc.nat({ max: 30 }),
      b: fc.nat({ max: 30 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

/** The values of a graph that begins with `leaves`: each step takes two of those before it. */
function valuesOf(steps: readonly Step[], rules: Rules, leaves: readonly Tensor[]): Tensor[] {
  const values = [...leaves];
  for (const { name, a, b } of steps) {
    values.push(rules[name](values[a % values.length], values[b % values.length]));
  }
  return values;
}

/** A training step: the graph on an argument and a cell, its gradient, and two updates of cells. */
function stepOf(steps: readonly Step[], w: Variable, momentum: Variable) {
  return (x: Tensor): Tensor[] => {
    const values = valuesOf(steps, STEPS, [x, w.value.broadcastTo(x.shape)]);
    const loss = values
      .slice(2)
      .reduce((sum, y) => sum.add(y))
      .square()
      .mean()
      .add(w.square().mean());
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

const GRAPHS = 500;

describe.each(['float64', 'float32'] as const)('graphs in %s', (dtype) => {
  const draw = (seed: number, rows: number) => rng(seed).normal([rows, 3], { dtype });

  it('give what they give eagerly, over several steps with a ragged one in between', () => {
    fc.assert(
      fc.property(graphOf(STEPS), fc.nat(3), (steps, kind) => {
        const cells = () => [
          variable(draw(1, 1)),
          variable(draw(2, 1).mul(0), { requiresGrad: false }),
        ];
        const [eager, compiled] = [cells(), cells()];
        const runEagerly = stepOf(steps, eager[0], eager[1]);
        const run = compile(stepOf(steps, compiled[0], compiled[1]));
        const rows = kind === 0 ? [2, 5, 2] : [2, 2, 2];
        rows.forEach((count, k) => {
          const x = draw(k + 3, count);
          expect(disagreement(run(x), runEagerly(x))).toEqual([]);
        });
        const after = (both: readonly Variable[]) => both.map((cell) => cell.value.detach());
        expect(disagreement(after(compiled), after(eager))).toEqual([]);
      }),
      { numRuns: 0.5 * GRAPHS, seed: 1 },
    );
  });

  it('of pointwise steps give the same bits, and so do their gradients', () => {
    fc.assert(
      fc.property(graphOf(POINTWISE), fc.constantFrom(1, 7, 67), (steps, size) => {
        const leaves = [1, 2, 3].map((seed) => rng(seed).normal([size], { dtype }));
        const last = (...xs: Tensor[]) => {
          const values = valuesOf(steps, POINTWISE, xs);
          return xs.reduce((y, x) => y.add(x.mul(0.1)), values[values.length - 1]);
        };
        const fn = (g: Tensor, ...xs: Tensor[]) => {
          const [y, pullback] = vjp(last, ...xs);
          return [y, ...pullback(g)];
        };
        const g = rng(4).uniform([size], { dtype });
        const [got, wanted] = [compile(fn)(g, ...leaves), fn(g, ...leaves)];
        expect(got.map((x) => x.toArray())).toEqual(wanted.map((x) => x.toArray()));
      }),
      { numRuns: 0.5 * GRAPHS, seed: 2 },
    );
  });
});
