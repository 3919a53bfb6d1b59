// Softmax of formulas: made as its rows are read, it has the bits of a formula that is written first.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  concat,
  exp,
  grad,
  logSoftmax,
  noGrad,
  rng,
  setThreads,
  softmax,
  type Tensor,
  tap,
  tensor,
  variable,
} from '../../../src/index.js';
import { startedWorkers, threadCount } from '../../../src/kernels/threads/index.js';
import { until } from '../../kernels/threads/support.js';
import { tensorsOf } from '../agreement.js';

const before = threadCount();

beforeEach(() => {
  setThreads(1);
});
afterAll(() => {
  setThreads(before);
});

type Formula = (x: Tensor, y: Tensor) => Tensor;
type Rows = (x: Tensor) => readonly Tensor[];
type Explained = { explain(): { kernels: readonly { kernel: string; engine: string }[] } };

const kernelsOf = (program: Explained): string[] =>
  program.explain().kernels.map(({ kernel }) => kernel);
const isFused = (program: Explained): boolean =>
  kernelsOf(program).some((kernel) => /^softmax.* of .* on \[|^logSoftmax.* of /.test(kernel));

/** Bits, NaN and the sign of zeros included. */
const same = (got: readonly Tensor[], wanted: readonly Tensor[]): void => {
  expect(got.map(({ shape }) => shape)).toEqual(wanted.map(({ shape }) => shape));
  for (const [i, x] of got.entries()) {
    const [p, q] = [x.data(), wanted[i].data()];
    expect(p.findIndex((value, k) => !Object.is(value, q[k]))).toBe(-1);
  }
};

const draw = (seed: number, shape: readonly number[], dtype: 'float32' | 'float64'): Tensor =>
  rng(seed).normal(shape, { std: 3, dtype });

const FORMULAS: Readonly<Record<string, Formula>> = {
  biased: (x, y) => x.add(y),
  scaled: (x, y) => x.mul(0.30103).add(y).mul(1.7),
  // Several functions are called, not written out.
  long: (x, y) =>
    x
      .sin()
      .mul(4)
      .add(exp(y.mul(0.1))),
};

const ROWS: Readonly<Record<string, Rows>> = {
  softmax: (x) => [softmax(x)],
  'its logarithm': (x) => [logSoftmax(x)],
  both: (x) => [logSoftmax(x), softmax(x)],
};

/** A vector, several side by side, a row of both, and one more or less. */
const LENGTHS = [2, 3, 4, 5, 8, 9, 16, 17, 27, 33, 64, 131];

/** What the operand y may be broadcast from. */
const OPERANDS = [
  (rows: number, length: number) => [rows, length],
  (_: number, length: number) => [length],
  (rows: number) => [rows, 1],
  () => [1, 1],
];

describe.each(['float32', 'float64'] as const)('of a formula in %s,', (dtype) => {
  describe.each(Object.entries(ROWS))('%s', (kind, rows) => {
    it.each(Object.entries(FORMULAS))(
      'has the bits of one after the other: %s',
      (name, formula) => {
        const turn = name.length + kind.length;
        const fused = compile((x: Tensor, y: Tensor) => rows(formula(x, y)));
        const kept = compile((x: Tensor, y: Tensor) => {
          const value = formula(x, y);
          return [...rows(value), value];
        });
        const [first, second] = [compile(formula), compile(rows)];
        LENGTHS.forEach((length, i) => {
          const count = 1 + (i % 5);
          const x = draw(i, [count, length], dtype);
          const y = draw(i + 20, OPERANDS[(i + turn) % OPERANDS.length](count, length), dtype);
          const value = first(x, y);
          const wanted = tensorsOf(second(value));
          same(tensorsOf(fused(x, y)), wanted);
          same(tensorsOf(kept(x, y)), [...wanted, value]);
        });
        for (const program of [fused, kept]) {
          expect(isFused(program)).toBe(true);
        }
      },
    );
  });

  it('has the eager bits', () => {
    for (const rows of Object.values(ROWS)) {
      const run = (x: Tensor, y: Tensor) => rows(x.mul(0.25).add(y));
      const program = compile(run);
      for (const length of [10, 64, 129]) {
        const [x, y] = [draw(1, [70, length], dtype), draw(2, [length], dtype)];
        same(tensorsOf(program(x, y)), run(x, y));
      }
    }
  });

  it('reads masks that are broadcast over any of the axes before the rows', () => {
    for (const rows of Object.values(ROWS)) {
      const run = (x: Tensor, y: Tensor) => rows(x.mul(0.5).add(y));
      for (const length of [5, 16]) {
        for (const mask of [
          [7, length],
          [3, 1, 1, length],
          [3, 1, 7, length],
          [1, 2, 7, length],
          [2, 1, length],
          [3, 1, 1, 1],
          [3, 2, 7, 1],
          [3, 1, 7, 1],
        ]) {
          const program = compile(run);
          const [x, y] = [draw(3, [3, 2, 7, length], dtype), draw(4, mask, dtype)];
          same(tensorsOf(program(x, y)), run(x, y));
          expect(isFused(program), `${mask}`).toBe(true);
        }
      }
    }
  });

  it('has them where rows are masked, infinite, or no numbers', () => {
    const special = [0, -0, NaN, Infinity, -Infinity, 1e30, -1e30];
    const elements = special.flatMap((a) => special.map((b) => [a, b, a, b, b, a, 0.5, a, b]));
    for (const rows of Object.values(ROWS)) {
      const run = (x: Tensor, y: Tensor) => rows(x.add(y));
      const program = compile(run);
      for (const length of [1, 2, 7, 8, 9]) {
        const x = tensor(elements, { dtype }).slice(null, [0, length]) as Tensor;
        for (const value of [0, -Infinity]) {
          const y = tensor(
            Array.from({ length }, (_, k) => (k % 2 === 0 ? value : 0)),
            { dtype },
          );
          same(tensorsOf(program(x, y)), run(x, y));
        }
      }
    }
    const masked = compile((x: Tensor) => softmax(x.add(-Infinity)));
    expect(masked(tensor([1, 2, 3], { dtype })).toArray()).toEqual([0, 0, 0]);
  });

  it('has them at 1, 2, 3 and 4 threads, in loops over masks too', () => {
    const run = (x: Tensor, y: Tensor) => [...ROWS.both(x.mul(2).add(y)), softmax(y.sub(x))];
    for (const [shape, mask] of [
      [[301, 260], [260]],
      [
        [5, 2, 70, 67],
        [5, 1, 1, 67],
      ],
      [
        [2, 3, 100, 100],
        [2, 1, 100, 100],
      ],
      [
        [64, 2, 9, 33],
        [64, 1, 1, 33],
      ],
    ]) {
      const [x, y] = [draw(5, shape, dtype), draw(6, mask, dtype)];
      const wanted = run(x, y);
      for (const threads of [1, 2, 3, 4]) {
        setThreads(threads);
        const program = compile(run);
        program(x, y);
        if (threads === 4) until(() => startedWorkers() === 3);
        same(tensorsOf(program(x, y)), wanted);
        const { engine } = program.explain().kernels[0];
        expect(engine).toBe(threads === 1 ? 'wasm' : 'threads');
      }
    }
  });

  it('has the eager gradients, of attention', () => {
    const loss = (x: Tensor, mask: Tensor): Tensor =>
      softmax(x.mul(0.25).add(mask)).mul(x.detach()).sum() as Tensor;
    const [x, mask] = [draw(7, [2, 3, 9, 9], dtype), draw(8, [9, 9], dtype)];
    const run = (a: Tensor, b: Tensor): Tensor => grad((v: Tensor) => loss(v, b))(a) as Tensor;
    const program = compile(run);
    const [got, wanted] = [program(x, mask), run(x, mask)];
    const worst = got.sub(wanted).abs().max().item();
    expect(worst).toBeLessThan(dtype === 'float64' ? 1e-14 : 1e-6);
    expect(isFused(program)).toBe(true);
  });

  it('leaves new values of cells where they are, and writes them over the old ones', () => {
    for (const length of [7, 16]) {
      const cells = [0, 1].map(() => variable(draw(9, [5, length], dtype)));
      const updates = cells.map((cell) => (x: Tensor) => {
        noGrad(() => cell.assign(cell.mul(0.5).add(x)));
        return cell.value;
      });
      const fused = compile((x: Tensor) => softmax(updates[0](x)));
      const [first, second] = [compile(updates[1]), compile((x: Tensor) => softmax(x))];
      for (const seed of [10, 11]) {
        const x = draw(seed, [5, length], dtype);
        same([fused(x)], [second(first(x))]);
        same([cells[0].value], [cells[1].value]);
      }
      expect(isFused(fused)).toBe(true);
    }
  });
});

describe('a formula that softmax reads', () => {
  const [x, y] = [draw(1, [6, 20], 'float32'), draw(2, [20], 'float32')];

  it('is not written, and its bytes are not counted', () => {
    const program = compile((a: Tensor, b: Tensor) => softmax(a.mul(2).add(b)));
    program(x, y);
    const [{ kernel, bytes, flops }, ...others] = program.explain().kernels;
    expect(others).toEqual([]);
    expect(kernel).toBe('softmax [6, 20, 1] of y * 2 + x on [6, 20]');
    expect(bytes).toBe(4 * (120 + 20 + 120));
    expect(flops).toBe(3 * 120);
  });

  it('is written where the function of others is better than to compute it again', () => {
    const program = compile((a: Tensor, b: Tensor) => {
      const value = exp(a.add(b));
      return [softmax(value), value.mul(3), value.sub(a)];
    });
    program(x, y);
    const [{ kernel, bytes }, ...others] = program.explain().kernels;
    expect(others).toHaveLength(2);
    expect(kernel).toBe('softmax [6, 20, 1] of exp(x + y) on [6, 20], which is kept');
    expect(bytes).toBe(4 * (120 + 20 + 120 + 120));
  });

  it('is computed again by formulas that read it too, where it is cheap', () => {
    const run = (a: Tensor, b: Tensor) => {
      const value = a.add(b);
      return [softmax(value), logSoftmax(value).mul(value), value.square()];
    };
    const program = compile(run);
    same(tensorsOf(program(x, y)), run(x, y));
    expect(kernelsOf(program)).toEqual([
      'softmax and its logarithm [6, 20, 1] of x + y on [6, 20]',
      '(z + x3 - x - y) * (z + x3) on [6, 20]',
      '(x + y) ** 2 on [6, 20]',
    ]);
  });

  it('is shown where it is tapped', () => {
    const program = compile((a: Tensor, b: Tensor) => softmax(tap('logits', a.add(b))));
    program(x, y);
    expect(kernelsOf(program)).toEqual(['softmax [6, 20, 1] of x + y on [6, 20], which is kept']);
  });

  it('may have as many operands and numbers as formulas have', () => {
    setThreads(2);
    const parts = Array.from({ length: 7 }, (_, k) => draw(k, [3, 1, 40, 80], 'float32'));
    const run = (a: Tensor, b: Tensor): readonly Tensor[] => {
      const all = parts.map((_, k) => b.slice([k, k + 1]).reshape([3, 1, 40, 80]));
      return ROWS.both(all.reduce((sum, part, k) => sum.add(part.mul(k + 4.3)), a as Tensor));
    };
    const [a, b] = [draw(9, [3, 9, 40, 80], 'float32'), concat(parts.map((p) => p.unsqueeze(0)))];
    same(tensorsOf(compile(run)(a, b as Tensor)), run(a, b as Tensor));
  });
});

describe('what is not fused', () => {
  const run = (fn: (x: Tensor) => unknown, x: Tensor): boolean => {
    const program = compile(fn as (x: Tensor) => Tensor);
    program(x);
    return isFused(program);
  };

  it('is softmax along other axes, of integers, and of rows that are cut up', () => {
    const x = draw(1, [3, 4, 5], 'float32');
    expect(run((a) => softmax(a.mul(2).add(1)), x)).toBe(true);
    expect(run((a) => softmax(a.mul(2).add(1), 1), x)).toBe(false);
    expect(run((a) => softmax(a.cast('int32').mul(2).cast('float32')), x)).toBe(false);
    const column = draw(2, [4, 1], 'float32');
    expect(run((a) => softmax(a.add(column).reshape([3, 20])), x)).toBe(false);
  });
});
