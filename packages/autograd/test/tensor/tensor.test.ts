// Tests of tensor/tensor: reading a tensor out, and that nothing can be written into it.
import { describe, expect, test } from 'vitest';
import { ArgumentError, tensor, variable, zeros } from '../../src/index.js';
import { expectError } from '../support.js';

describe('a tensor', () => {
  test('has shape, rank, size and dtype', () => {
    const x = zeros([2, 3, 0], { dtype: 'float64' });
    expect([x.shape, x.rank, x.size, x.dtype]).toEqual([[2, 3, 0], 3, 0, 'float64']);
    expect([tensor(1).rank, tensor(1).size]).toEqual([0, 1]);
  });

  test('gives copies of its elements', () => {
    const x = tensor([1, 2]);
    x.data().fill(9);
    (x.toArray() as number[])[0] = 9;
    expect(x.toArray()).toEqual([1, 2]);
    expect(x.data().buffer.byteLength).toBe(8);
  });

  test('gives its data in the array of its dtype, also as a scalar', () => {
    expect(tensor(1.5).data()).toEqual(new Float32Array([1.5]));
    expect(tensor(1.5, { dtype: 'float64' }).data()).toEqual(new Float64Array([1.5]));
    expect(tensor(true).data()).toEqual(new Uint8Array([1]));
    expect(tensor([2], { dtype: 'int32' }).data()).toEqual(new Int32Array([2]));
  });

  test('shares elements between views, and no view can change another', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.reshape([4]).storage).toBe(x.storage);
    expect(x.detach()).toBe(x);
    const y = tensor([1], { requiresGrad: true });
    expect(y.detach().storage).toBe(y.storage);
  });
});

describe('item', () => {
  test('reads one element, however deep', () => {
    expect(tensor(2).item()).toBe(2);
    expect(tensor([[[2]]]).item()).toBe(2);
    expect(tensor(true).item()).toBe(1);
  });

  test('refuses none and several', () => {
    for (const x of [zeros([2]), zeros([0])]) {
      expectError(() => x.item(), ArgumentError, /^item: .*got shape \[[20]\]/);
    }
  });
});

describe('requiresGrad and grad', () => {
  test('follow what a tensor was computed from', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    expect(x.mul(2).requiresGrad).toBe(true);
    expect(x.mul(2).grad).toBeNull();
    expect(tensor([1]).mul(2).requiresGrad).toBe(false);
    expect(x.detach().mul(2).requiresGrad).toBe(false);
    expect(x.greater(1).requiresGrad).toBe(false);
  });

  test('clearGrad forgets, and does nothing where there is nothing', () => {
    const x = tensor(2, { requiresGrad: true });
    x.square().backward();
    expect(x.grad?.item()).toBe(4);
    x.clearGrad();
    expect(x.grad).toBeNull();
    x.mul(2).clearGrad();
    tensor(1).clearGrad();
    expect(x.grad).toBeNull();
  });

  test("a variable's value shows the variable's gradient", () => {
    const v = variable(3);
    v.square().backward();
    expect(v.grad?.item()).toBe(6);
    expect(v.value.grad).toBe(v.grad);
  });
});
