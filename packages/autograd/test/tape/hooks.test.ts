// Tests of hooks: what they see, in which order, what they may change, and when they are gone.
import { describe, expect, test } from 'vitest';
import {
  ArgumentError,
  grad,
  jacobian,
  RuleError,
  type Tensor,
  tensor,
  variable,
  vjp,
} from '../../src/index.js';
import { expectClose, expectError, f64, leaf } from '../support.js';

describe('a hook', () => {
  test('sees the complete gradient, once', () => {
    const x = leaf(2);
    const seen: number[] = [];
    const y = x.mul(3);
    y.registerHook((g) => {
      seen.push(g.item());
    });
    y.mul(4).add(y.mul(5)).add(y).backward();
    expect(seen).toEqual([10]);
    expectClose(x.grad, 30);
  });

  test('on a leaf changes what the leaf collects', () => {
    const x = leaf([1, -5]);
    x.registerHook((g) => g.clamp(-1, 1));
    x.square().sum().backward();
    expectClose(x.grad, [1, -1]);
  });

  test('on an intermediate value changes what flows on', () => {
    const x = leaf(2);
    const y = x.square();
    y.registerHook((g) => g.mul(10));
    y.mul(3).backward();
    expectClose(x.grad, 120);
  });

  test('on a variable’s value is called for the variable', () => {
    const v = variable(f64(2));
    v.value.registerHook((g) => g.neg());
    v.square().backward();
    expectClose(v.grad, -4);
  });

  test('that returns nothing leaves the gradient as it is', () => {
    const x = leaf(2);
    x.registerHook(() => undefined);
    x.registerHook(() => {});
    x.square().backward();
    expectClose(x.grad, 4);
  });

  test('runs after those registered before it, on what they gave', () => {
    const x = leaf(1);
    const calls: string[] = [];
    x.registerHook((g) => {
      calls.push(`a ${g.item()}`);
      return g.add(1);
    });
    x.registerHook((g) => {
      calls.push(`b ${g.item()}`);
      return g.mul(10);
    });
    x.mul(3).backward();
    expect(calls).toEqual(['a 3', 'b 4']);
    expectClose(x.grad, 40);
  });

  test('runs later in the tape first: hooks go backward in time', () => {
    const x = leaf(1);
    const order: string[] = [];
    const note = (name: string) => (): undefined => {
      order.push(name);
    };
    x.registerHook(note('x'));
    const a = x.mul(2);
    a.registerHook(note('a'));
    const b = a.mul(2);
    b.registerHook(note('b'));
    b.backward();
    expect(order).toEqual(['b', 'a', 'x']);
  });

  test('is removed by what registering returned, as often as one likes', () => {
    const x = leaf(1);
    const remove = x.registerHook((g) => g.mul(100));
    x.registerHook((g) => g.mul(2));
    remove();
    remove();
    x.mul(1).backward();
    expectClose(x.grad, 2);
  });

  test('may remove itself while it runs', () => {
    const x = leaf(1);
    let calls = 0;
    const remove = x.registerHook(() => {
      calls++;
      remove();
    });
    x.registerHook((g) => g.mul(2));
    x.mul(1).backward();
    x.mul(1).backward();
    expect(calls).toBe(1);
    expectClose(x.grad, 4);
  });

  test('is not called where no gradient arrives', () => {
    const x = leaf(1);
    let calls = 0;
    x.floor().registerHook(() => {
      calls++;
    });
    x.registerHook(() => {
      calls++;
    });
    x.floor().backward();
    leaf(1).mul(2).backward();
    expect(calls).toBe(0);
  });

  test('on one of several outputs sees that one’s gradient', () => {
    const x = leaf([1, 2, 3, 4]);
    const [a, b] = x.split(2);
    const seen: number[][] = [];
    b.registerHook((g) => {
      seen.push(g.toArray() as number[]);
      return g.mul(2);
    });
    a.registerHook(() => {
      throw new Error('no gradient arrives here');
    });
    b.square().sum().backward();
    expect(seen).toEqual([[6, 8]]);
    expectClose(x.grad, [0, 0, 12, 16]);
  });

  test('must return the shape and dtype it was given, as a tensor', () => {
    const wrong = (hook: () => unknown, message: RegExp) => {
      const x = leaf([1, 2]);
      x.registerHook(hook as () => Tensor);
      expectError(() => x.sum().backward(), RuleError, /^registerHook: /, message);
    };
    wrong(() => f64([1]), /float64 \[2\], got float64 \[1\]/);
    wrong(() => tensor([1, 2]), /got float32 \[2\]/);
    wrong(() => 3, /got number/);
    wrong(() => null, /got null/);
  });

  test('that hands on a tracked tensor leaves a gradient that is not tracked', () => {
    const x = leaf([1, 2]);
    x.registerHook(() => x);
    x.sum().backward();
    expectClose(x.grad, [1, 2]);
    expect(x.grad?.requiresGrad).toBe(false);
  });

  test('is refused where no gradient flows', () => {
    const noop = () => undefined;
    expectError(() => f64(1).registerHook(noop), ArgumentError, /^registerHook: /);
    expectError(() => leaf(1).detach().registerHook(noop), ArgumentError, /requires none/);
    expectError(() => leaf(1).greater(0).registerHook(noop), ArgumentError, /requires none/);
  });
});

describe('hooks and transforms', () => {
  test('a hook on a transform’s argument changes its gradient', () => {
    const g = grad((x) => {
      x.registerHook((own) => own.mul(10));
      return x.square().sum();
    })(f64([1, 2]));
    expectClose(g, [20, 40]);
  });

  test('each call of a pullback runs it again', () => {
    let calls = 0;
    const [, pullback] = vjp(
      (x: Tensor) => {
        x.registerHook((g) => {
          calls++;
          return g.mul(3);
        });
        return x.square();
      },
      f64([1, 2]),
    );
    expectClose(pullback(f64([1, 0]))[0] as Tensor, [6, 0]);
    expectClose(pullback(f64([0, 1]))[0] as Tensor, [0, 12]);
    expect(calls).toBe(2);
  });

  test('inside of a function it is part of the derivative, at every order', () => {
    const doubled = (x: Tensor) => {
      const y = x.square();
      y.registerHook((g) => g.mul(2));
      return y.sum();
    };
    expectClose(jacobian(grad(doubled))(f64([1, 5])), [
      [4, 0],
      [0, 4],
    ]);
  });
});

describe('a replay within a replay', () => {
  test('a hook may call backward on another tape', () => {
    const x = leaf(2);
    const other = leaf(3);
    const loss = other.square();
    const y = x.square();
    y.registerHook((g) => {
      loss.backward(g);
    });
    y.mul(5).backward();
    expectClose(x.grad, 20);
    expectClose(other.grad, 30);
  });

  test('a hook may replay the very tape that is being replayed', () => {
    const x = leaf(2);
    const y = x.square();
    const z = y.mul(3);
    let inner = Number.NaN;
    z.registerHook((g) => {
      y.backward({ retain: true });
      inner = x.grad?.item() ?? Number.NaN;
      x.clearGrad();
      return g;
    });
    z.mul(5).backward();
    expect(inner).toBe(4);
    expectClose(x.grad, 60);
  });

  test('a hook may differentiate', () => {
    const x = leaf(2);
    const y = x.mul(1);
    y.registerHook((g) => g.mul(grad((t) => t.pow(3))(f64(2))));
    y.mul(5).backward();
    expectClose(x.grad, 60);
  });
});
