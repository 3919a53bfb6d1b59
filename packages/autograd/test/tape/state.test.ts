// Tests of tape/state: noGrad, its nesting and its end, and scopes that refuse promises.
import { describe, expect, test } from 'vitest';
import {
  AsyncScopeError,
  checkpoint,
  grad,
  hessian,
  jacobian,
  jvp,
  noGrad,
  type Tensor,
  valueAndGrad,
  vjp,
} from '../../src/index.js';
import { state } from '../../src/tape/state.js';
import { expectClose, expectError, f64, leaf } from '../support.js';

const untouched = { ...state };

function expectUntouched() {
  expect({ ...state }).toEqual(untouched);
}

describe('noGrad', () => {
  test('records nothing, and hands on what its function returns', () => {
    const x = leaf([1, 2]);
    const y = noGrad(() => x.mul(2));
    expectClose(y, [2, 4]);
    expect(y.requiresGrad).toBe(false);
    expect(x.mul(2).requiresGrad).toBe(true);
    expect(noGrad(() => 7)).toBe(7);
    expectUntouched();
  });

  test('nests, and ends where the outermost one ends', () => {
    const x = leaf(1);
    noGrad(() => {
      noGrad(() => x.mul(2));
      expect(x.mul(2).requiresGrad).toBe(false);
    });
    expect(x.mul(2).requiresGrad).toBe(true);
  });

  test('ends when its function throws', () => {
    expect(() =>
      noGrad(() => {
        noGrad(() => {
          throw new Error('inside');
        });
      }),
    ).toThrow('inside');
    expectUntouched();
    expect(leaf(1).mul(2).requiresGrad).toBe(true);
  });

  test('does not stop a gradient that is asked for inside of it', () => {
    const g = noGrad(() => grad((x) => x.square().sum())(f64([1, 2])));
    expectClose(g, [2, 4]);
    expect(g.requiresGrad).toBe(false);
  });

  test('does not stop backward on what was recorded before', () => {
    const x = leaf(3);
    const y = x.square();
    noGrad(() => y.backward());
    expectClose(x.grad, 6);
  });

  test('within a transform makes constants of what it computes', () => {
    const g = grad((x) => x.mul(noGrad(() => x.square())))(f64(3));
    expectClose(g, 9);
  });
});

describe('after a throw', () => {
  const failing = (): Tensor => {
    throw new Error('inside');
  };
  const x = f64([1, 2]);
  test.each<[string, () => unknown]>([
    ['grad', () => grad(failing)(x)],
    ['valueAndGrad', () => valueAndGrad(failing)(x)],
    ['vjp', () => vjp((_: Tensor) => failing(), x)],
    ['jvp', () => jvp((_: Tensor) => failing(), [x], [x])],
    ['jacobian', () => jacobian(failing)(x)],
    ['hessian', () => hessian(failing)(x)],
    ['checkpoint', () => checkpoint(failing)()],
    ['grad of grad', () => grad((y) => grad(failing)(y).sum())(x)],
    ['backward', () => hooked().backward()],
    ['backward with a graph', () => hooked().backward({ createGraph: true })],
    ['grad, in the replay', () => grad(() => hooked())(x)],
  ])('of %s all is as it was', (_, run) => {
    expect(run).toThrow('inside');
    expectUntouched();
  });

  function hooked(): Tensor {
    const y = leaf([1, 2]).mul(2);
    y.registerHook(failing);
    y.sum().backward();
    return y.sum();
  }
});

describe('a promise', () => {
  const later = async () => f64(1);
  const x = f64([1, 2]);
  test.each<[string, () => unknown]>([
    ['noGrad', () => noGrad(later)],
    ['grad', () => grad(later as never)(x)],
    ['valueAndGrad', () => valueAndGrad(later as never)(x)],
    ['vjp', () => vjp(later as never, x as never)],
    ['jvp', () => jvp(later as never, [x] as never, [x] as never)],
    ['jacobian', () => jacobian(later as never)(x)],
    ['checkpoint', () => checkpoint(later as never)()],
  ])('is refused by %s, which has ended by then', (name, run) => {
    expectError(run, AsyncScopeError, new RegExp(`^${name}: `), /got a promise/, /not async/);
    expectUntouched();
  });

  test('of any kind is refused, and what only looks like one is not', () => {
    const withThen = (then: unknown) => Object.fromEntries([['then', then]]);
    expectError(() => noGrad(() => withThen(() => undefined)), AsyncScopeError);
    expect(noGrad(() => withThen(3))).toEqual(withThen(3));
    expect(noGrad(() => null)).toBeNull();
  });
});
