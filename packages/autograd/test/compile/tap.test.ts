// Taps: what is shown, when, to whom; and that nothing else changes by it.
import {
  compile,
  grad,
  noGrad,
  observe,
  type Tensor,
  tap,
  tensor,
  variable,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

type Shown = [name: string, values: unknown];

/** What is shown while `fn` runs, and what `fn` returns. */
function watching<R>(fn: () => R): { readonly shown: Shown[]; readonly result: R } {
  const shown: Shown[] = [];
  const result = observe(fn, (name, value) => shown.push([name, value.toArray()]));
  return { shown, result };
}

const x = tensor([1, 2]);
const doubled = (a: Tensor): Tensor => tap('doubled', a.mul(2)).add(1);

describe('a tap', () => {
  it('hands its value over at once, eagerly, and returns it', () => {
    const order: string[] = [];
    const result = observe(
      () => {
        const y = doubled(x);
        order.push('after');
        return y;
      },
      (name) => order.push(name),
    );
    expect(order).toEqual(['doubled', 'after']);
    expect(result.toArray()).toEqual([3, 5]);
  });

  it('of a program hands over the value of each run, after it', () => {
    const fn = compile(doubled);
    for (const values of [
      [1, 2],
      [5, 6],
    ]) {
      const { shown, result } = watching(() => fn(tensor(values)));
      expect(shown).toEqual([['doubled', values.map((v) => 2 * v)]]);
      expect(result.toArray()).toEqual(values.map((v) => 2 * v + 1));
    }
  });

  it('shows nobody anything where nobody observes', () => {
    expect(doubled(x).toArray()).toEqual([3, 5]);
    expect(compile(doubled)(x).toArray()).toEqual([3, 5]);
  });

  it('lets gradients through unchanged, and shows values that are constant to the tape', () => {
    const slope = (a: Tensor) => grad((z: Tensor) => tap('cube', z.pow(3)).sum())(a);
    for (const fn of [slope, compile(slope)]) {
      const { shown, result } = watching(() => fn(x));
      expect(shown).toEqual([['cube', [1, 8]]]);
      expect(result.toArray()).toEqual([3, 12]);
    }
    const w = variable([1, 2]);
    observe(
      () => tap('w', w.mul(2)).sum().backward(),
      (_, value) => expect(value.requiresGrad).toBe(false),
    );
    expect(w.grad?.toArray()).toEqual([2, 2]);
  });

  it('shows what nothing else reads, cells, constants and the same thing twice, in order', () => {
    const w = variable([1, 2]);
    const fn = (a: Tensor) => {
      tap('unused', a.neg());
      tap('cell', w);
      noGrad(() => w.assign(w.add(a) as Tensor<[2]>));
      tap('cell', w);
      tap('constant', tensor([7, 8]));
      tap('scalar', a.sum());
      return a;
    };
    const eager = watching(() => fn(x)).shown;
    w.assign(tensor([1, 2]));
    expect(watching(() => compile(fn)(x)).shown).toEqual(eager);
    expect(eager).toEqual([
      ['unused', [-1, -2]],
      ['cell', [1, 2]],
      ['cell', [2, 4]],
      ['constant', [7, 8]],
      ['scalar', 3],
    ]);
  });

  it('must show the same in both traces', () => {
    let runs = 0;
    expect(() => compile((a: Tensor) => tap(`run ${runs++}`, a))(x)).toThrow(
      /^compile: two traces .* got taps of other names or values\./,
    );
  });

  it('is shown once by a check', () => {
    const fn = compile(doubled);
    expect(watching(() => fn.check(x)).shown).toHaveLength(1);
  });
});

describe('an observer', () => {
  it('is shown nothing by taps of its own handler, nor by those of an inner observer', () => {
    const outer: string[] = [];
    const inner: string[] = [];
    observe(
      () => {
        doubled(x);
        observe(
          () => doubled(x),
          (name) => inner.push(name),
        );
      },
      (name, value) => {
        outer.push(name);
        doubled(value);
      },
    );
    expect([outer, inner]).toEqual([['doubled'], ['doubled']]);
  });

  it('goes away when its function throws', () => {
    const shown: string[] = [];
    const failing = () => {
      throw new Error('stop');
    };
    expect(() => observe(failing, (name) => shown.push(name))).toThrow('stop');
    doubled(x);
    expect(shown).toEqual([]);
  });

  it('refuses a function that is not done yet', () => {
    expect(() =>
      observe(
        async () => 1,
        () => {},
      ),
    ).toThrow(/^observe: takes a function that finishes/);
  });
});
