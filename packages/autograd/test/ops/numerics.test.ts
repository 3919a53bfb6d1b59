// The ends of the number line: NaN, infinities, huge and tiny values, negative zero, nothing at all, and long sums.
import {
  abs,
  add,
  argmax,
  argmin,
  ceil,
  clamp,
  cumsum,
  div,
  elu,
  equal,
  erf,
  exp,
  expm1,
  floor,
  full,
  gelu,
  grad,
  log,
  log1p,
  logSigmoid,
  logSoftmax,
  logsumexp,
  matmul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  norm,
  notEqual,
  prod,
  relu,
  rng,
  round,
  sigmoid,
  silu,
  softmax,
  softplus,
  sort,
  sqrt,
  std,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  topK,
  variance,
  where,
  zeros,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const NaNs = Number.NaN;
const of = (...values: number[]): Tensor => tensor(values, { dtype: 'float64' }) as Tensor;
const float32 = (...values: number[]): Tensor => tensor(values) as Tensor;
const rows = (...values: number[][]): Tensor => tensor(values, { dtype: 'float64' }) as Tensor;
const numbers = (x: Tensor): number[] => Array.from(x.data());
/** The gradient of Σ weights · fn. */
const slope = (fn: (x: Tensor) => Tensor, x: Tensor, weights: Tensor = of(1)) =>
  numbers(grad((at: Tensor) => mul(fn(at), weights).sum())(x));

describe('NaN', () => {
  it('stays NaN in every function of one number that passes it', () => {
    const functions = [neg, abs, exp, log, sqrt, tanh, erf, sigmoid, softplus, logSigmoid, relu];
    for (const fn of [...functions, gelu, silu, elu, floor, ceil, round]) {
      expect((fn as (x: Tensor) => Tensor)(of(NaNs)).item()).toBeNaN();
    }
    expect(clamp(of(NaNs), -1, 1).item()).toBeNaN();
  });

  it('is the greater and the smaller of any two', () => {
    expect(numbers(maximum(of(NaNs, 1), of(1, NaNs)))).toEqual([NaNs, NaNs]);
    expect(numbers(minimum(of(NaNs, 1), of(1, NaNs)))).toEqual([NaNs, NaNs]);
  });

  it('is the largest and the smallest element, and stands where it stands', () => {
    const x = of(1, NaNs, 3, NaNs);
    expect(max(x).item()).toBeNaN();
    expect(min(x).item()).toBeNaN();
    expect(argmax(x).item()).toBe(1);
    expect(argmin(x).item()).toBe(1);
  });

  it('comes last in either order', () => {
    const x = of(2, NaNs, -Infinity, 1);
    expect(numbers(sort(x).values)).toEqual([-Infinity, 1, 2, NaNs]);
    expect(numbers(sort(x, 0, { descending: true }).values)).toEqual([2, 1, -Infinity, NaNs]);
    expect(numbers(sort(x).indices)).toEqual([2, 3, 0, 1]);
    expect(numbers(topK(x, 2).values)).toEqual([2, 1]);
  });

  it('equals nothing, not even itself', () => {
    expect(equal(of(NaNs), of(NaNs)).item()).toBe(0);
    expect(notEqual(of(NaNs), of(NaNs)).item()).toBe(1);
  });

  it('as a condition is not 0', () => {
    expect(where(of(NaNs), 1, 2).item()).toBe(1);
  });

  it('is not lost in sums and products, whatever stands beside it', () => {
    for (const fn of [sum, mean, prod, variance, std, norm, logsumexp]) {
      expect((fn as (x: Tensor) => Tensor)(of(1, NaNs, 0)).item()).toBeNaN();
    }
    expect(numbers(matmul(rows([0, NaNs]), rows([0], [0])))).toEqual([NaNs]);
    expect(mul(of(0), of(NaNs)).item()).toBeNaN();
  });
});

describe('negative zero', () => {
  it('keeps its sign through what keeps signs', () => {
    expect(Object.is(neg(of(0)).data()[0], -0)).toBe(true);
    expect(Object.is(mul(of(-1), of(0)).data()[0], -0)).toBe(true);
    expect(Object.is(round(of(-0.4)).data()[0], -0)).toBe(true);
    expect(Object.is(ceil(of(-0.4)).data()[0], -0)).toBe(true);
    expect(numbers(div(of(1, 1), of(0, -0)))).toEqual([Infinity, -Infinity]);
  });

  it('equals zero, and is the smaller of the two', () => {
    expect(equal(of(-0), of(0)).item()).toBe(1);
    expect(Object.is(maximum(of(-0), of(0)).data()[0], 0)).toBe(true);
    expect(Object.is(minimum(of(0), of(-0)).data()[0], -0)).toBe(true);
    expect(Object.is(abs(of(-0)).data()[0], 0)).toBe(true);
  });
});

describe('huge and tiny values', () => {
  it('saturate where a function does, without overflow on the way', () => {
    const x = of(-1e4, 1e4);
    expect(numbers(sigmoid(x))).toEqual([0, 1]);
    expect(numbers(tanh(x))).toEqual([-1, 1]);
    expect(numbers(erf(x))).toEqual([-1, 1]);
    expect(numbers(softplus(x))).toEqual([0, 1e4]);
    expect(numbers(logSigmoid(x))).toEqual([-1e4, 0]);
    expect(numbers(elu(x))).toEqual([-1, 1e4]);
    expect(numbers(silu(x)).map((y) => y + 0)).toEqual([0, 1e4]);
    expect(numbers(gelu(x)).map((y) => y + 0)).toEqual([0, 1e4]);
  });

  it('have derivatives of 0 or 1 there, never NaN', () => {
    const x = of(-1e4, 1e4);
    const slopes = (fn: (x: Tensor) => Tensor) => slope(fn, x).map((s) => s + 0);
    for (const fn of [sigmoid, tanh, erf]) expect(slopes(fn as never)).toEqual([0, 0]);
    for (const fn of [softplus, silu, gelu, relu]) expect(slopes(fn as never)).toEqual([0, 1]);
    expect(slopes((at) => elu(at))).toEqual([0, 1]);
    expect(slopes(logSigmoid)).toEqual([1, 0]);
  });

  it('saturate in float32 where eˣ overflows, at 89', () => {
    expect(numbers(softplus(float32(89, 200)))).toEqual([89, 200]);
    expect(numbers(sigmoid(float32(-200, 200)))).toEqual([0, 1]);
    expect(numbers(logSigmoid(float32(-200)))).toEqual([-200]);
  });

  it('keep their digits near 0', () => {
    const tiny = of(1e-300, -1e-20);
    for (const fn of [tanh, expm1, log1p]) expect(numbers(fn(tiny))).toEqual(numbers(tiny));
    expect(erf(of(1e-300)).item()).toBeCloseTo(1.1283791670955126e-300, 305);
  });

  it('are limited, not wrapped, by float32', () => {
    expect(numbers(mul(float32(3e38, -3e38, 1e-30), float32(10, 10, 1e-30)))).toEqual([
      Infinity,
      -Infinity,
      0,
    ]);
  });
});

describe('infinities', () => {
  it('follow the rules of arithmetic', () => {
    expect(numbers(add(of(Infinity, Infinity), of(1, -Infinity)))).toEqual([Infinity, NaNs]);
    expect(numbers(mul(of(Infinity, Infinity), of(-2, 0)))).toEqual([-Infinity, NaNs]);
    expect(numbers(div(of(1, Infinity, 0), of(Infinity, Infinity, 0)))).toEqual([0, NaNs, NaNs]);
    expect(numbers(exp(of(-Infinity, Infinity)))).toEqual([0, Infinity]);
    expect(numbers(log(of(0, Infinity, -1)))).toEqual([-Infinity, Infinity, NaNs]);
  });

  it('are limited by clamp', () => {
    expect(numbers(clamp(of(-Infinity, Infinity), -1, 1))).toEqual([-1, 1]);
  });
});

describe('logsumexp, softmax and logSoftmax', () => {
  it('do not overflow', () => {
    const x = of(1000, 1001);
    const difference = Math.log1p(Math.exp(-1));
    expect(logsumexp(x).item()).toBeCloseTo(1001 + difference, 10);
    const share = 1 / (1 + Math.exp(1));
    expect(numbers(softmax(x))).toEqual([share, 1 - share]);
    expect(logSoftmax(x).data()[1]).toBeCloseTo(-difference, 10);
    expect(numbers(logSoftmax(of(0, -1e4)))).toEqual([0, -1e4]);
  });

  it('give a masked position nothing, in value and gradient', () => {
    const x = of(0, -Infinity, 0);
    expect(numbers(softmax(x))).toEqual([0.5, 0, 0.5]);
    expect(logSoftmax(x).data()[1]).toBe(-Infinity);
    expect(logsumexp(x).item()).toBeCloseTo(Math.LN2, 15);
    expect(slope(softmax, x, of(1, 5, 3))).toEqual([-0.5, 0, 0.5]);
    expect(slope((at) => logsumexp(at), x)).toEqual([0.5, 0, 0.5]);
  });

  it('of a fully masked row are 0, −∞ and −∞, and pass no gradient', () => {
    const x = rows([-Infinity, -Infinity], [0, 0]);
    expect(numbers(softmax(x))).toEqual([0, 0, 0.5, 0.5]);
    expect(numbers(logSoftmax(x)).slice(0, 2)).toEqual([-Infinity, -Infinity]);
    expect(numbers(logsumexp(x, 1))[0]).toBe(-Infinity);
    expect(slope(softmax, x, rows([1, 2], [1, 3]))).toEqual([0, 0, -0.5, 0.5]);
    expect(slope((at) => logsumexp(at, 1), x, of(1, 1))).toEqual([0, 0, 0.5, 0.5]);
    const picked = (at: Tensor) => where(rows([0, 0], [1, 0]), logSoftmax(at), 0);
    expect(slope(picked, x)).toEqual([0, 0, 0.5, -0.5]);
  });

  it('are NaN or ∞ where a +∞ makes them undefined', () => {
    expect(logsumexp(of(Infinity, 1)).item()).toBe(Infinity);
    expect(softmax(of(Infinity, 1)).data()[0]).toBeNaN();
  });
});

describe('nothing', () => {
  const nothing = of();

  it('sums to 0, multiplies to 1, has a norm of 0 and a logsumexp of −∞', () => {
    expect(sum(nothing).item()).toBe(0);
    expect(prod(nothing).item()).toBe(1);
    expect(norm(nothing).item()).toBe(0);
    expect(logsumexp(nothing).item()).toBe(-Infinity);
  });

  it('has a mean, a variance and a standard deviation of NaN', () => {
    for (const fn of [mean, variance, std]) expect(fn(nothing).item()).toBeNaN();
  });

  it('along an axis gives as many of these as there are rows', () => {
    const x = zeros([2, 0, 3]) as Tensor;
    expect(sum(x, 1).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(prod(x, 1, { keepDims: true }).shape).toEqual([2, 1, 3]);
    expect(sum(x, [0, 2]).shape).toEqual([0]);
    expect(max(x, 0).shape).toEqual([0, 3]);
  });

  it('times nothing is a matrix of zeros', () => {
    expect(matmul(zeros([2, 0]), zeros([0, 2])).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it('has an empty gradient', () => {
    for (const fn of [sum, prod, norm, logsumexp] as ((x: Tensor) => Tensor)[]) {
      expect(slope(fn, nothing)).toEqual([]);
    }
  });

  it('of freedom makes a variance ∞ or NaN, as in NumPy', () => {
    expect(variance(of(1), 0, { correction: 1 }).item()).toBeNaN();
    expect(variance(of(1, 2), 0, { correction: 2 }).item()).toBe(Infinity);
    expect(std(of(1, 2), 0, { correction: 3 }).item()).toBe(Infinity);
  });
});

describe('long sums in float32', () => {
  const COUNT = 10_000_000;
  const tenths = full([COUNT], 0.1) as Tensor;
  /** What 0.1 is in float32, ten million times. */
  const exact = Math.fround(0.1) * COUNT;

  it('lose nothing: ten million tenths', () => {
    expect(sum(tenths).item()).toBe(Math.fround(exact));
    expect(mean(tenths).item()).toBe(Math.fround(0.1));
  });

  it('lose nothing along rows and columns', () => {
    const square = tenths.slice([0, 1_000_000]).reshape([1000, 1000]);
    const expected = Math.fround(Math.fround(0.1) * 1000);
    for (const axis of [0, 1]) {
      expect(new Set(numbers(sum(square, axis)))).toEqual(new Set([expected]));
    }
  });

  it('cancel to a few roundings of the largest partial sum', () => {
    const x = rng(1).normal([100_000]) as Tensor;
    const total = numbers(x).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum(x).item() - total)).toBeLessThan(1e-4);
    const running = cumsum(x, 0).data();
    expect(Math.abs(running[running.length - 1] - total)).toBeLessThan(1e-3);
  });

  it('find a small variance around a large mean', () => {
    const x = float32(10_001, 10_002, 10_003);
    expect(variance(x).item()).toBe(Math.fround(2 / 3));
    const shifted = add(rng(2).normal([10_000]), 1000);
    expect(std(shifted).item()).toBeCloseTo(1, 1);
  });
});

describe('differences', () => {
  it('of equal numbers are 0, of equal infinities NaN', () => {
    expect(numbers(sub(of(0.1, Infinity), of(0.1, Infinity)))).toEqual([0, NaNs]);
  });
});
