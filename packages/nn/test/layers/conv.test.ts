// Convolutional layers: shapes, names, how weights begin, what is refused.

import {
  type Operand,
  relu,
  rng,
  type Tensor,
  tanh,
  tensor,
  type UnknownRank,
  zeros,
} from '@retrograd/autograd';
import {
  constantInit,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  dense,
  dropout,
  flatten,
  heUniform,
  maxPool2d,
  sequential,
  xavierUniform,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

/** A tensor whose shape only the run knows. */
const anything = (shape: number[]) => zeros(shape) as Operand<UnknownRank>;

describe('convolutional layers', () => {
  it('keep weights in PyTorch’s layouts, under its names', () => {
    const shapes = (layer: { stateDict(): Record<string, Tensor> }) =>
      Object.entries(layer.stateDict()).map(([name, cell]) => `${name} [${cell.shape}]`);
    expect(shapes(conv1d(4, 6, 3, { groups: 2 }))).toEqual(['weight [6,2,3]', 'bias [6]']);
    expect(shapes(conv2d(3, 8, [3, 5]))).toEqual(['weight [8,3,3,5]', 'bias [8]']);
    expect(shapes(convTranspose1d(4, 6, 3, { groups: 2 }))).toEqual(['weight [4,3,3]', 'bias [6]']);
    expect(shapes(convTranspose2d(4, 6, 2, { bias: false }))).toEqual(['weight [4,6,2,2]']);
  });

  it('add the bias to each channel', () => {
    const layer = conv2d(1, 2, 1, {
      init: constantInit(1),
      biasInit: (_shape, _rng, dtype) => tensor([1, -1], { dtype }),
    });
    expect(layer.forward(zeros([1, 1, 1, 2])).toArray()).toEqual([[[[1, 1]], [[-1, -1]]]]);
  });

  it('stand in rows with other layers, whose shapes only the run knows', () => {
    const model = sequential(
      conv2d(1, 4, 3, { padding: 'same' }),
      relu,
      maxPool2d(2),
      conv2d(4, 8, 3),
      relu,
      flatten(),
      dense(32, 10),
    );
    expect(model.forward(anything([5, 1, 8, 8])).shape).toEqual([5, 10]);
    expect(Object.keys(model.stateDict())).toEqual([
      '0.weight',
      '0.bias',
      '3.weight',
      '3.bias',
      '6.weight',
      '6.bias',
    ]);
    expect(String(model)).toContain('Conv2d     1 → 4, kernel 3 × 3');
  });

  it('say what differs from the usual', () => {
    const layer = conv2d(4, 4, [3, 2], { stride: [2, 1], dilation: 2, groups: 4, bias: false });
    expect(layer.detail()).toBe(
      '4 → 4, kernel 3 × 2, stride 2 × 1, dilation 2 × 2, groups 4, no bias'.replace('2 × 2', '2'),
    );
  });

  it('begin by Xavier, and by He in front of a rectifier', () => {
    const made = () => conv2d(2, 6, 3, { rng: rng(4), dtype: 'float64' });
    const differ = (a: Operand, b: Tensor) => a.sub(b).abs().max().item();
    const shape = [6, 2, 3, 3];
    const he = heUniform(shape, rng(4), 'float64');
    const xavier = xavierUniform(shape, rng(4), 'float64');
    const [fitted, plain, dropped] = [made(), made(), made()];
    sequential(fitted, relu, plain, tanh);
    sequential(dropped, dropout(0.5), relu);
    expect(differ(fitted.weight, he)).toBeLessThan(1e-15);
    expect(differ(dropped.weight, he)).toBeLessThan(1e-15);
    expect(differ(plain.weight, xavier)).toBe(0);
    const transposed = convTranspose2d(2, 6, 3, { rng: rng(4), dtype: 'float64' });
    sequential(transposed, relu);
    // Fan in: 2 channels of 9 elements.
    expect(transposed.weight.abs().max().item()).toBeLessThanOrEqual(Math.sqrt(6 / 18));
    expect(transposed.weight.abs().max().item()).toBeGreaterThan(0.9 * Math.sqrt(6 / 18));
  });
});

describe('convolutional layers refuse', () => {
  it.each([
    [
      'other channels',
      () => conv2d(3, 4, 3).forward(anything([2, 1, 8, 8])),
      'ShapeError: conv2d: takes [batch, 3, height, width], got shape [2, 1, 8, 8]. Check the number of channels.',
    ],
    [
      'a sample without a batch',
      () => conv2d(1, 4, 3).forward(anything([1, 8, 8])),
      'ShapeError: conv2d: takes [batch, 1, height, width], got shape [1, 8, 8]. Check the number of channels, and give a single sample a batch axis.',
    ],
    [
      'an image for a signal',
      () => convTranspose1d(2, 4, 3).forward(anything([1, 2, 8, 8])),
      'ShapeError: convTranspose1d: takes [batch, 2, length], got shape [1, 2, 8, 8]. Check the number of channels.',
    ],
    [
      'a kernel larger than the padded image',
      () => conv2d(1, 4, 5, { padding: 1 }).forward(anything([1, 1, 2, 8])),
      'ShapeError: conv: windows lie within the padded axis, got one of 5 elements on spatial axis 0 of 2 with padding 1 and 1. Pad more, or make the window smaller.',
    ],
    [
      'channels that do not go into the groups',
      () => conv1d(3, 4, 3, { groups: 2 }),
      'ArgumentError: conv1d: inChannels go into the groups without rest, got 3 in 2 groups. Change groups to a divisor.',
    ],
    [
      'no channels',
      () => conv1d(0, 4, 3),
      'ArgumentError: conv1d: inChannels is a whole number of at least 1, got 0. Check inChannels.',
    ],
    [
      'a stride of 0',
      () => convTranspose2d(1, 4, 3, { stride: [1, 0] }),
      'ArgumentError: convTranspose2d: stride is a whole number of at least 1, got 0. Check stride.',
    ],
    [
      'three sizes for two axes',
      () => conv2d(1, 4, [3, 3, 3] as never),
      'ArgumentError: conv2d: kernelSize is one number, or one for each of height and width, got [3, 3, 3]. Pass 2 of them.',
    ],
    [
      'half a kernel',
      () => conv1d(1, 4, 1.5),
      'ArgumentError: conv1d: kernelSize is a whole number of at least 1, got 1.5. Check kernelSize.',
    ],
    [
      'an initialiser of another shape',
      () => conv1d(1, 4, 3, { init: () => zeros([2]) as Tensor }),
      'ArgumentError: conv1d: an initialiser returns float32 [4, 1, 3], got float32 [2]. Use the shape and dtype that it is called with.',
    ],
  ])('%s', (_what, run, message) => {
    expect(refusal(run)).toBe(message);
  });
});
