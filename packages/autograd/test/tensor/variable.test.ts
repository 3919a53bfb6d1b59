// Tests of tensor/variable: cells, what may be assigned to them, and that the tape never notices.
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  compile,
  DTypeError,
  noGrad,
  ShapeError,
  TraceError,
  tensor,
  type Variable,
  variable,
  zeros,
} from '../../src/index.js';
import { type ErrorClass, expectClose, expectError, f64 } from '../support.js';

describe('a variable', () => {
  test('requires a gradient if it can, unless told not to', () => {
    expect(variable([1]).requiresGrad).toBe(true);
    expect(variable([1], { dtype: 'float64' }).requiresGrad).toBe(true);
    expect(variable([1], { dtype: 'int32' }).requiresGrad).toBe(false);
    expect(variable(true).requiresGrad).toBe(false);
    expect(variable([1], { requiresGrad: false }).requiresGrad).toBe(false);
    expectError(
      () => variable([1], { dtype: 'int32', requiresGrad: true }),
      DTypeError,
      /^variable: requiresGrad .*got int32/,
    );
  });

  test('is cut off from what its value was computed from', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const v = variable(x.mul(2));
    v.mul(3).sum().backward();
    expect(v.grad?.toArray()).toEqual([3, 3]);
    expect(x.grad).toBeNull();
  });

  test('has the chaining methods, and stands wherever a tensor does', () => {
    const v = variable([1, 2]);
    expect(v.add(v).mul(2).toArray()).toEqual([4, 8]);
    expect(tensor([1, 1]).dot(v).item()).toBe(3);
    expect([v.shape, v.rank, v.size, v.dtype]).toEqual([[2], 1, 2, 'float32']);
  });
});

describe('assign', () => {
  // Not literal, or the compiler would be the one to complain.
  const shape: number[] = [3];
  const vector: Variable = variable([1, 2]);

  test('exchanges the value and keeps identity, gradient and dtype', () => {
    const v = variable([1, 2]);
    v.sum().backward();
    const { grad } = v;
    expect(v.assign(tensor([5, 6]))).toBe(v);
    expect(v.value.toArray()).toEqual([5, 6]);
    expect(v.grad).toBe(grad);
    expect(v.requiresGrad).toBe(true);
  });

  test('detaches the value', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const v = variable([0, 0]).assign(x.mul(2));
    v.sum().backward();
    expect(x.grad).toBeNull();
    expect(v.grad?.toArray()).toEqual([1, 1]);
  });

  test('takes another variable, a number for a scalar, a boolean for a bool', () => {
    expect(
      variable([1])
        .assign(variable([7]))
        .value.toArray(),
    ).toEqual([7]);
    expect(variable(1).assign(0.1).value.item()).toBe(Math.fround(0.1));
    expect(variable(1, { dtype: 'int32' }).assign(4).value.item()).toBe(4);
    expect(variable(false).assign(true).value.item()).toBe(1);
  });

  test('does not disturb what a tape has saved', () => {
    const v = variable(f64([1, 2, 3]));
    const loss = v.square().sum();
    v.assign(f64([100, 100, 100]));
    loss.backward();
    expectClose(v.grad, [2, 4, 6]);
  });

  test('within the recorded computation, each use keeps its own value', () => {
    const v = variable(f64(2));
    const first = v.mul(v);
    v.assign(f64(10));
    const second = v.mul(v);
    first.add(second).backward();
    // Both tapes end in the one cell: d(a²)/da at 2, plus d(b²)/db at 10.
    expectClose(v.grad, 24);
  });

  test.each<[string, () => unknown, ErrorClass, RegExp]>([
    ['another shape', () => vector.assign(zeros(shape)), ShapeError, /\[2\], got \[3\]/],
    ['a scalar for a vector', () => vector.assign(1), ShapeError, /\[2\], got \[\]/],
    [
      'another dtype',
      () => variable([1]).assign(tensor([1], { dtype: 'float64' })),
      DTypeError,
      /float32, got float64/,
    ],
    [
      'a fraction for int32',
      () => variable(1, { dtype: 'int32' }).assign(0.5),
      DTypeError,
      /got 0.5/,
    ],
    ['an array', () => variable(1).assign([2] as never), ArgumentError, /got an array/],
    ['nothing', () => variable(1).assign(undefined as never), ArgumentError, /got undefined/],
  ])('refuses %s', (_, run, kind, message) => {
    expectError(run, kind, /^assign: /, message);
  });
});

describe('requiresGrad', () => {
  test('freezes and thaws from the next operation on', () => {
    const v = variable(2);
    const before = v.mul(3);
    v.requiresGrad = false;
    expect(v.mul(3).requiresGrad).toBe(false);
    before.backward();
    expect(v.grad?.item()).toBe(3);
    v.clearGrad();
    v.requiresGrad = true;
    v.mul(5).backward();
    expect(v.grad?.item()).toBe(5);
  });

  test('is refused for dtypes without fractions', () => {
    const v = variable([1], { dtype: 'int32' });
    expectError(
      () => {
        v.requiresGrad = true;
      },
      DTypeError,
      /got int32/,
    );
    v.requiresGrad = false;
    expect(v.requiresGrad).toBe(false);
  });
});

describe('copy', () => {
  test('makes a cell of its own with the same value', () => {
    const cell = variable([1, 2]);
    const copy = cell.copy();
    cell.assign(tensor([3, 4]));
    expect(copy.value.toArray()).toEqual([1, 2]);
    expect(copy.requiresGrad).toBe(true);
    expect(variable(5, { dtype: 'float64', requiresGrad: false }).copy().requiresGrad).toBe(false);
  });

  test('takes, in a compiled function, the value from before', () => {
    const cell = variable(1, { requiresGrad: false });
    const copies: Variable<[]>[] = [];
    const step = compile(() => {
      if (copies.length === 0) copies.push(cell.copy());
      cell.assign(cell.value.add(1));
    });
    cell.assign(7);
    step();
    step();
    expect([copies[0].value.item(), cell.value.item()]).toEqual([7, 9]);
  });

  test('refuses, in a compiled function, a cell that has been assigned', () => {
    const cell = variable(1, { requiresGrad: false });
    const step = compile(() => {
      cell.assign(cell.value.add(1));
      return cell.copy().value;
    });
    expect(() => step()).toThrow(TraceError);
    expect(() => step()).toThrow(
      'copy: while tracing, a cell can be copied until it is assigned, got one that has been.',
    );
  });
});

describe('convert', () => {
  test('changes the dtype for good and forgets the gradient', () => {
    const v = variable([0.1, 2]);
    v.sum().backward();
    expect(v.convert('float64')).toBe(v);
    expect([v.dtype, v.requiresGrad, v.grad]).toEqual(['float64', true, null]);
    expect(v.value.toArray()).toEqual([Math.fround(0.1), 2]);
    v.sum().backward();
    expect(v.grad).toMatchObject({ dtype: 'float64' });
  });

  test('to the same dtype does nothing', () => {
    const v = variable(1);
    v.mul(2).backward();
    const { grad, value } = v.convert('float32');
    expect(grad?.item()).toBe(2);
    expect(value.item()).toBe(1);
  });

  test('to int32 or bool stops collecting gradients', () => {
    expect(variable(1.9).convert('int32')).toMatchObject({ dtype: 'int32', requiresGrad: false });
    const v = variable([0, 2]).convert('bool');
    expect([v.requiresGrad, v.value.toArray()]).toEqual([false, [0, 1]]);
    expect(variable(1, { requiresGrad: false }).convert('float64').requiresGrad).toBe(false);
  });
});

test('assigning under noGrad, as an optimizer does, changes the next step', () => {
  const w = variable(f64(3));
  for (let step = 0; step < 3; step++) {
    w.square().backward();
    noGrad(() => w.assign(w.sub(w.grad!.mul(0.25))));
    w.clearGrad();
  }
  expectClose(w, 3 / 8);
});
