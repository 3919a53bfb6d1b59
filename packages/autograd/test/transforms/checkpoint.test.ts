// Tests of transforms/checkpoint: the same values and derivatives as without, from less memory.
import { describe, expect, test } from 'vitest';
import {
  checkpoint,
  grad,
  hessian,
  jvp,
  noGrad,
  ReleasedTapeError,
  type Tensor,
  tensor,
  variable,
} from '../../src/index.js';
import { Node } from '../../src/tape/node.js';
import type { Origin } from '../../src/tensor/origin.js';
import { expectClose, expectError, f64, leaf, wave } from '../support.js';

/** Every point of the tape that leads to a tensor. */
function points({ origin }: Tensor): Origin[] {
  const seen = new Set<Origin>(origin === null ? [] : [origin]);
  for (const point of seen) {
    if (point instanceof Node) {
      for (const input of point.inputs) if (input !== null) seen.add(input);
    }
  }
  return [...seen];
}

/** How many elements the rules have saved, shared storage counted once. */
function elementsSaved(value: Tensor): number {
  const storages = new Map<unknown, number>();
  for (const point of points(value)) {
    if (!(point instanceof Node)) continue;
    for (const x of [...(point.saved ?? []), ...(point.savedOutputs ?? [])]) {
      if (x !== null && typeof x.storage !== 'number') storages.set(x.storage, x.size);
    }
  }
  return [...storages.values()].reduce((sum, n) => sum + n, 0);
}

const block = (x: Tensor) => x.sin().mul(x).exp().tanh();

describe('checkpoint', () => {
  test('gives the value and the gradient of its function', () => {
    const x = leaf([0.3, -0.8]);
    const y = leaf([0.3, -0.8]);
    const a = checkpoint(block)(x);
    const b = block(y);
    expectClose(a, b);
    a.sum().backward();
    b.sum().backward();
    expectClose(x.grad, y.grad as Tensor);
  });

  test('runs its function once forward, and once more when the gradient passes', () => {
    let runs = 0;
    const f = checkpoint((x: Tensor) => {
      runs++;
      return x.square();
    });
    const x = leaf([1, 2]);
    const y = f(x).sum();
    expect(runs).toBe(1);
    y.backward();
    expect(runs).toBe(2);
    f(f64([1, 2]) as Tensor);
    expect(runs).toBe(3);
  });

  test('reaches variables, leaves and intermediate values that it closes over', () => {
    const run = (wrap: <F extends (x: Tensor) => Tensor>(f: F) => F) => {
      const w = variable(wave([2, 2]));
      const b = leaf([0.1, 0.2]);
      const x = leaf([
        [1, 2],
        [3, -1],
      ]);
      const shared = b.exp();
      const f = wrap(((u: Tensor) => u.matmul(w).add(shared).tanh().mul(b)) as never) as (
        x: Tensor,
      ) => Tensor;
      f(f(x)).add(shared).square().sum().backward();
      return [w.grad, b.grad, x.grad] as Tensor[];
    };
    const plain = run((f) => f);
    run(checkpoint as never).forEach((g, i) => {
      expectClose(g, plain[i]);
    });
  });

  test('takes several, nested and constant arguments', () => {
    const f = (p: { w: Tensor; twice: boolean }, [x]: Tensor[], k: number) =>
      x
        .mul(p.w)
        .mul(p.twice ? 2 : 1)
        .pow(k);
    const w = leaf([1, 2]);
    const x = leaf([3, 4]);
    checkpoint(f)({ w, twice: true }, [x], 2).sum().backward(); // 4x²w²
    expectClose(w.grad, [72, 256]);
    expectClose(x.grad, [24, 128]);
  });

  test('needs no arguments at all', () => {
    const w = variable(f64(3));
    checkpoint(() => w.square())()
      .mul(2)
      .backward();
    expectClose(w.grad, 12);
  });

  test('takes an integer argument as a constant', () => {
    const f = checkpoint((x: Tensor, indices: Tensor) => x.gather(indices).square());
    const x = leaf([1, 2, 3]);
    f(x, tensor([2, 0, 2], { dtype: 'int32' }))
      .sum()
      .backward();
    expectClose(x.grad, [2, 0, 12]);
  });

  test('of what doesn’t depend on a leaf is a constant', () => {
    const y = checkpoint(block)(f64([1, 2]) as Tensor);
    expect(y.requiresGrad).toBe(false);
    const z = checkpoint((x: Tensor) => x.detach())(leaf([1]));
    expectClose(z, [1]);
  });

  test('records nothing under noGrad', () => {
    expect(noGrad(() => checkpoint(block)(leaf([1]))).requiresGrad).toBe(false);
  });

  test('is nested', () => {
    const inner = checkpoint(block);
    const outer = checkpoint((x: Tensor) => inner(inner(x).mul(x)).add(x));
    const plain = (x: Tensor) => block(block(x).mul(x)).add(x);
    const x = wave([3]);
    expectClose(grad((v) => outer(v).sum())(x), grad((v) => plain(v).sum())(x));
    const a = leaf([0.3]);
    outer(a).sum().backward();
    expectClose(a.grad, grad((v) => plain(v).sum())(f64([0.3])));
  });

  test('runs hooks inside it and around it as often as without', () => {
    const calls: string[] = [];
    const w = leaf(3);
    w.registerHook((g) => {
      calls.push(`w ${g.item()}`);
      return g.mul(2);
    });
    const u = leaf([1, 2, 3, 4]);
    const [a, b] = u.split(2);
    a.registerHook((g) => {
      calls.push('a');
      return g.mul(10);
    });
    checkpoint((x: Tensor) => {
      const y = x.mul(w).mul(a).mul(b);
      if (y.requiresGrad) {
        y.registerHook(() => {
          calls.push('y');
        });
      }
      return y.sum();
    })(f64([1, 1]) as Tensor).backward();
    expect(calls).toEqual(['y', 'a', 'w 11']);
    expectClose(w.grad, 22);
    expectClose(u.grad, [90, 120, 3, 6]);
  });

  test('is released with its tape, and retained with it', () => {
    const x = leaf(2);
    const y = checkpoint((v: Tensor) => v.pow(3))(x);
    y.backward({ retain: true });
    y.backward();
    expectClose(x.grad, 24);
    expectError(() => y.backward(), ReleasedTapeError, /got checkpoint/);
  });
});

describe('higher orders through a checkpoint', () => {
  const x = f64([0.3, -0.8, 1.4]);
  const v = f64([1, 2, -1]);
  const w = variable(f64([0.5, 1, -0.7]));
  const f = (y: Tensor) => block(y.mul(w)).mul(y).sum();

  test('second derivatives', () => {
    expectClose(hessian(checkpoint(f))(x), hessian(f)(x));
  });

  test('third derivatives', () => {
    const third = (g: (y: Tensor) => Tensor) =>
      grad((a) =>
        grad((b) => grad(g)(b).mul(v).sum())(a)
          .mul(v)
          .sum(),
      )(x);
    expectClose(third(checkpoint(f)), third(f));
  });

  test('forward mode, alone and over reverse', () => {
    expectClose(jvp(checkpoint(f), [x], [v])[1], jvp(f, [x], [v])[1]);
    const over = (g: (y: Tensor) => Tensor) =>
      jvp((y: Tensor) => grad(g)(y) as Tensor, [x], [v])[1];
    expectClose(over(checkpoint(f)), over(f));
  });

  test('through backward() with a graph, to what it closes over', () => {
    const run = (g: (y: Tensor) => Tensor) => {
      const y = leaf([0.3, -0.8, 1.4]);
      w.clearGrad();
      g(y).backward({ createGraph: true });
      const penalty = (y.grad as Tensor).square().sum();
      w.clearGrad();
      y.clearGrad();
      penalty.backward();
      return [w.grad, y.grad] as Tensor[];
    };
    const plain = run(f);
    run(checkpoint(f)).forEach((g, i) => {
      expectClose(g, plain[i]);
    });
  });
});

describe('memory', () => {
  const deep = (wrap: (f: typeof block) => typeof block) => {
    let x: Tensor = leaf(new Array<number>(100).fill(0.5));
    for (let i = 0; i < 10; i++) x = wrap(block)(x);
    return x.sum();
  };

  test('a checkpoint saves its inputs, and nothing from within', () => {
    const plain = elementsSaved(deep((f) => f));
    const saving = elementsSaved(deep(checkpoint));
    expect(plain).toBeGreaterThanOrEqual(10 * 3 * 100);
    expect(saving).toBe(10 * 100);
  });

  test('the tape has one line for each checkpoint', () => {
    const names = [...deep(checkpoint).tape()].map(({ name }) => name);
    expect(names).toEqual(['leaf', ...new Array<string>(10).fill('checkpoint'), 'sum']);
  });

  test('what is closed over is not saved', () => {
    const w = variable(wave([50]));
    const y = checkpoint((x: Tensor) => x.mul(w).sin().sum())(leaf(2));
    expect(elementsSaved(y)).toBe(0);
    y.backward();
    expectClose(w.grad, w.value.detach().mul(2).cos().mul(2));
  });
});
