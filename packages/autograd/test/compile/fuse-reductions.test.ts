// Reductions of formulas: fused, they have the bits of a program of the formula and one of the reduction after it.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  type DType,
  exp,
  noGrad,
  observe,
  rng,
  setThreads,
  type Tensor,
  tap,
  tensor,
  variable,
} from '../../src/index.js';
import { threadCount } from '../../src/kernels/threads/index.js';

const before = threadCount();

beforeEach(() => {
  setThreads(1);
});
afterAll(() => {
  setThreads(before);
});

type Formula = (x: Tensor, y: Tensor) => Tensor;
type Reduction = (x: Tensor) => Tensor;

const FORMULAS: Readonly<Record<string, Formula>> = {
  product: (x, y) => x.mul(y),
  masked: (x, y) => x.mul(x.add(y).lessEqual(0).cast(x.dtype)),
  exponential: (x, y) => exp(x.sub(y)).mul(0.25),
  // Four functions are called, not written out.
  long: (x, y) => x.sin().add(y.cos()).mul(x.tanh()).sub(y.sigmoid().log1p()),
};

const REDUCTIONS: Readonly<Record<string, Reduction>> = {
  rows: (x) => x.sum(1),
  columns: (x) => x.sum(0),
  all: (x) => x.sum(),
  'greatest of rows': (x) => x.max(1),
  'least of rows': (x) => x.min(1),
};

/** Fusing what is short, or as long as several groups of rows and vectors, or one more or less. */
const SIZES = [1, 2, 3, 5, 8, 17, 33];

/** What the operand y may be broadcast from. */
const OPERANDS = [
  (rows: number, columns: number) => [rows, columns],
  (_: number, columns: number) => [columns],
  (rows: number) => [rows, 1],
  () => [1, 1],
];

/** Bits, NaN and the sign of zeros included. */
const same = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  const [p, q] = [Array.from(a.data()), Array.from(b.data())];
  expect(p.findIndex((value, i) => !Object.is(value, q[i]))).toBe(-1);
};

const kernelsOf = (program: { explain(): { kernels: readonly { kernel: string }[] } }) =>
  program.explain().kernels.map(({ kernel }) => kernel);

const isFused = (program: Parameters<typeof kernelsOf>[0]): boolean =>
  kernelsOf(program).some((kernel) => / of .* on \[/.test(kernel));

const draw = (seed: number, shape: readonly number[], dtype: DType): Tensor =>
  rng(seed).normal(shape, { dtype: dtype as 'float32' });

describe.each(['float32', 'float64'] as const)('a reduction of a formula in %s', (dtype) => {
  describe.each(Object.entries(REDUCTIONS))('along %s', (_, reduction) => {
    it.each(Object.entries(FORMULAS))('has the bits of one after the other: %s', (_, formula) => {
      const fused = compile((x: Tensor, y: Tensor) => reduction(formula(x, y)));
      const kept = compile((x: Tensor, y: Tensor) => {
        const value = formula(x, y);
        return [reduction(value), value];
      });
      const first = compile(formula);
      const second = compile(reduction);
      SIZES.forEach((rows, i) => {
        const columns = SIZES[(5 * i + 3) % SIZES.length];
        const x = draw(i, [rows, columns], dtype);
        const y = draw(i + 20, OPERANDS[(i + 2) % OPERANDS.length](rows, columns), dtype);
        const value = first(x, y);
        const wanted = second(value);
        same(fused(x, y), wanted);
        const [sum, written] = kept(x, y);
        same(sum, wanted);
        same(written, value);
      });
      expect(isFused(fused)).toBe(true);
      expect(isFused(kept)).toBe(true);
    });
  });

  it('adds in one order: down columns row by row, along rows of float32 by four numbers', () => {
    const add = (sum: number, value: number): number => sum + value;
    for (const [rows, columns] of [
      [1, 1],
      [6, 9],
      [9, 31],
    ]) {
      const [x, y] = [draw(11, [rows, columns], dtype), draw(12, [rows, columns], dtype)];
      const value = compile(FORMULAS.product)(x, y).toArray() as number[][];
      const byColumn = value[0].map((_, j) => value.map((row) => row[j]).reduce(add, 0));
      same(compile((a: Tensor, b: Tensor) => a.mul(b).sum(0))(x, y), tensor(byColumn, { dtype }));
      if (dtype === 'float64') continue;
      const byRow = value.map((row) => {
        const whole = columns - (columns % 4);
        const lane = (k: number) => row.slice(0, whole).filter((_, j) => j % 4 === k);
        const [a, b, c, d] = [0, 1, 2, 3].map((k) => lane(k).reduce(add, 0));
        return row.slice(whole).reduce(add, a + c + (b + d));
      });
      same(compile((a: Tensor, b: Tensor) => a.mul(b).sum(1))(x, y), tensor(byRow, { dtype }));
    }
  });

  it('has them where rows of the formula make up a longer row', () => {
    const formula = (x: Tensor, y: Tensor): Tensor => x.mul(y).add(1);
    for (const reduction of [(x: Tensor) => x.sum(), (x: Tensor) => x.sum([1, 2])]) {
      const fused = compile((x: Tensor, y: Tensor) => reduction(formula(x, y)));
      const [first, second] = [compile(formula), compile(reduction)];
      for (const columns of [16, 17]) {
        const x = draw(1, [2, 3, columns], dtype);
        for (const shape of [[columns], [2, 3, 1], [3, 1], [3, columns]]) {
          const y = draw(2, shape, dtype);
          same(fused(x, y), second(first(x, y)));
        }
      }
    }
  });

  it('has them where operands are broadcast over axes before the rows, at one thread and two', () => {
    for (const threads of [1, 2]) {
      setThreads(threads);
      for (const reduction of [(x: Tensor) => x.sum(-1), (x: Tensor) => x.max(-1)]) {
        const fused = compile((x: Tensor, y: Tensor) => reduction(x.mul(y)));
        const kept = compile((x: Tensor, y: Tensor) => {
          const value = x.mul(y);
          return [reduction(value), value];
        });
        const [first, second] = [compile(FORMULAS.product), compile(reduction)];
        for (const [shape, operand] of [
          [
            [3, 4, 5],
            [4, 5],
          ],
          [
            [3, 2, 4, 9],
            [3, 1, 1, 9],
          ],
          [
            [3, 2, 4, 8],
            [3, 1, 4, 1],
          ],
          [
            [7, 3, 80, 131],
            [7, 1, 1, 131],
          ],
        ]) {
          const [x, y] = [draw(1, shape, dtype), draw(2, operand, dtype)];
          const value = first(x, y);
          same(fused(x, y), second(value));
          const [reduced, written] = kept(x, y);
          same(reduced, second(value));
          same(written, value);
        }
        expect(isFused(fused)).toBe(true);
        expect(isFused(kept)).toBe(true);
      }
    }
  });

  it('has them with NaN, infinities and negative zeros among the elements', () => {
    const rows = draw(3, [9, 13], dtype).toArray() as number[][];
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0].forEach((value, k) => {
      rows[2 * k + 1][3 * k] = value;
      rows[2 * k][12] = value;
    });
    rows[8].fill(-0);
    const x = tensor(rows, { dtype });
    const [y, first] = [draw(4, [9, 13], dtype).abs(), compile(FORMULAS.product)];
    for (const reduction of Object.values(REDUCTIONS)) {
      const fused = compile((a: Tensor, b: Tensor) => reduction(a.mul(b)));
      same(fused(x, y), compile(reduction)(first(x, y)));
      expect(isFused(fused)).toBe(true);
    }
  });

  it('is zeros, or nothing, where there is nothing to add', () => {
    for (const shape of [
      [0, 3],
      [3, 0],
      [0, 0],
    ]) {
      for (const axis of [0, 1]) {
        const run = (x: Tensor): Tensor => x.mul(2).add(1).sum(axis);
        const x = draw(5, shape, dtype);
        same(compile(run)(x), run(x));
      }
    }
  });

  it('leaves new values of cells where they are, and writes them over the old ones', () => {
    for (const columns of [7, 16]) {
      const cells = [0, 1].map(() => variable(draw(6, [5, columns], dtype)));
      const updates = cells.map((cell) => (x: Tensor) => {
        noGrad(() => cell.assign(cell.mul(0.5).add(x)));
        return cell.value;
      });
      const fused = compile((x: Tensor) => updates[0](x).sum(0));
      const [first, second] = [compile(updates[1]), compile((x: Tensor) => x.sum(0))];
      for (const seed of [7, 8, 9]) {
        const x = draw(seed, [5, columns], dtype);
        same(fused(x), second(first(x)));
        same(cells[0].value, cells[1].value);
      }
      expect(isFused(fused)).toBe(true);
      // The sums alone: the new value lies where the old one did.
      expect(fused.explain().arenaBytes).toBeLessThan(8 * 1024);
    }
  });

  it('shows what is tapped', () => {
    const x = draw(10, [6, 10], dtype);
    const program = compile((a: Tensor) => tap('square', a.square().add(1)).sum(0));
    const shown: Tensor[] = [];
    observe(
      () => program(x),
      (_, value) => shown.push(value),
    );
    same(shown[0], compile((a: Tensor) => a.square().add(1))(x));
    expect(isFused(program)).toBe(true);
  });
});

describe('explain', () => {
  const x = draw(1, [6, 20], 'float32');

  it('names what was fused, with the bytes and operations of both', () => {
    const program = compile((a: Tensor) => a.mul(2).add(1).sum(0));
    program(x);
    const [kernel, ...others] = program.explain().kernels;
    expect(others).toEqual([]);
    expect(kernel.kernel).toBe('sum [1, 6, 20] of x * 2 + 1 on [6, 20]');
    expect(kernel.bytes).toBe(4 * (120 + 20));
    expect(kernel.flops).toBe(3 * 120);
  });

  it('says where the values are kept, and counts them', () => {
    const program = compile((a: Tensor) => {
      const value = a.mul(2).add(1);
      return [value.sum(1), value];
    });
    program(x);
    const [kernel, ...others] = program.explain().kernels;
    expect(others).toEqual([]);
    expect(kernel.kernel).toBe('sum [6, 20, 1] of x * 2 + 1 on [6, 20], which is kept');
    expect(kernel.bytes).toBe(4 * (120 + 120 + 6));
  });
});

describe('what is not fused', () => {
  const run = (fn: (x: Tensor) => unknown, x: Tensor): boolean => {
    const program = compile(fn as (x: Tensor) => Tensor);
    program(x);
    return isFused(program);
  };

  it('is what steps unevenly, integers, and products', () => {
    const column = draw(2, [4, 1], 'float32');
    const rows = (x: Tensor) => x.mul(column).reshape([3, 20]).sum(1);
    expect(run(rows, draw(1, [3, 4, 5], 'float32'))).toBe(false);
    expect(run((x) => x.mul(2).add(1).sum(1), draw(1, [3, 4], 'float32').cast('int32'))).toBe(
      false,
    );
    expect(run((x) => x.mul(2).add(1).prod(1), draw(1, [3, 4], 'float32'))).toBe(false);
  });

  it('is, on several threads, what is cut better by itself', () => {
    const x = draw(1, [600, 1024], 'float32');
    const kept = (a: Tensor) => {
      const value = a.mul(2).add(1);
      return [value.sum(0), value];
    };
    const slow = (a: Tensor) => exp(a.mul(2)).sum();
    for (const fn of [kept, slow]) expect(run(fn, x)).toBe(true);
    setThreads(2);
    for (const fn of [kept, slow]) expect(run(fn, x)).toBe(false);
    expect(run((a) => a.mul(2).add(1).sum(0), x)).toBe(true);
    expect(run((a) => a.mul(2).add(1).sum(), x)).toBe(true);
  });
});
