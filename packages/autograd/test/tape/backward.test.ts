// Tests of tape/backward: accumulation, seeds, retaining and releasing, createGraph, and what is refused.
import { describe, expect, test } from 'vitest';
import {
  backward,
  DTypeError,
  detach,
  type Generator,
  NoPathError,
  noGrad,
  ReleasedTapeError,
  rng,
  ShapeError,
  type Tensor,
  tensor,
  variable,
  where,
  zeros,
} from '../../src/index.js';
import { expectClose, expectError, f64, leaf, wave } from '../support.js';

describe('backward', () => {
  test('leaves gradients in leaves and variables, and nowhere else', () => {
    const x = leaf([1, 2]);
    const v = variable(f64([3, 4]));
    const product = x.mul(v);
    product.sum().backward();
    expectClose(x.grad, [3, 4]);
    expectClose(v.grad, [1, 2]);
    expect(product.grad).toBeNull();
  });

  test('accumulates over several calls, until the gradient is cleared', () => {
    const x = leaf(3);
    x.square().backward();
    x.mul(2).backward();
    expectClose(x.grad, 8);
    x.clearGrad();
    x.mul(2).backward();
    expectClose(x.grad, 2);
  });

  test('adds up all ways that lead to a leaf', () => {
    const x = leaf(2);
    const y = x.mul(3);
    y.mul(y).add(y).add(x).backward(); // 9x² + 4x
    expectClose(x.grad, 40);
  });

  test('gives leaves that are the result a gradient of ones', () => {
    const x = leaf([[5]]);
    x.backward();
    expectClose(x.grad, [[1]]);
    const v = variable(2);
    v.backward();
    expect(v.grad?.item()).toBe(1);
  });

  test('gives zeros to a leaf that every path reaches with derivative 0, and nothing to the others', () => {
    const x = leaf([1.5, 2.5]);
    const other = leaf(1);
    x.floor().sum().backward();
    expectClose(x.grad, [0, 0]);
    expect(other.grad).toBeNull();
  });

  test('leaves gradients that are constants', () => {
    const x = leaf([1, 2]);
    x.square().sum().backward();
    expect(x.grad?.requiresGrad).toBe(false);
    expect(x.grad?.origin).toBeNull();
  });

  test('reaches through views, broadcasts and several outputs', () => {
    const x = leaf([[1, 2, 3, 4]]);
    const [a, b] = x.split([1, 3], 1);
    a.mul(b).reshape([3]).sum().backward();
    expectClose(x.grad, [[9, 1, 1, 1]]);
  });
});

describe('the seed', () => {
  test('weights the elements of the value', () => {
    const x = leaf([1, 2, 3]);
    x.square().backward(f64([1, 0, 10]));
    expectClose(x.grad, [2, 0, 60]);
    backward(x.square(), variable(f64([1, 1, 1])));
    expectClose(x.grad, [4, 4, 66]);
  });

  test('is needed unless the value has one element', () => {
    const x = leaf([1, 2]);
    expectError(() => x.mul(2).backward(), ShapeError, /single number, got shape \[2\]/);
    expectError(() => leaf([]).mul(2).backward(), ShapeError, /got shape \[0\]/);
    x.slice([0, 1]).mul(2).backward();
    expectClose(x.grad, [2, 0]);
  });

  test('has the shape and dtype of the value', () => {
    const y = leaf([1, 2]).mul(2);
    expectError(() => y.backward(f64(1) as Tensor), ShapeError, /value, \[2\], got \[\]/);
    expectError(() => y.backward(tensor([1, 2])), DTypeError, /value, float64, got float32/);
  });

  test('is cut off, unless a graph is created', () => {
    const x = leaf([1, 2]);
    const seed = leaf([3, 4]);
    x.mul(2).backward(seed);
    expect(x.grad?.requiresGrad).toBe(false);
    x.clearGrad();
    x.mul(2).backward(seed, { createGraph: true });
    x.grad?.sum().backward();
    expectClose(seed.grad, [2, 2]);
  });
});

describe('a tape', () => {
  test('is replayed once', () => {
    const x = leaf(2);
    const y = x.square();
    y.backward();
    expectError(() => y.backward(), ReleasedTapeError, /replayed once, got square/, /retain/);
    expectClose(x.grad, 4);
  });

  test('that was released can’t be reached from anything computed from it', () => {
    const x = leaf(2);
    const shared = x.exp();
    shared.mul(2).backward();
    expectError(() => shared.mul(3).backward(), ReleasedTapeError, /got (exp|mul)/);
  });

  test('can be retained, and replayed again', () => {
    const x = leaf(2);
    const y = x.pow(3);
    y.backward({ retain: true });
    y.backward();
    expectClose(x.grad, 24);
    expectError(() => y.backward(), ReleasedTapeError);
  });

  test('is retained by default when a graph is created, unless told otherwise', () => {
    const x = leaf(2);
    const y = x.pow(3);
    y.backward({ createGraph: true });
    y.backward();
    const z = x.pow(3);
    z.backward({ createGraph: true, retain: false });
    expectError(() => z.backward(), ReleasedTapeError);
  });

  test('that was replayed keeps its values: only the rules have lost theirs', () => {
    const x = leaf([1, 2]);
    const y = x.exp();
    y.sum().backward();
    expectClose(y, [Math.E, Math.E ** 2]);
  });

  test('is left whole when a rule or a hook throws', () => {
    const x = leaf(2);
    const y = x.square();
    const remove = y.registerHook(() => {
      throw new Error('stop');
    });
    const loss = y.mul(3);
    expect(() => loss.backward()).toThrow('stop');
    remove();
    loss.backward();
    expectClose(x.grad, 12);
  });
});

describe('createGraph', () => {
  test('leaves gradients that can be differentiated', () => {
    const x = leaf(2);
    x.pow(4).backward({ createGraph: true });
    const first = x.grad as Tensor;
    expectClose(first, 32);
    x.clearGrad();
    first.backward({ createGraph: true });
    const second = x.grad as Tensor;
    expectClose(second, 48);
    x.clearGrad();
    second.backward();
    expectClose(x.grad, 48);
    expect(x.grad?.requiresGrad).toBe(false);
  });

  test('serves a gradient penalty: ∂/∂w of ‖∂f/∂x‖²', () => {
    const w = variable(wave([3, 2]));
    const x = leaf([[0.3, -0.2, 0.9]]);
    const penalty = () => {
      x.clearGrad();
      x.matmul(w).tanh().sum().backward({ createGraph: true });
      const g = x.grad as Tensor;
      w.clearGrad();
      return g.square().sum();
    };
    penalty().backward();
    const analytic = (w.grad as Tensor).data();
    const base = w.value.data();
    const h = 1e-5;
    for (let i = 0; i < base.length; i++) {
      const at = (step: number) => {
        const moved = base.slice();
        moved[i] += step;
        w.assign(tensor(moved).reshape([3, 2]));
        return penalty().item();
      };
      expect(Math.abs((at(h) - at(-h)) / (2 * h) - analytic[i])).toBeLessThan(1e-8);
    }
  });
});

describe('a value without a path', () => {
  const x = leaf([1, 2]);
  test.each<[string, () => Tensor, RegExp]>([
    ['a constant', () => tensor([1]).sum(), /got a constant\./],
    ['a detached value', () => x.detach().sum(), /cut off by detach/],
    ['a value under noGrad', () => noGrad(() => x.mul(2).sum()), /cut off by noGrad/],
    ['an index', () => x.argmax(), /cut off by argmax/],
    ['a comparison', () => x.greater(1).cast('float64').sum(), /cut off by greater/],
    ['integers', () => x.cast('int32').cast('float64').sum(), /cut off by cast/],
    ['a choice by a condition alone', () => where(x.greater(0), f64(1), f64(2)).sum(), /greater/],
  ])('is refused: %s', (_, value, message) => {
    expectError(() => value().backward(), NoPathError, /^backward: /, message);
  });

  test('names what cut it, however much is computed afterwards', () => {
    const y = x.detach().mul(2).exp().sum();
    expectError(() => y.backward(), NoPathError, /detach/);
  });
});

describe('detach', () => {
  test('cuts one path and leaves the others', () => {
    const x = leaf(3);
    x.mul(x.detach()).backward();
    expectClose(x.grad, 3);
  });

  test('gives constants back as they are, and takes variables', () => {
    const c = tensor([1]);
    expect(detach(c)).toBe(c);
    const v = variable([1, 2]);
    expect(v.detach().requiresGrad).toBe(false);
    expect(v.detach().toArray()).toEqual([1, 2]);
    expect(c.mul(2).detach().origin).toBeNull();
  });
});

test('a chain of 1,000,000 operations goes forward and backward', () => {
  const x = leaf(1);
  let y: Tensor = x;
  for (let i = 0; i < 1_000_000; i++) y = y.mul(1 + 1e-6);
  y.backward();
  const power = (1 + 1e-6) ** 1_000_000;
  expectClose(y, power, 1e-9);
  expectClose(x.grad, power, 1e-9);
}, 120_000);

test('wide graphs, where one value is used very often, are summed up', () => {
  const x = leaf(1);
  const terms = Array.from({ length: 10_000 }, (_, i) => x.mul(i));
  terms.reduce((sum, term) => sum.add(term)).backward();
  expectClose(x.grad, 49_995_000);
});

test('gradients of a random graph agree with forward differences in any order of use', () => {
  const run = (random: Generator, x: Tensor): Tensor => {
    const values = [x.sin(), x.cos()];
    for (let i = 0; i < 30; i++) {
      const a = values[random.integer(values.length)];
      const b = values[random.integer(values.length)];
      values.push([a.add(b).mul(0.5), a.mul(b), a.sin(), b.sub(a)][random.integer(4)]);
    }
    return values.reduce((sum, v) => sum.add(v), zeros([], { dtype: 'float64' }) as Tensor);
  };
  for (let seed = 0; seed < 20; seed++) {
    const x = leaf(0.4);
    run(rng(seed), x).backward();
    const h = 1e-6;
    const at = (v: number) => run(rng(seed), f64(v)).item();
    expectClose(x.grad, (at(0.4 + h) - at(0.4 - h)) / (2 * h), 1e-7);
  }
});
