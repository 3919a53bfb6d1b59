// Tests of transforms/level: derivatives within derivatives, which must not be mistaken for each other.
import { describe, expect, test } from 'vitest';
import {
  checkpoint,
  defineOp,
  grad,
  jvp,
  NoPathError,
  noGrad,
  type OpFunction,
  type Tensor,
  valueAndGrad,
  variable,
  vjp,
} from '../../src/index.js';
import { Node } from '../../src/tape/node.js';
import { expectClose, expectError, f64, leaf, wave } from '../support.js';

const D = (f: (x: Tensor) => Tensor) => (x: Tensor) => grad(f)(x) as Tensor;
const forwardD = (f: (x: Tensor) => Tensor) => (x: Tensor) => jvp(f, [x], [f64(1) as Tensor])[1];

describe('perturbations are not confused', () => {
  const pairs = [
    ['reverse in reverse', D, D],
    ['forward in reverse', D, forwardD],
    ['reverse in forward', forwardD, D],
    ['forward in forward', forwardD, forwardD],
  ] as const;

  test.each(pairs)('d/dx [x · d/dy (x + y)] is 1: %s', (_, outer, inner) => {
    expectClose(outer((x) => x.mul(inner((y) => x.add(y))(f64(1))))(f64(1)), 1);
  });

  test.each(pairs)('d/dx [x · d/dy (x · y)] is 2x: %s', (_, outer, inner) => {
    expectClose(outer((x) => x.mul(inner((y) => x.mul(y))(f64(2))))(f64(3)), 6);
  });

  test.each(pairs)('d/dx [d/dy (x²y³)] is 6xy²: %s', (_, outer, inner) => {
    expectClose(outer((x) => inner((y) => x.square().mul(y.pow(3)))(f64(2)))(f64(3)), 72);
  });

  test.each(pairs)('d/dx [d/dy (xy) at y = x] is 1, and of x²y it is 2x: %s', (_, outer, inner) => {
    expectClose(outer((x) => inner((y) => x.mul(y))(x))(f64(5)), 1);
    expectClose(outer((x) => inner((y) => x.square().mul(y))(x))(f64(5)), 10);
  });

  test.each(pairs)('a constant function of y has the derivative 0: %s', (_, outer, inner) => {
    expectClose(outer((x) => x.mul(inner(() => x)(f64(2))))(f64(3)), 0);
  });

  test.each(pairs)('d/dx at y = x of d/dy (xy²) · x is 4x + … : %s', (_, outer, inner) => {
    // g(x) = x · 2x·y at y = x: 2x³, its derivative 6x².
    expectClose(outer((x) => x.mul(inner((y) => x.mul(y.square()))(x)))(f64(2)), 24);
  });

  test('three levels, each closing over the ones outside', () => {
    // d/dx d/dy d/dz (x y² z³) = 6 y z².
    const f = D((x) => D((y) => D((z) => x.mul(y.square()).mul(z.pow(3)))(f64(2)))(f64(3)));
    expectClose(f(f64(7)), 72);
  });

  test('an inner derivative that escapes is a value of the outer level', () => {
    let escaped: Tensor | undefined;
    D((x) => {
      escaped = D((y) => x.mul(y.square()))(f64(3));
      return escaped;
    })(f64(2));
    expectClose(escaped as Tensor, 12);
  });
});

describe('transforms and backward()', () => {
  test('a gradient penalty reaches what the inner function closes over', () => {
    const w = variable(f64([2, -1]));
    const x = f64([3, 0.5]);
    const norm = grad((u) => u.mul(w).sin().sum())(x)
      .square()
      .sum(); // Σ w² cos²(wu)
    norm.backward();
    const z = x.mul(w.value.detach());
    const wv = w.value.detach();
    const wanted = wv
      .mul(2)
      .mul(z.cos().square())
      .sub(wv.square().mul(2).mul(z.cos()).mul(z.sin()).mul(x));
    expectClose(w.grad, wanted);
  });

  test('the same through backward() with a graph', () => {
    const w = variable(f64([2, -1]));
    const x = leaf([3, 0.5]);
    x.mul(w).sin().sum().backward({ createGraph: true });
    const penalty = (x.grad as Tensor).square().sum();
    w.clearGrad();
    penalty.backward();
    const other = variable(f64([2, -1]));
    grad((u) => u.mul(other).sin().sum())(f64([3, 0.5]))
      .square()
      .sum()
      .backward();
    expectClose(w.grad, other.grad as Tensor);
  });

  test('backward() within a transform fills the variables it reaches', () => {
    const w = variable(f64(3));
    const g = grad((x) => {
      w.mul(2).backward();
      return x.mul(w);
    })(f64(5));
    expectClose(g, 3);
    expectClose(w.grad, 2);
  });

  test('backward() on the arguments of a transform alone is refused', () => {
    expectError(
      () =>
        grad((x) => {
          x.square().sum().backward();
          return x.sum();
        })(f64([1, 2])),
      NoPathError,
      /^backward: .*arguments alone/,
    );
  });

  test('a gradient that closes over a tracked tensor stays on its tape', () => {
    const h = leaf(2);
    const g = grad((x) => x.square().mul(h.exp()))(f64(3));
    g.backward();
    expectClose(h.grad, 6 * Math.exp(2));
  });
});

describe('learning to learn: a step of descent within a derivative', () => {
  const x = wave([5, 2]);
  const y = wave([5], 2);
  const loss = (w: Tensor) => x.matmul(w).tanh().sub(y).square().mean();
  const rate = f64(0.3);

  /** The loss after some steps of descent from w. */
  const adapted = (w: Tensor, steps: number): Tensor => {
    let own = w;
    for (let i = 0; i < steps; i++) own = own.sub(grad(loss)(own).mul(rate));
    return loss(own);
  };

  test.each([1, 3])('over %d steps agrees with differences', (steps) => {
    const w = wave([2], 4);
    const g = grad((v) => adapted(v, steps))(w).data();
    const h = 1e-6;
    for (let i = 0; i < 2; i++) {
      const e = f64([i === 0 ? h : 0, i === 1 ? h : 0]);
      const difference =
        (adapted(w.add(e), steps).item() - adapted(w.sub(e), steps).item()) / (2 * h);
      expect(Math.abs(g[i] - difference)).toBeLessThan(1e-8);
    }
  });

  test('the first-order approximation is a detach away', () => {
    const w = wave([2], 4);
    const g = grad((v) => loss(v.sub(grad(loss)(v).detach().mul(rate))))(w);
    const moved = w.sub(grad(loss)(w).mul(rate));
    expectClose(g, grad(loss)(moved));
  });

  test('by the rate as well, through backward()', () => {
    const lr = variable(f64(0.3));
    const w = wave([2], 4);
    const step = grad(loss)(w);
    loss(w.sub(step.mul(lr))).backward();
    expectClose(
      lr.grad,
      grad(loss)(w.sub(step.mul(0.3)))
        .dot(step)
        .neg(),
    );
  });
});

describe('nothing is left behind', () => {
  /** All points of the tape that can be reached from a tensor. */
  const reachable = ({ origin }: Tensor): number => {
    const seen = new Set([origin]);
    for (const point of seen) {
      if (point instanceof Node) for (const input of point.inputs) seen.add(input);
    }
    seen.delete(null);
    return seen.size;
  };

  test('plain transforms return constants without a graph', () => {
    const f = (x: Tensor) => x.sin().mul(x).sum();
    const x = f64([1, 2]);
    const results = [
      ...valueAndGrad(f)(x),
      ...jvp(f, [x], [x]),
      D((y) => D(f)(y).sum())(x),
      noGrad(() => D(f)(x)),
    ];
    for (const result of results)
      expect([result.requiresGrad, reachable(result)]).toEqual([false, 0]);
    const [value] = vjp(f, x);
    expect(reachable(value)).toBe(0);
  });

  test('a gradient on an outer tape holds only that tape', () => {
    const w = variable(f64([1, 2]));
    const g = grad((x) => x.sin().mul(w).sum())(f64([1, 2]));
    // w, the argument, and the rules of mul and sin: none of the operations that ran forward.
    const names = [...g.tape()].map(({ name }) => name);
    expect(names).toEqual(['leaf', 'leaf', 'mul.vjp', 'sin.vjp']);
  });

  test('an outer replay spends nothing on the arguments of a finished transform', () => {
    let calls = 0;
    const counted: OpFunction = defineOp({
      name: 'counted',
      forward: ([x]) => x.cos(),
      saves: { inputs: [0] },
      vjp: (g, { x: [x] }) => {
        calls++;
        return g.mul(x.sin().neg());
      },
    });
    const sine: OpFunction = defineOp({
      name: 'sine',
      forward: ([x]) => x.sin(),
      saves: { inputs: [0] },
      vjp: (g, { x: [x] }) => g.mul(counted(x)),
    });
    const w = variable(f64([1, 2]));
    const x = f64([0.3, 0.4]);
    grad((y) => sine(y).mul(w).sum())(x)
      .square()
      .sum()
      .backward();
    expectClose(w.grad, w.value.detach().mul(2).mul(x.cos().square()));
    expect(calls).toBe(0);
  });

  test('a plain backward leaves gradients without a graph', () => {
    const w = variable(f64([1, 2]));
    w.sin().mul(w).sum().backward();
    expect(reachable(w.grad as Tensor)).toBe(0);
  });

  test('first-order replays record nothing: a tape counts as many operations as ran', () => {
    const recorded = () => Number(leaf(0).origin?.id);
    const x = f64([1, 2, 3]);
    const before = recorded();
    grad((y) => y.sin().mul(2).exp().sum())(x);
    // The level, the leaf of the level, four operations, the leaf that asks.
    expect(recorded() - before).toBeLessThanOrEqual(7);
  });

  test('an outer level records inner replays only where it depends on them', () => {
    const w = variable(f64([1, 2, 3]));
    const before = Number(leaf(0).origin?.id);
    grad((y) => y.sin().mul(2).exp().add(w.mul(0)).sum())(f64([1, 2, 3]));
    expect(Number(leaf(0).origin?.id) - before).toBeLessThanOrEqual(12);
  });
});

test('checkpoint, grad and jvp inside each other', () => {
  const w = variable(f64([0.5, -0.3]));
  const f = checkpoint((x: Tensor) => x.mul(w).tanh().mul(x).sum());
  const g = (x: Tensor) => x.mul(w).tanh().mul(x).sum();
  const x = f64([0.7, 1.1]) as Tensor;
  const v = f64([1, -2]) as Tensor;
  expectClose(jvp((y: Tensor) => D(f)(y), [x], [v])[1], jvp((y: Tensor) => D(g)(y), [x], [v])[1]);
  expectClose(D((y) => jvp(f, [y], [v])[1])(x), D((y) => jvp(g, [y], [v])[1])(x));
});
