// Every layer on spatial axes: its derivatives, in training and evaluation, eagerly and compiled.

import { compile, rng, type Tensor, vjp } from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import {
  averagePool1d,
  averagePool2d,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  globalAveragePool,
  globalMaxPool,
  type Module,
  maxPool1d,
  maxPool2d,
  upsample,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const random = () => ({ rng: rng(3), dtype: 'float64' }) as const;

const LAYERS: readonly (readonly [string, () => Module, readonly number[]])[] = [
  ['conv1d', () => conv1d(2, 2, 3, { stride: 2, padding: 1, groups: 2, ...random() }), [2, 2, 5]],
  ['conv2d', () => conv2d(2, 3, [2, 1], { padding: 'same', ...random() }), [1, 2, 3, 2]],
  [
    'convTranspose1d',
    () => convTranspose1d(2, 2, 3, { stride: 2, outputPadding: 1, ...random() }),
    [2, 2, 3],
  ],
  ['convTranspose2d', () => convTranspose2d(2, 1, 2, { padding: 1, ...random() }), [1, 2, 3, 2]],
  ['maxPool1d', () => maxPool1d(2, { stride: 1 }), [1, 2, 4]],
  ['maxPool2d', () => maxPool2d(2, { padding: 1 }), [1, 1, 4, 3]],
  ['averagePool1d', () => averagePool1d(3, { padding: 1, countIncludePad: false }), [1, 2, 5]],
  ['averagePool2d', () => averagePool2d([1, 2], { stride: 1 }), [1, 2, 2, 3]],
  ['globalAveragePool', () => globalAveragePool(), [2, 2, 2, 2]],
  ['globalMaxPool', () => globalMaxPool({ keepDims: true }), [2, 2, 3]],
  ['upsample nearest', () => upsample([2, 1.5]), [1, 2, 2, 3]],
  ['upsample linear', () => upsample(2, { mode: 'linear' }), [1, 2, 4]],
  ['upsample bilinear', () => upsample(1.5, { mode: 'bilinear' }), [1, 1, 3, 2]],
];

/** Numbers in random order, no two of them near each other. */
function inputOf(shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return rng(5)
    .permutation(count)
    .cast('float64')
    .mul(0.3)
    .sub(0.15 * count)
    .reshape([...shape]) as Tensor;
}

describe.each(LAYERS)('%s', (_name, make, shape) => {
  it('agrees with finite differences by its input and by its cells, in training and evaluation', () => {
    const x = inputOf(shape);
    for (const on of [true, false]) {
      const layer = make().train(on);
      gradcheck((input: Tensor) => layer.forward(input).tanh(), [x.mul(0.1) as Tensor]);
      for (const cell of layer.parameters()) {
        const [value, direction] = [cell.value, inputOf(cell.shape)];
        const lossAt = (t: number): Tensor => {
          cell.assign(value.add(direction.mul(t)));
          return layer.forward(x).square().sum();
        };
        // The loss is a parabola along any line: the central difference is its slope.
        const slope = lossAt(1).sub(lossAt(-1)).div(2).item();
        lossAt(0).backward();
        const found = cell.grad?.mul(direction).sum().item() as number;
        layer.clearGrad();
        expect(Math.abs(found - slope)).toBeLessThanOrEqual(1e-10 * Math.abs(slope));
      }
    }
  });

  it('gives the same, compiled', () => {
    const layer = make();
    const cells = layer.parameters();
    const backward = cells.length > 0;
    const run = (x: Tensor) => {
      const [y, pullback] = vjp((input: Tensor) => layer.forward(input), x);
      if (backward) layer.forward(x).square().sum().backward();
      const gradients = cells.map((cell) => cell.grad as Tensor);
      layer.clearGrad();
      return [y, ...pullback(y), ...gradients];
    };
    const x = inputOf(shape);
    const program = compile(run);
    for (const input of [x, x.mul(-1.5) as Tensor]) {
      const eager = run(input);
      const compiled = program(input);
      eager.forEach((value, i) => {
        const scale = value.abs().max().item();
        expect(compiled[i].sub(value).abs().max().item()).toBeLessThanOrEqual(1e-12 * scale);
      });
    }
  });

  it('takes an empty batch', () => {
    const y = make().forward(inputOf([0, ...shape.slice(1)]));
    expect(y.shape[0]).toBe(0);
    expect(y.shape.slice(1)).toEqual(make().forward(inputOf(shape)).shape.slice(1));
  });
});
