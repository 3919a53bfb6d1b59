// Which dtype comes out: the order of promotion, weak numbers, integers that wrap, and what has no gradient.
import {
  abs,
  add,
  argmax,
  cast,
  concat,
  cumsum,
  type DType,
  DTypeError,
  div,
  dot,
  einsum,
  equal,
  exp,
  floor,
  grad,
  logicalAnd,
  matmul,
  max,
  maximum,
  mean,
  mul,
  neg,
  norm,
  pow,
  prod,
  relu,
  scatterAdd,
  sign,
  softmax,
  sort,
  square,
  std,
  sub,
  sum,
  type Tensor,
  tensor,
  variable,
  variance,
  where,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const DTYPES = ['bool', 'int32', 'float32', 'float64'] as const satisfies DType[];
/** Row by row and column by column in that order. */
const ARITHMETIC: Record<DType, Record<DType, DType>> = {
  bool: { bool: 'int32', int32: 'int32', float32: 'float32', float64: 'float64' },
  int32: { bool: 'int32', int32: 'int32', float32: 'float32', float64: 'float64' },
  float32: { bool: 'float32', int32: 'float32', float32: 'float32', float64: 'float64' },
  float64: { bool: 'float64', int32: 'float64', float32: 'float64', float64: 'float64' },
};

const PAIRS = DTYPES.flatMap((a) => DTYPES.map((b) => [a, b] as const));
const of = (dtype: DType, ...values: number[]): Tensor => tensor(values, { dtype }) as Tensor;
const int32 = (...values: number[]) => of('int32', ...values);
const bool = (...values: number[]) => of('bool', ...values);

const LEAST = -(2 ** 31);
const MOST = 2 ** 31 - 1;

describe('the order bool < int32 < float32 < float64', () => {
  it.each(PAIRS)('decides what %s and %s make', (a, b) => {
    const [x, y] = [of(a, 1, 0), of(b, 1, 1)];
    const arithmetic = ARITHMETIC[a][b];
    for (const op of [add, sub, mul, maximum, pow]) expect(op(x, y).dtype).toBe(arithmetic);
    expect(matmul(x, y).dtype).toBe(arithmetic);
    expect(einsum('i,i->i', x, y).dtype).toBe(arithmetic);
    const floating = a === 'float64' || b === 'float64' ? 'float64' : 'float32';
    expect(div(x, y).dtype).toBe(floating);
    // What only moves elements keeps bool.
    const kept = a === 'bool' && b === 'bool' ? 'bool' : arithmetic;
    expect(where(bool(1, 0), x, y).dtype).toBe(kept);
    expect(concat([x, y]).dtype).toBe(kept);
    for (const op of [equal, logicalAnd]) expect(op(x, y).dtype).toBe('bool');
  });

  it.each(PAIRS)('computes %s + %s and %1$s · %2$s right', (a, b) => {
    const [x, y] = [of(a, 1, 0), of(b, 1, 1)];
    expect(add(x, y).toArray()).toEqual([2, 1]);
    expect(mul(x, y).toArray()).toEqual([1, 0]);
    expect(div(x, y).toArray()).toEqual([1, 0]);
  });

  it('is the same for variables as for their values', () => {
    expect(add(variable(of('float64', 1)), of('float32', 1)).dtype).toBe('float64');
    expect(mul(variable(int32(2)), variable(int32(3))).dtype).toBe('int32');
  });

  it('leaves the gradient in the dtype of the input', () => {
    const x = variable(of('float32', 1, 2));
    mul(x, of('float64', 3, 4))
      .sum()
      .backward();
    expect(x.grad?.dtype).toBe('float32');
    expect(x.grad?.toArray()).toEqual([3, 4]);
  });
});

describe('functions with fractions', () => {
  it.each(DTYPES)('of %s give float32, and float64 of float64', (dtype) => {
    const expected = dtype === 'float64' ? 'float64' : 'float32';
    const x = of(dtype, 1, 0);
    for (const fn of [exp, relu, mean, variance, std, norm, softmax]) {
      expect((fn as (x: Tensor) => Tensor)(x).dtype).toBe(expected);
    }
  });

  it('divide integers as fractions', () => {
    expect(div(int32(7, -7, 1, 0), int32(2, 2, 0, 0)).toArray()).toEqual([
      3.5,
      -3.5,
      Infinity,
      Number.NaN,
    ]);
    expect(mean(int32(1, 2)).item()).toBe(1.5);
    expect(mean(bool(1, 0, 0, 1)).item()).toBe(0.5);
    expect(div(3, int32(2)).toArray()).toEqual([1.5]);
  });
});

describe('functions without fractions', () => {
  it.each([
    ['neg', neg],
    ['abs', abs],
    ['sign', sign],
    ['square', square],
    ['floor', floor],
    ['sum', sum],
    ['prod', prod],
    ['max', max],
  ] as const)('%s keeps floats and int32, and counts bool as int32', (_name, fn) => {
    const dtypes = DTYPES.map((dtype) => (fn as (x: Tensor) => Tensor)(of(dtype, 1, 0)).dtype);
    expect(dtypes).toEqual(['int32', 'int32', 'float32', 'float64']);
  });

  it('sort and slices keep bool', () => {
    expect(sort(bool(1, 0)).values.dtype).toBe('bool');
    expect(sort(bool(1, 0)).values.toArray()).toEqual([0, 1]);
    expect(bool(1, 0).slice([1]).dtype).toBe('bool');
  });

  it('positions are int32', () => {
    expect(argmax(of('float64', 1, 2)).dtype).toBe('int32');
    expect(sort(of('float64', 1, 2)).indices.dtype).toBe('int32');
  });

  it('the updates of scatterAdd are brought to the dtype of what they are added to', () => {
    const sum = scatterAdd(of('float64', 0, 0), int32(1), of('float32', 0.5));
    expect(sum.dtype).toBe('float64');
    expect(sum.toArray()).toEqual([0, 0.5]);
  });
});

describe('JavaScript numbers are weak:', () => {
  it.each([
    ['float64', 1, 'float64'],
    ['float64', 0.1, 'float64'],
    ['float32', 1, 'float32'],
    ['float32', 0.1, 'float32'],
    ['float32', 1e300, 'float32'],
    ['int32', 1, 'int32'],
    ['int32', MOST, 'int32'],
    ['int32', 0.5, 'float32'],
    ['int32', 2 ** 31, 'float32'],
    ['int32', Infinity, 'float32'],
    ['int32', Number.NaN, 'float32'],
    ['bool', 2, 'int32'],
    ['bool', 0.5, 'float32'],
  ] as const)('%s and %d make %s, on either side', (dtype, value, expected) => {
    const x = of(dtype, 1, 0);
    expect(add(x, value).dtype).toBe(expected);
    expect(sub(value, x).dtype).toBe(expected);
    expect(where(bool(1, 0), value, x).dtype).toBe(expected);
  });

  it('they are taken in the precision of the tensor', () => {
    expect(add(of('float64', 0), 0.1).item()).toBe(0.1);
    expect(add(of('float32', 0), 0.1).item()).toBe(Math.fround(0.1));
    expect(mul(of('float32', 1), 1e300).item()).toBe(Infinity);
  });

  it('among themselves they are float32, booleans bool', () => {
    expect(add(1, 2).dtype).toBe('float32');
    expect(exp(1).dtype).toBe('float32');
    expect(add(true, true).dtype).toBe('int32');
    expect(where(true, true, false).dtype).toBe('bool');
  });

  it('a boolean is a bool, not a number', () => {
    expect(mul(int32(3), true).dtype).toBe('int32');
    expect(where(bool(1, 0), bool(1, 1), false).dtype).toBe('bool');
  });

  it('two tensors and a number follow the tensors', () => {
    expect(where(bool(1), of('float64', 1), 0.1).item()).toBe(1);
    expect(where(bool(0), of('float64', 1), 0.1).item()).toBe(0.1);
  });
});

describe('bool counts as 0 and 1', () => {
  it('in sums, differences, products and extremes', () => {
    expect(add(bool(1, 1), bool(1, 0)).toArray()).toEqual([2, 1]);
    expect(sub(bool(0), bool(1)).toArray()).toEqual([-1]);
    expect(mul(bool(1, 1), bool(1, 0)).toArray()).toEqual([1, 0]);
    expect(sum(bool(1, 1, 1)).item()).toBe(3);
    expect(cumsum(bool(1, 1, 0), 0).toArray()).toEqual([1, 2, 2]);
    expect(dot(bool(1, 1), bool(1, 1)).item()).toBe(2);
    expect(neg(bool(1)).toArray()).toEqual([-1]);
  });
});

describe('int32 wraps', () => {
  it('in sums, differences, products, powers and negation', () => {
    expect(add(int32(MOST), 1).toArray()).toEqual([LEAST]);
    expect(sub(int32(LEAST), 1).toArray()).toEqual([MOST]);
    expect(mul(int32(65536, 123456789), int32(65536, 987654321)).toArray()).toEqual([
      0,
      Number(BigInt.asIntN(32, 123456789n * 987654321n)),
    ]);
    expect(square(int32(65537)).toArray()).toEqual([Number(BigInt.asIntN(32, 65537n ** 2n))]);
    expect(neg(int32(LEAST)).toArray()).toEqual([LEAST]);
    expect(abs(int32(LEAST)).toArray()).toEqual([LEAST]);
    expect(pow(int32(3), 30).toArray()).toEqual([Number(BigInt.asIntN(32, 3n ** 30n))]);
  });

  it('in reductions and matrix products', () => {
    expect(sum(int32(MOST, MOST, 2)).item()).toBe(0);
    expect(prod(int32(65536, 65536)).item()).toBe(0);
    expect(cumsum(int32(MOST, 1, -1), 0).toArray()).toEqual([MOST, LEAST, MOST]);
    expect(dot(int32(65536, 1), int32(65536, 7)).item()).toBe(7);
  });

  it('keeps every digit of large numbers', () => {
    expect(add(int32(MOST - 2), 1).item()).toBe(MOST - 1);
    expect(sum(int32(MOST - 2, 1)).item()).toBe(MOST - 1);
    expect(max(int32(MOST - 1, MOST)).item()).toBe(MOST);
  });
});

describe('cast', () => {
  it('to int32 cuts fractions off and wraps; NaN and infinities become 0', () => {
    const x = of('float64', 1.9, -1.9, 2 ** 31, Number.NaN, Infinity);
    expect(cast(x, 'int32').toArray()).toEqual([1, -1, LEAST, 0, 0]);
  });

  it('to bool asks whether it is not 0', () => {
    const x = of('float64', 0.5, 0, -0, Number.NaN, -1);
    expect(cast(x, 'bool').toArray()).toEqual([1, 0, 0, 1, 1]);
  });

  it('to float32 rounds to the nearest', () => {
    expect(cast(of('float64', 0.1, 1e300), 'float32').toArray()).toEqual([
      Math.fround(0.1),
      Infinity,
    ]);
  });
});

describe('a gradient', () => {
  it.each(['int32', 'bool'] as const)('of %s is refused wherever it is asked for', (dtype) => {
    const message = (op: string) => new RegExp(`^${op}: .*got ${dtype}`);
    const attempts: [string, () => unknown][] = [
      ['tensor', () => tensor([1, 0], { dtype, requiresGrad: true })],
      ['variable', () => variable(of(dtype, 1), { requiresGrad: true })],
      ['variable', () => Object.assign(variable(of(dtype, 1)), { requiresGrad: true })],
      ['grad', () => grad((x: Tensor) => x.sum())(of(dtype, 1))],
    ];
    for (const [op, attempt] of attempts) {
      expect(attempt).toThrow(DTypeError);
      expect(attempt).toThrow(message(op));
    }
  });

  it('passes integers by: they are constants to it', () => {
    const x = tensor([1, 2], { dtype: 'float64', requiresGrad: true });
    mul(x, int32(3, 4)).sum().backward();
    expect(x.grad?.toArray()).toEqual([3, 4]);
  });
});
