// Programs: blocks that are written in several steps.
import {
  compile,
  gather,
  grad,
  maxPool,
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
import { describe, expect, it } from 'vitest';
import { disagreement } from './agreement.js';

describe('blocks that are written in several steps', () => {
  const x = rng(1).normal([2, 4], { dtype: 'float64' });
  const y = rng(2).normal([2, 4], { dtype: 'float64' });
  const indices = tensor([[1], [3]], { dtype: 'int32' });
  const at = (...list: number[]) => tensor(list, { dtype: 'int32' });
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
    [
      'gradients of two gathers of one tensor',
      grad((a: Tensor) =>
        gather(a, at(0, 0, 3), 1)
          .mul(gather(a, at(1, 2, 1), 1))
          .sum(),
      ),
    ],
    [
      'two additions to one tensor',
      (a) => scatterAdd(a, at(0), a.slice([0, 1]), 0).mul(scatterAdd(a, at(1), a.slice([1]), 0)),
    ],
    [
      'two tensors in frames of one number',
      (a) =>
        pad(
          a,
          [
            [1, 1],
            [0, 2],
          ],
          7,
        ).sub(
          pad(
            a.mul(2),
            [
              [0, 2],
              [1, 1],
            ],
            7,
          ),
        ),
    ],
    [
      'two pools with padding',
      (a) => {
        const image = a.reshape([1, 1, 2, 4]);
        const options = { padding: 1, stride: 1 };
        return maxPool(image, 2, options).mul(maxPool(image.neg(), 2, options));
      },
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
