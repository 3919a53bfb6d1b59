// Windows, convolutions and pools: what they compute, against loops written out.

import {
  averagePool,
  conv,
  convTranspose,
  foldWindows,
  grad,
  maxPool,
  rng,
  slidingWindows,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const draw = (seed: number, shape: number[]) =>
  rng(seed).normal(shape, { dtype: 'float64' }) as Tensor;
const differ = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();

describe('slidingWindows and foldWindows', () => {
  it('take windows, and add them up where they came from', () => {
    const windows = slidingWindows(tensor([1, 2, 3, 4]), 0, { size: 3 });
    expect(windows.toArray()).toEqual([
      [1, 2, 3],
      [2, 3, 4],
    ]);
    expect(foldWindows(windows, 0).toArray()).toEqual([1, 4, 6, 4]);
    expect(windows.foldWindows(0, { length: 4 }).toArray()).toEqual([1, 4, 6, 4]);
  });

  it('keep the dtype; bool is counted', () => {
    const x = tensor([true, false, true]);
    expect(x.slidingWindows(0, { size: 2 }).dtype).toBe('bool');
    const counts = x.slidingWindows(0, { size: 2 }).foldWindows(0);
    expect([counts.dtype, counts.toArray()]).toEqual(['int32', [1, 0, 1]]);
  });

  it('are each other’s adjoint', () => {
    const options = { stride: [2, 1], dilation: [1, 2] };
    const x = draw(1, [2, 7, 6]);
    const windows = slidingWindows(x, [1, 2], { size: [3, 2], ...options });
    const g = draw(2, [...windows.shape]);
    const folded = foldWindows(g, [1, 2], { length: [7, 6], ...options });
    const gradient = grad((a: Tensor) =>
      slidingWindows(a, [1, 2], { size: [3, 2], ...options })
        .mul(g)
        .sum(),
    )(x);
    expect(differ(gradient, folded)).toBe(0);
    expect(windows.mul(g).sum().item()).toBeCloseTo(x.mul(folded).sum().item(), 10);
  });
});

describe('conv', () => {
  it('is the sum over channels and kernel, in three dimensions and any layout of options', () => {
    const [stride, dilation, padding] = [[2, 1, 1], [1, 2, 1], [[1, 0], 2, 0] as const];
    const x = draw(1, [2, 4, 4, 5, 3]);
    const w = draw(2, [6, 2, 2, 3, 2]);
    const y = conv(x, w, { stride, dilation, padding, groups: 2 });
    expect(y.shape).toEqual([2, 6, 2, 5, 2]);
    const at = (source: Tensor, index: readonly number[]) => {
      let place = 0;
      for (const [axis, i] of index.entries()) {
        if (i < 0 || i >= source.shape[axis]) return 0;
        place = place * source.shape[axis] + i;
      }
      return source.data()[place];
    };
    const [values, before] = [y.data(), [1, 2, 0]];
    for (const place of [0, 7, 31, 100, 239]) {
      let rest = place;
      const index = [...y.shape].reverse().map((size) => {
        const i = rest % size;
        rest = Math.floor(rest / size);
        return i;
      });
      const [n, o, ...position] = index.reverse();
      let sum = 0;
      for (let c = 0; c < 2; c++) {
        for (let k = 0; k < 12; k++) {
          const tap = [Math.floor(k / 6), Math.floor(k / 2) % 3, k % 2];
          const from = tap.map((t, i) => stride[i] * position[i] + dilation[i] * t - before[i]);
          sum += at(w, [o, c, ...tap]) * at(x, [n, Math.floor(o / 3) * 2 + c, ...from]);
        }
      }
      expect(values[place]).toBeCloseTo(sum, 12);
    }
  });

  it('gives ⌈n / stride⌉ positions with the padding same, whatever the kernel', () => {
    for (const [length, size, stride, dilation] of [
      [5, 3, 1, 1],
      [6, 4, 2, 1],
      [7, 2, 3, 2],
      [4, 1, 3, 1],
      [1, 7, 1, 1],
    ]) {
      const y = conv(draw(1, [1, 1, length]), draw(2, [1, 1, size]), {
        padding: 'same',
        stride,
        dilation,
      });
      expect(y.shape).toEqual([1, 1, Math.ceil(length / stride)]);
    }
  });

  it('multiplies integers as integers, and promotes', () => {
    const x = tensor([[[1, 2, 3]]], { dtype: 'int32' });
    const y = conv(x, tensor([[[1, 1]]], { dtype: 'int32' }));
    expect([y.dtype, y.toArray()]).toEqual(['int32', [[[3, 5]]]]);
    expect(conv(x, draw(1, [1, 1, 2])).dtype).toBe('float64');
    expect(conv(tensor([[[true, true]]]), x.slice(null, null, [0, 2])).toArray()).toEqual([[[3]]]);
  });
});

describe('convTranspose', () => {
  it('is the adjoint of conv', () => {
    const options = { stride: [2, 3], padding: [1, [0, 2]] as const, dilation: [1, 2], groups: 2 };
    const [x, w] = [draw(1, [2, 4, 7, 9]), draw(2, [6, 2, 3, 2])];
    const y = conv(x, w, options);
    const g = draw(3, [...y.shape]);
    const gradient = grad((a: Tensor) => conv(a, w, options).mul(g).sum())(x);
    const outputPadding = [0, 0];
    const short = convTranspose(g, w, { ...options, outputPadding });
    const missing = x.shape.slice(2).map((n, i) => n - short.shape[i + 2]);
    const whole = convTranspose(g, w, { ...options, outputPadding: missing });
    expect(whole.shape).toEqual(x.shape);
    expect(differ(whole, gradient)).toBeLessThan(1e-13);
  });
});

describe('pools', () => {
  it('share the gradient among ties', () => {
    const x = tensor([[[1, 1, 0, 2]]], { dtype: 'float64' });
    expect(grad((a: Tensor) => maxPool(a, 2).sum())(x as Tensor).toArray()).toEqual([
      [[0.5, 0.5, 0, 1]],
    ]);
  });

  it('take integers: the largest stays one, a mean is float32', () => {
    const x = tensor([[[3, -1, 7]]], { dtype: 'int32' });
    const largest = maxPool(x, 3, { padding: 1, stride: 2 });
    expect([largest.dtype, largest.toArray()]).toEqual(['int32', [[[3, 7]]]]);
    const mean = averagePool(x, 3);
    expect([mean.dtype, mean.toArray()]).toEqual(['float32', [[[3]]]]);
    expect(maxPool(tensor([[[true, false]]]), 2).toArray()).toEqual([[[1]]]);
  });

  it('count padding as elements, or not', () => {
    const x = tensor([[[2, 4, 6]]], { dtype: 'float64' });
    const options = { stride: 1, padding: 1 };
    expect(averagePool(x, 3, options).toArray()).toEqual([[[2, 4, 10 / 3]]]);
    const means = averagePool(x, 3, { ...options, countIncludePad: false });
    expect(means.toArray()).toEqual([[[3, 4, 5]]]);
  });
});
