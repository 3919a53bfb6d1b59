// What a derivative is where there is none: the conventions at kinks and ties, in both modes.
import {
  abs,
  ceil,
  clamp,
  elu,
  floor,
  grad,
  hessian,
  jvp,
  leakyRelu,
  logsumexp,
  max,
  maximum,
  min,
  minimum,
  norm,
  onesLike,
  pow,
  relu,
  round,
  sign,
  sort,
  sqrt,
  std,
  type Tensor,
  tensor,
  topK,
  where,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const of = (...values: number[]): Tensor => tensor(values, { dtype: 'float64' }) as Tensor;
const numbers = (x: Tensor): number[] => Array.from(x.data(), (value) => value + 0);

/** The derivatives of Σ fn(x), by both modes, which must agree. */
function slopes(fn: (x: Tensor) => Tensor, x: Tensor): number[] {
  const reverse = numbers(grad((at: Tensor) => fn(at).sum())(x));
  const forward = numbers(x).map((_, i) => {
    const unit = of(...numbers(x).map((_, k) => (k === i ? 1 : 0))).reshape(x.shape);
    const [, t] = jvp((at: Tensor) => fn(at).sum(), [x], [unit]);
    return t.item() + 0;
  });
  expect(forward).toEqual(reverse);
  return reverse;
}

/** The derivatives of Σ fn(a, b) by a and by b, in both modes. */
function slopesOfTwo(fn: (a: Tensor, b: Tensor) => Tensor, a: Tensor, b: Tensor) {
  return [slopes((x) => fn(x, b), a), slopes((x) => fn(a, x), b)];
}

describe('the derivative at a kink', () => {
  it('of relu is 0', () => {
    expect(slopes(relu, of(-1, -0, 0, 1))).toEqual([0, 0, 0, 1]);
  });

  it('of abs is 0', () => {
    expect(slopes(abs, of(-2, -0, 0, 2))).toEqual([-1, 0, 0, 1]);
  });

  it('of leakyRelu and elu is that of the negative side', () => {
    expect(slopes((x) => leakyRelu(x, 0.25), of(-1, 0, 1))).toEqual([0.25, 0.25, 1]);
    expect(slopes((x) => elu(x, 0.5), of(0, 1))).toEqual([0.5, 1]);
  });

  it('of sign and of roundings is 0, as everywhere else', () => {
    for (const step of [sign, floor, ceil, round]) {
      expect(slopes(step, of(-1, -0.5, 0, 0.5, 1))).toEqual([0, 0, 0, 0, 0]);
    }
  });

  it.each([1, 1.5, 2, 3, Infinity])('of the norm of order %d is 0 at 0', (ord) => {
    expect(slopes((x) => norm(x, undefined, { ord }), of(0, 0))).toEqual([0, 0]);
    const rows = tensor(
      [
        [0, 0],
        [0, 3],
      ],
      { dtype: 'float64' },
    ) as Tensor;
    expect(slopes((x) => norm(x, 1, { ord }), rows)).toEqual([0, 0, 0, 1]);
  });

  it('of std is 0 where all elements are equal', () => {
    expect(slopes((x) => std(x), of(3, 3, 3))).toEqual([0, 0, 0]);
    expect(slopes((x) => std(x), of(3))).toEqual([0]);
  });

  it('of relu is 0 in second order, too', () => {
    const second = hessian((x: Tensor) => relu(x).sum());
    expect(numbers(second(of(0, 1)))).toEqual([0, 0, 0, 0]);
  });
});

describe('at a tie', () => {
  it('maximum and minimum give each side one half', () => {
    for (const fn of [maximum, minimum]) {
      expect(slopesOfTwo(fn, of(1, 0, -0), of(1, -0, 0))).toEqual([
        [0.5, 0.5, 0.5],
        [0.5, 0.5, 0.5],
      ]);
    }
    expect(slopesOfTwo(maximum, of(1, 3), of(2, 2))).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(slopesOfTwo(minimum, of(1, 3), of(2, 2))).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('the halves of a tensor against itself add up to one', () => {
    expect(slopes((x) => maximum(x, x), of(1, -2))).toEqual([1, 1]);
  });

  it('maximum with a number gives the tensor one half', () => {
    expect(slopes((x) => maximum(x, 0), of(-1, 0, 1))).toEqual([0, 0.5, 1]);
  });

  it('max and min reductions share evenly', () => {
    expect(slopes((x) => max(x), of(1, 3, 3, 3, 2))).toEqual([0, 1 / 3, 1 / 3, 1 / 3, 0]);
    expect(slopes((x) => min(x), of(1, 3, 1))).toEqual([0.5, 0, 0.5]);
    const rows = tensor(
      [
        [1, 1],
        [2, 5],
      ],
      { dtype: 'float64' },
    ) as Tensor;
    expect(slopes((x) => max(x, 1), rows)).toEqual([0.5, 0.5, 0, 1]);
    expect(slopes((x) => max(x, [0, 1]), rows)).toEqual([0, 0, 0, 1]);
  });

  it('of infinities they share evenly, too', () => {
    expect(slopes((x) => max(x), of(Infinity, 1, Infinity))).toEqual([0.5, 0, 0.5]);
    expect(slopes((x) => min(x), of(-Infinity, -Infinity))).toEqual([0.5, 0.5]);
  });

  it('sort and topK take the first of equals first', () => {
    expect(slopes((x) => sort(x).values.mul(of(1, 2, 3)), of(5, 5, 0))).toEqual([2, 3, 1]);
    expect(slopes((x) => topK(x, 1).values, of(5, 5, 0))).toEqual([1, 0, 0]);
  });
});

describe('clamp', () => {
  it('passes the gradient within its bounds and at them', () => {
    expect(slopes((x) => clamp(x, -1, 2), of(-1.5, -1, 0, 2, 2.5))).toEqual([0, 1, 1, 1, 0]);
  });

  it('passes it everywhere if its bounds are infinite, to infinity itself', () => {
    const x = of(-Infinity, 0, Infinity);
    expect(slopes((at) => clamp(at, -Infinity, Infinity), x)).toEqual([1, 1, 1]);
  });
});

describe('at the end of a domain', () => {
  it('the derivative of sqrt at 0 is ∞', () => {
    expect(slopes(sqrt, of(0))).toEqual([Infinity]);
  });

  it('a power with a constant exponent is differentiated without a logarithm', () => {
    expect(slopes((x) => pow(x, 2), of(0, -3))).toEqual([0, -6]);
    expect(slopes((x) => pow(x, 1), of(0, -3))).toEqual([1, 1]);
    expect(slopes((x) => pow(x, 0), of(0, -3))).toEqual([0, 0]);
    expect(slopes((x) => pow(x, 0.5), of(0))).toEqual([Infinity]);
  });

  it('the derivative of 0⁰ is 0, by the base and by the exponent', () => {
    expect(slopesOfTwo(pow, of(0), of(0))).toEqual([[0], [0]]);
  });

  it('the derivative of 0ᵖ by p ≥ 0 is 0', () => {
    expect(slopesOfTwo(pow, of(0, 0), of(1, 2))).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });

  it('a fully masked row of logsumexp passes nothing on', () => {
    expect(slopes((x) => logsumexp(x), of(-Infinity, -Infinity))).toEqual([0, 0]);
  });
});

describe('where', () => {
  const x = of(0, 4);

  it('does not shield a gradient from the branch that is not taken', () => {
    const naive = (at: Tensor) => where(at.greater(0), at.sqrt().mul(at.log()), 0);
    expect(grad((at: Tensor) => naive(at).sum())(x).data()[0]).toBeNaN();
  });

  it('does, as its documentation says, once that branch has been made safe', () => {
    const safe = (at: Tensor) => {
      const inside = where(at.greater(0), at, 1);
      return where(at.greater(0), inside.log(), 0);
    };
    expect(slopes(safe, x)).toEqual([0, 0.25]);
  });

  it('gives nothing to a branch of finite slope that is not taken', () => {
    const fn = (a: Tensor, b: Tensor) => where(tensor([true, false]), a, b);
    expect(slopesOfTwo(fn, of(1, 2), of(3, 4))).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('a formula that selects', () => {
  it('differentiates only the branch that is taken, so no NaN of the other comes in', () => {
    expect(slopes(relu, of(-Infinity, Infinity))).toEqual([0, 1]);
    expect(slopes((x) => elu(x), of(800, -800))).toEqual([1, 0]);
    const [, t] = jvp((x: Tensor) => elu(x), [of(1e5)], [onesLike(of(1e5))]);
    expect(t.data()[0]).toBe(1);
  });
});
