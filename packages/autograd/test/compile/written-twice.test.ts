// Blocks that several instructions write: what is filled first and added to later is neither a constant nor shared.
import {
  compile,
  gather,
  grad,
  maxPool,
  pad,
  rng,
  scatterAdd,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { expect, it } from 'vitest';

const x = rng(1).normal([2, 4], { dtype: 'float64' }) as Tensor;
const indices = (...list: number[]) => tensor(list, { dtype: 'int32' });

it.each<[string, (a: Tensor) => Tensor]>([
  [
    'gradients of two gathers of one tensor',
    grad((a: Tensor) =>
      gather(a, indices(0, 0, 3), 1)
        .mul(gather(a, indices(1, 2, 1), 1))
        .sum(),
    ),
  ],
  [
    'two additions to one tensor',
    (a) =>
      scatterAdd(a, indices(0), a.slice([0, 1]), 0).mul(scatterAdd(a, indices(1), a.slice([1]), 0)),
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
])('%s', (_what, fn) => {
  const [compiled, eager] = [compile(fn)(x), fn(x)];
  expect(eager.abs().max().item()).toBeGreaterThan(0.1);
  expect(compiled.toArray()).toEqual(eager.toArray());
});
