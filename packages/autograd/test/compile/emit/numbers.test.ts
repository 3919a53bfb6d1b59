// Numbers of formulas: read from memory, so that programs which differ in them alone share a module.
import {
  compile,
  gelu,
  mean,
  noGrad,
  rng,
  setThreads,
  type Tensor,
  variable,
  where,
} from '@retrograd/autograd';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { lifted } from '../../../src/compile/emit/numbers.js';
import { threadCount } from '../../../src/kernels/threads/index.js';
import { argument, constant, toSource } from '../../../src/scalar/index.js';
import { disagreement } from '../agreement.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const x = argument(0);

describe('lifted', () => {
  it('makes arguments of numbers, but not of those that rules are made of', () => {
    const { f, numbers } = lifted(
      x
        .mul(0.01)
        .add(1)
        .maximum(-0)
        .sub(0.5)
        .mul(1 / 37),
      1,
    );
    expect(toSource(f)).toBe(
      toSource(x.mul(argument(2)).add(1).maximum(-0).sub(0.5).mul(argument(1))),
    );
    expect(numbers).toEqual([1 / 37, 0.01]);
  });

  it('gives formulas that differ in numbers alone the same formula, whichever number was there first', () => {
    const [early, late] = [constant(0.12345), constant(0.54321)];
    const one = lifted(x.mul(early).add(late), 1);
    const other = lifted(x.mul(late).add(early), 1);
    expect(other.f).toBe(one.f);
    expect([one.numbers, other.numbers]).toEqual([
      [0.54321, 0.12345],
      [0.12345, 0.54321],
    ]);
  });

  it('leaves a formula without such numbers as it is', () => {
    const f = x.maximum(0).mul(2);
    expect(lifted(f, 1)).toEqual({ f, numbers: [] });
  });
});

/** Modules that are made while `run` runs. */
function modulesOf(run: () => unknown): number {
  const made = vi.spyOn(WebAssembly, 'Module');
  run();
  const count = made.mock.calls.length;
  made.mockRestore();
  return count;
}

describe('a ragged batch', () => {
  const r = rng(3);
  const batches = [16, 11, 5].map((n): Tensor => r.normal([n, 8]));
  const training = () => {
    const w = variable(rng(4).normal([8, 3]));
    const b = variable(rng(5).normal([3]));
    return (batch: Tensor) => {
      const loss = mean(gelu(batch.matmul(w).add(b)).square());
      loss.backward();
      noGrad(() => {
        for (const own of [w, b]) {
          own.assign(own.sub((own.grad as Tensor).mul(0.03)) as never);
          own.clearGrad();
        }
      });
      return loss;
    };
  };

  it('has a mean of its own and links nothing new', () => {
    const step = compile(training());
    expect(modulesOf(() => step(batches[0]))).toBeGreaterThan(0);
    expect(modulesOf(() => batches.map(step))).toBe(0);
  });

  it('takes turns with others, each with its own numbers', () => {
    const [step, eager] = [compile(training()), training()];
    const turns = [0, 1, 2, 1, 0, 2].map((k) => batches[k]);
    expect(disagreement(turns.map(step), turns.map(eager))).toEqual([]);
  });
});

describe('a function that threads share', () => {
  const before = threadCount();

  afterAll(() => {
    setThreads(before);
  });

  it('serves another number too', () => {
    setThreads(2);
    const scaled = (rate: number) => (a: Tensor) => a.mul(rate).exp();
    const large = rng(8).normal([500, 400]) as Tensor;
    const [one, other] = [compile(scaled(0.0625)), compile(scaled(0.25))];
    one(large);
    expect(modulesOf(() => other(large))).toBe(0);
    expect(
      disagreement(
        [one(large), other(large)],
        [0.0625, 0.25].map((rate) => scaled(rate)(large)),
      ),
    ).toEqual([]);
  });
});

describe('a number in a program', () => {
  const values = [
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1 / 3, -1e30],
    ...[5e-324, 2.2e-308, 1e-45, -1.1e-38, 3.4028235e38, 16777217, 0.1],
  ];

  it.each(['float32', 'float64'] as const)('keeps its bits in %s', (dtype) => {
    const some = rng(6).uniform([9], { dtype }) as Tensor;
    const pick = (value: number) => (a: Tensor) => where(a.greaterEqual(2), a, value);
    for (const value of values) {
      const got = compile(pick(value))(some).data();
      const wanted = dtype === 'float32' ? Math.fround(value) : value;
      expect([...got].every((own) => Object.is(own, wanted))).toBe(true);
    }
  });

  it('is one of many that don’t all fit into a job', () => {
    const large = rng(7).normal([300, 1001]) as Tensor;
    const polynomial = (a: Tensor) => {
      let y: Tensor = a;
      for (let k = 0; k < 40; k++) y = y.mul(0.51 + k / 100).add(k / 7 + 0.1);
      return y;
    };
    const fn = compile(polynomial);
    expect(disagreement(fn(large), polynomial(large))).toEqual([]);
    expect(fn.explain().kernels).toHaveLength(1);
  });
});
