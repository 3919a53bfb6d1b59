// Tests of tensor/creation: nested arrays, typed arrays, constants and ranges, and what is refused.
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  arange,
  DTypeError,
  eye,
  full,
  fullLike,
  linspace,
  ones,
  onesLike,
  ShapeError,
  type Tensor,
  tensor,
  Variable,
  variable,
  zeros,
  zerosLike,
} from '../../src/index.js';
import { expectError } from '../support.js';

const kind = ({ dtype, shape }: { dtype: string; shape: readonly number[] }) => [dtype, ...shape];

describe('tensor from nested arrays', () => {
  test.each([
    [3, ['float32'], 3],
    [
      [1, 2],
      ['float32', 2],
      [1, 2],
    ],
    [
      [[1], [2], [3]],
      ['float32', 3, 1],
      [[1], [2], [3]],
    ],
    [[[[[7]]]], ['float32', 1, 1, 1, 1], [[[[7]]]]],
    [[], ['float32', 0], []],
    [
      [[], []],
      ['float32', 2, 0],
      [[], []],
    ],
    [[[[]]], ['float32', 1, 1, 0], [[[]]]],
    [true, ['bool'], 1],
    [
      [true, false],
      ['bool', 2],
      [1, 0],
    ],
    [
      [[true], [2]],
      ['float32', 2, 1],
      [[1], [2]],
    ],
    [
      [Number.NaN, Infinity, -Infinity],
      ['float32', 3],
      [Number.NaN, Infinity, -Infinity],
    ],
  ] as const)('%j', (values, wanted, array) => {
    const x = tensor(values);
    expect(kind(x)).toEqual(wanted);
    expect(x.toArray()).toEqual(array);
    expect(x.requiresGrad).toBe(false);
  });

  test('rounds to float32, keeps float64, and keeps −0', () => {
    expect(tensor(0.1).item()).toBe(Math.fround(0.1));
    expect(tensor([0.1], { dtype: 'float64' }).item()).toBe(0.1);
    expect(Object.is(tensor([-0]).data()[0], -0)).toBe(true);
    expect(Object.is(tensor(-0).item(), -0)).toBe(true);
    expect(tensor(1e39).item()).toBe(Infinity);
  });

  test('as bool is 1 for everything but 0, NaN included', () => {
    const x = tensor([0, -0, 2, -1, Number.NaN], { dtype: 'bool' });
    expect(x.toArray()).toEqual([0, 0, 1, 1, 1]);
    expect(tensor(5, { dtype: 'bool' }).item()).toBe(1);
  });

  test('copies: changing the array later changes nothing', () => {
    const rows = [[1, 2]];
    const x = tensor(rows);
    rows[0][0] = 9;
    expect(x.toArray()).toEqual([[1, 2]]);
  });

  test.each([
    ['a shorter row', [[1, 2], [3]], /got 1 elements instead of 2 at \[1\]/],
    ['a longer row', [[1], [2, 3]], /got 2 elements instead of 1 at \[1\]/],
    ['a number among rows', [[1], 2], /got number instead of 1 at \[1\]/],
    ['a row among numbers', [1, [2]], /got an array of 1 at \[1\]/],
    ['a deeper row', [[[1]], [[[2]]]], /got an array of 1 at \[1\]\[0\]\[0\]/],
    ['an empty row beside a full one', [[], [1]], /got 1 elements instead of 0 at \[1\]/],
    ['a string', ['1'], /got string at \[0\]/],
    ['null', [null], /got object at \[0\]/],
    ['a bigint', [1n], /got bigint at \[0\]/],
    ['a typed array inside an array', [new Float32Array(2)], /got object at \[0\]/],
    ['nothing', undefined, /got undefined at the top/],
  ])('refuses %s', (_, values, message) => {
    expectError(() => tensor(values as never), ShapeError, /^tensor: /, message);
  });

  test('as int32 refuses fractions, NaN and what has no 32 bits', () => {
    expect(tensor([2 ** 31 - 1, -(2 ** 31), -0], { dtype: 'int32' }).toArray()).toEqual([
      2147483647, -2147483648, 0,
    ]);
    for (const value of [0.5, Number.NaN, Infinity, 2 ** 31]) {
      expectError(() => tensor([1, value], { dtype: 'int32' }), DTypeError, /whole numbers/);
      expectError(() => tensor(value, { dtype: 'int32' }), DTypeError, /whole numbers/);
    }
  });

  test('refuses an unknown dtype', () => {
    for (const dtype of ['float16', 'toString', 4, null]) {
      expectError(
        () => tensor(1, { dtype: dtype as never }),
        DTypeError,
        /float32, float64, int32/,
      );
    }
  });
});

describe('tensor from typed arrays', () => {
  test.each([
    [new Float32Array([1, 0.5]), 'float32'],
    [new Float64Array([1, 0.1]), 'float64'],
    [new Int32Array([1, -7]), 'int32'],
    [new Int8Array([1, -7]), 'int32'],
    [new Uint8Array([1, 255]), 'int32'],
    [new Uint8ClampedArray([1, 255]), 'int32'],
    [new Int16Array([1, -300]), 'int32'],
    [new Uint16Array([1, 65535]), 'int32'],
    [new Uint32Array([1, 7]), 'int32'],
  ] as const)('%o becomes %s', (values, dtype) => {
    const x = tensor(values);
    expect(kind(x)).toEqual([dtype, 2]);
    expect(x.toArray()).toEqual(Array.from(values));
  });

  test('half precision becomes float32', () => {
    // Engines that are old enough for us have no such class; its name is what counts.
    class Half extends Uint16Array {
      override get [Symbol.toStringTag]() {
        return 'Float16Array' as never;
      }
    }
    expect(tensor(new Half(2)).dtype).toBe('float32');
  });

  test('copies the elements, also those of a view, and nothing else of the buffer', () => {
    const buffer = new Float32Array([9, 1, 2, 9]);
    const x = tensor(buffer.subarray(1, 3));
    buffer.fill(7);
    expect(x.toArray()).toEqual([1, 2]);
  });

  test('converts to the dtype that is asked for', () => {
    expect(tensor(new Uint8Array([0, 2]), { dtype: 'bool' }).toArray()).toEqual([0, 1]);
    expect(tensor(new Float64Array([0.1]), { dtype: 'float32' }).item()).toBe(Math.fround(0.1));
    expect(tensor(new Float32Array([3]), { dtype: 'int32' }).dtype).toBe('int32');
    expect(tensor(new Uint32Array([2 ** 32 - 1]), { dtype: 'float64' }).item()).toBe(2 ** 32 - 1);
  });

  test('empty ones are empty', () => {
    expect(kind(tensor(new Float64Array(0)))).toEqual(['float64', 0]);
  });

  test('refuses what int32 can’t hold', () => {
    expectError(() => tensor(new Uint32Array([2 ** 31])), DTypeError, /got 2147483648/);
    expectError(() => tensor(new Float32Array([1.5]), { dtype: 'int32' }), DTypeError, /got 1.5/);
    expectError(
      () => tensor(new Float64Array([Number.NaN]), { dtype: 'int32' }),
      DTypeError,
      /got NaN/,
    );
  });

  test('refuses bigints, empty or not, and views without elements', () => {
    for (const length of [0, 1]) {
      expectError(() => tensor(new BigInt64Array(length) as never), DTypeError, /bigint/);
      expectError(() => tensor(new BigUint64Array(length) as never), DTypeError, /bigint/);
    }
    expectError(() => tensor(new DataView(new ArrayBuffer(4)) as never), ShapeError, /object/);
  });
});

describe('requiresGrad', () => {
  test('makes a leaf of every creation', () => {
    const options = { requiresGrad: true } as const;
    const leaves: Tensor[] = [
      tensor(1, options),
      tensor(new Float64Array(2), options),
      zeros([2], options),
      ones([], options),
      full([2], 3, options),
      eye(2, 2, options),
      arange(0, 1, 0.5, options),
      linspace(0, 1, 3, options),
      zerosLike(tensor([1]), options),
    ];
    for (const x of leaves) {
      expect(x.requiresGrad).toBe(true);
      expect(x.grad).toBeNull();
      x.sum().backward();
      expect(x.grad?.toArray()).toEqual(ones([...x.shape]).toArray());
    }
  });

  test('is refused for int32 and bool', () => {
    const options = { requiresGrad: true } as const;
    expectError(() => tensor([true], options), DTypeError, /^tensor: requiresGrad/, /got bool/);
    expectError(() => arange(3, undefined, 1, options), DTypeError, /^arange: .*got int32/);
    expectError(() => zeros([1], { dtype: 'int32', ...options }), DTypeError, /^zeros: /);
  });
});

describe('constants', () => {
  test('have the shape and dtype asked for, float32 unless said', () => {
    expect(kind(zeros([2, 3]))).toEqual(['float32', 2, 3]);
    expect(zeros([2, 3]).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(ones([]).item()).toBe(1);
    expect(kind(ones([0, 4], { dtype: 'int32' }))).toEqual(['int32', 0, 4]);
    expect(full([2], 0.1, { dtype: 'float64' }).toArray()).toEqual([0.1, 0.1]);
    expect(full([], 7).item()).toBe(7);
    expect(full([2], 3, { dtype: 'bool' }).toArray()).toEqual([1, 1]);
  });

  test('don’t share the shape that they are given', () => {
    const shape: number[] = [2];
    const x = zeros(shape);
    shape[0] = 5;
    expect(x.shape).toEqual([2]);
  });

  test.each([
    [[-1], /got \[-1\]/],
    [[1.5], /got \[1.5\]/],
    [[Number.NaN], /got \[NaN\]/],
    [4, /array of sizes, got 4/],
  ])('refuse the shape %j', (shape, message) => {
    expectError(() => zeros(shape as number[]), ShapeError, /^zeros: /, message);
    expectError(() => full(shape as number[], 1), ShapeError, /^full: /, message);
  });

  test('refuse a fill that int32 can’t hold', () => {
    expectError(() => full([2], 1.5, { dtype: 'int32' }), DTypeError, /^full: .*got 1.5/);
    expectError(() => fullLike(arange(3), 0.5), DTypeError, /^fullLike: .*got 0.5/);
  });

  test('like another one take its shape and dtype, unless told otherwise', () => {
    const x = tensor([[1, 2]], { dtype: 'float64', requiresGrad: true });
    expect(kind(zerosLike(x))).toEqual(['float64', 1, 2]);
    expect(zerosLike(x).requiresGrad).toBe(false);
    expect(onesLike(x).toArray()).toEqual([[1, 1]]);
    expect(kind(fullLike(x, 5, { dtype: 'int32' }))).toEqual(['int32', 1, 2]);
    expect(onesLike(variable(3)).item()).toBe(1);
  });
});

describe('eye', () => {
  test('has ones on the diagonal, also when it isn’t square', () => {
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(eye(2, 3).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(eye(3, 1, { dtype: 'int32' }).toArray()).toEqual([[1], [0], [0]]);
    expect(eye(0).shape).toEqual([0, 0]);
  });

  test('refuses sizes that are none', () => {
    expectError(() => eye(-1), ArgumentError, /^eye: n .*got -1/);
    expectError(() => eye(2, 1.5), ArgumentError, /^eye: m .*got 1.5/);
  });
});

describe('arange', () => {
  test.each([
    [arange(4), ['int32', 4], [0, 1, 2, 3]],
    [arange(2, 5), ['int32', 3], [2, 3, 4]],
    [arange(5, 2), ['int32', 0], []],
    [arange(5, 2, -1), ['int32', 3], [5, 4, 3]],
    [arange(0, 1, 0.25), ['float32', 4], [0, 0.25, 0.5, 0.75]],
    [arange(0.5, 3), ['float32', 3], [0.5, 1.5, 2.5]],
    [arange(0, 3, 1, { dtype: 'float64' }), ['float64', 3], [0, 1, 2]],
    [arange(0), ['int32', 0], []],
    [arange(-3), ['int32', 0], []],
  ])('%#: counts up to its end, and stops before', (x, wanted, values) => {
    expect(kind(x)).toEqual(wanted);
    expect(x.toArray()).toEqual(values);
  });

  test('multiplies the step instead of adding it up', () => {
    const x = arange(0, 100, 0.1, { dtype: 'float64' }).data();
    expect(x).toHaveLength(1000);
    expect(x[999]).toBe(999 * 0.1);
  });

  test('becomes float32 where int32 ends', () => {
    expect(arange(2 ** 31 - 2, 2 ** 31).dtype).toBe('int32');
    expect(arange(2 ** 31 - 2, 2 ** 31 + 2).dtype).toBe('float32');
    expect(arange(2 ** 31, 2 ** 31 + 1).dtype).toBe('float32');
  });

  test('refuses what never ends, and fractions in int32', () => {
    expectError(() => arange(0, 1, 0), ArgumentError, /^arange: .*got 0, 1, 0/);
    expectError(() => arange(0, Infinity), ArgumentError, /got 0, Infinity, 1/);
    expectError(() => arange(Number.NaN), ArgumentError, /NaN/);
    expectError(() => arange(0, 2, 0.5, { dtype: 'int32' }), DTypeError, /^arange: .*got 0.5/);
  });
});

describe('linspace', () => {
  test('includes both ends exactly', () => {
    const x = linspace(0, 0.3, 4, { dtype: 'float64' }).data();
    expect([x[0], x[3]]).toEqual([0, 0.3]);
    // 49 · (1/49) is not 1.
    expect(linspace(0, 1, 50, { dtype: 'float64' }).data()[49]).toBe(1);
    expect(linspace(1, 0, 3).toArray()).toEqual([1, 0.5, 0]);
    expect(kind(linspace(0, 1, 5))).toEqual(['float32', 5]);
  });

  test('of one number is the start, of none is empty', () => {
    expect(linspace(3, 9, 1).toArray()).toEqual([3]);
    expect(linspace(3, 9, 0).shape).toEqual([0]);
  });

  test('refuses counts that are none, and fractions in int32', () => {
    expectError(() => linspace(0, 1, -1), ArgumentError, /^linspace: count .*got -1/);
    expectError(() => linspace(0, 1, 2.5), ArgumentError, /got 2.5/);
    expect(linspace(0, 10, 3, { dtype: 'int32' }).toArray()).toEqual([0, 5, 10]);
    expectError(() => linspace(0, 1, 3, { dtype: 'int32' }), DTypeError, /got 0.5/);
  });
});

describe('variable', () => {
  test('takes numbers, nested arrays, tensors and other variables', () => {
    expect(variable(3).value.item()).toBe(3);
    expect(variable([[1, 2]]).shape).toEqual([1, 2]);
    expect(variable([1], { dtype: 'float64' }).dtype).toBe('float64');
    const x = tensor([1, 2]);
    expect(variable(x)).toBeInstanceOf(Variable);
    expect(variable(variable(x)).value.toArray()).toEqual([1, 2]);
  });
});
