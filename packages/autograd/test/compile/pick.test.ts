// Reading at indices, in front of the formula that makes what is read: less is computed, with the bits of the eager run.
import {
  compile,
  defineElementwise,
  gather,
  IndexError,
  logSoftmax,
  noGrad,
  ones,
  rng,
  type Tensor,
  takeAlong,
  tensor,
  variable,
} from '@retrograd/autograd';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instruction } from '../../src/compile/instruction.js';
import { pickFirst } from '../../src/compile/pick.js';
import { Recorder } from '../../src/compile/recorder.js';
import { argument } from '../../src/scalar/index.js';
import type { TypedArray } from '../../src/tensor/dtype.js';
import { tensorsOf } from './agreement.js';

type Fn = (...args: Tensor[]) => Tensor | Tensor[];

const bitsOf = (result: unknown) => tensorsOf(result).map((y) => [y.shape, [...y.data()]]);

/** The kernels of a program that gives the bits of `fn`, but for those that count indices from the start. */
function kernelsOf(fn: Fn, ...args: Tensor[]): string[] {
  const program = compile(fn);
  expect(bitsOf(program(...args))).toEqual(bitsOf(fn(...args)));
  const kernels = program.explain().kernels.map(({ kernel }) => kernel);
  return kernels.filter((kernel) => !kernel.startsWith('x < 0 ?'));
}

const draw = (seed: number, ...shape: number[]): Tensor => rng(seed).normal(shape);
const at = (...list: number[]): Tensor => tensor(list, { dtype: 'int32' });

const x = draw(1, 6, 5);
const labels = at(4, 0, -1, 2, 2, 3).unsqueeze(1);
const others = at(1, 2, 0, 0, 3, 1).unsqueeze(1);

const shifted = defineElementwise('shifted', (a, b) => a.sub(b).exp());

describe('an element of each row of a formula', () => {
  it('is computed alone, of the elements of its operands', () => {
    const own: Fn = (a, b, y) => takeAlong(a.mul(b).exp(), y, 1);
    expect(kernelsOf(own, x, draw(2, 6, 5), labels)).toEqual([
      'takeAlong [6, 5, 1]',
      'takeAlong [6, 5, 1]',
      'exp(x * y) on [6, 1]',
    ]);
  });

  it('is computed of what has one element a row, as it is', () => {
    const own: Fn = (a, b, y) => takeAlong(a.sub(b).mul(3), y, 1).sum();
    expect(kernelsOf(own, x, draw(2, 6, 1), labels)).toEqual([
      'takeAlong [6, 5, 1]',
      'sum [1, 6, 1] of (x - y) * 3 on [6, 1]',
    ]);
  });

  it('is all that is left of ln softmax, where softmax is wanted too', () => {
    const both: Fn = (a, y) => [a.softmax(), takeAlong(logSoftmax(a), y, 1).sum()];
    expect(kernelsOf(both, x, labels)).toEqual([
      'softmax and its logarithm [6, 5, 1]',
      'takeAlong [6, 5, 1]',
      'sum [1, 6, 1] of x - y - z on [6, 1, 1]',
    ]);
  });

  it('is computed alone along any axis', () => {
    const own: Fn = (a, y) => takeAlong(a.sin(), y, 1);
    const y = at(...Array.from({ length: 12 }, (_, k) => k % 5)).reshape([3, 1, 4]);
    expect(kernelsOf(own, draw(3, 3, 5, 4), y)).toEqual([
      'takeAlong [3, 5, 4]',
      'sin(x) on [3, 1, 4]',
    ]);
  });

  it('is computed at the end of a long chain of formulas', () => {
    const chain: Fn = (a, y) => {
      let b = a;
      for (let k = 0; k < 400; k++) b = b.mul(0.5).add(1);
      return takeAlong(b, y, 1);
    };
    const kernels = kernelsOf(chain, x, labels);
    expect(kernels[0]).toBe('takeAlong [6, 5, 1]');
    expect(kernels.slice(1).every((kernel) => kernel.endsWith('on [6, 1]'))).toBe(true);
  });

  it('may be a comparison', () => {
    const own: Fn = (a, y) => takeAlong(a.greater(0), y, 1);
    expect(kernelsOf(own, x, labels)[0]).toBe('takeAlong [6, 5, 1]');
  });
});

it('slices of a formula are computed alone', () => {
  const rows: Fn = (w, i) => gather(w.mul(2).tanh(), i).mul(3);
  expect(kernelsOf(rows, x, at(0, 3, -1))).toEqual([
    'gather [1, 6, 5]',
    'tanh(x * 2) * 3 on [3, 5]',
  ]);
});

describe('a formula is computed whole', () => {
  const whole = (fn: Fn, ...args: Tensor[]) => {
    const kernels = kernelsOf(fn, ...args);
    const picks = kernels.findIndex((kernel) => /^(takeAlong|gather)/.test(kernel));
    const formulas = kernels.map((kernel) => kernel.includes(' on ['));
    expect(picks).toBeGreaterThan(formulas.indexOf(true));
    expect(formulas.slice(picks)).not.toContain(true);
  };

  it('where something else reads it', () => {
    whole((a, y) => [takeAlong(a.exp(), y, 1), a.exp().sum(0)], x, labels);
    whole((a, y, i) => [takeAlong(a.exp(), y, 1), takeAlong(a.exp(), i, 1)], x, labels, others);
  });

  it('where it is returned', () => {
    whole(
      (a, y) => {
        const b = a.exp();
        return [takeAlong(b, y, 1), b];
      },
      x,
      labels,
    );
  });

  it('where as much is picked as it makes', () => {
    whole((a, i) => gather(a.exp(), i), x, at(5, 4, 3, 2, 1, 0));
    const y = at(0, 1, 0, 1, 0, 1).unsqueeze(1);
    whole((a, b, y) => takeAlong(shifted(a, b), y, 1), draw(4, 6, 2), draw(5, 6, 2), y);
  });

  it('where an operand repeats along another axis', () => {
    whole((a, row, y) => takeAlong(shifted(a, row), y, 1), x, draw(6, 5), labels);
  });

  it('where nothing of it would be picked, as indices are to be looked at', () => {
    const repeated: Fn = (column, y) => takeAlong(column.add(ones([6, 5])), y, 1);
    kernelsOf(repeated, draw(8, 6, 1), labels);
    const program = compile(repeated);
    expect(() => program(draw(8, 6, 1), labels.add(9))).toThrow(IndexError);
  });
});

it('an index that there is not is refused as before, with the line that reads there', () => {
  const program = compile((a: Tensor, b: Tensor, y: Tensor) => takeAlong(a.mul(b).exp(), y, 1));
  for (const [wrong, shown] of [
    [5, '5'],
    [-6, '-6'],
  ] as const) {
    const run = () => program(x, x, at(0, 1, 2, wrong, 0, 0).unsqueeze(1));
    expect(run).toThrow(IndexError);
    expect(run).toThrow('takeAlong: indices lie in -5 … 4, got one outside at');
    expect(run).toThrow('pick.test.ts');
    expect(run).toThrow(`, ${shown}. Check`);
  }
});

it('what is picked is of the values that cells had when the formula was computed', () => {
  const build = () => {
    const w = variable(draw(9, 6, 5), { requiresGrad: false });
    const step = (y: Tensor): Tensor => {
      const old = w.mul(2).tanh();
      w.assign(w.mul(0.5).add(1) as Tensor<number[]>);
      return takeAlong(old, y, 1).sum();
    };
    return { w, step };
  };
  const [eager, compiled] = [build(), build()];
  const run = compile(compiled.step);
  for (let k = 0; k < 3; k++) {
    expect(bitsOf(run(labels))).toEqual(bitsOf(noGrad(() => eager.step(labels))));
  }
  expect(bitsOf(compiled.w)).toEqual(bitsOf(eager.w));
});

it('what is written in several steps is read when the formula reads it', () => {
  const recorder = new Recorder('none');
  const [a, b, c, own] = [30, 30, 30, 6].map(
    (n) => recorder.block('float32', n) as unknown as TypedArray,
  );
  const indices = recorder.block('int32', 6) as unknown as TypedArray;
  const layout = { offset: 0, strides: [1] };
  recorder.copy(c, layout, a, layout, [15]);
  recorder.copy(c, { ...layout, offset: 15 }, a, { ...layout, offset: 15 }, [15]);
  const operands = [{ storage: a, shape: [6, 5] }];
  recorder.elementwise(argument(0).exp(), operands, b, [6, 5], 'float32');
  recorder.takeAlong(b, indices, own, 6, 5, 1);
  const { instructions } = recorder;
  const passed = (list: readonly Instruction[]) =>
    pickFirst(list, new Set(), (dtype, length) => recorder.block(dtype, length));
  expect(passed(instructions)).toEqual(instructions);
  // With one of the two steps it moves.
  expect(passed(instructions.slice(1)).map(({ call }) => call.kind)).toEqual([
    'copy',
    'elementwise',
    'axis',
    'elementwise',
  ]);
});

it('one number that is picked has the bits of a kernel, and what is computed of it those of JavaScript', () => {
  const number = compile((a: Tensor, i: Tensor) => gather(a.exp(), i).mul(3).sin());
  const plain = compile((a: Tensor) => a.exp().reshape([]).mul(3).sin());
  for (let k = 0; k < 200; k++) {
    const a = tensor([0.037 * k - 4, 1], { dtype: 'float64' });
    const i = tensor(0, { dtype: 'int32' });
    expect(number(a, i).item()).toBe(gather(a.exp(), i).mul(3).sin().item());
    const one = a.slice([0, 1]);
    expect(plain(one).item()).toBe(one.exp().reshape([]).mul(3).sin().item());
  }
});

const FORMULAS: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  product: (a, b) => a.mul(b),
  shifted: (a, b) => shifted(a, b),
  chain: (a, b) => a.mul(b).tanh().add(1).mul(b.sin()),
  root: (a) => a.square().add(1).sqrt(),
  less: (a, b) => a.less(b),
  logarithm: (a, b) => a.logSoftmax().sub(b),
};

it('random picks of random formulas have the bits of the eager run', () => {
  const size = fc.integer({ min: 1, max: 5 });
  const property = fc.property(
    fc.record({
      shape: fc.array(size, { minLength: 1, maxLength: 3 }),
      axis: fc.nat({ max: 2 }),
      single: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
      left: fc.nat({ max: 2 }),
      picked: size,
      formula: fc.constantFrom(...Object.keys(FORMULAS)),
      kernel: fc.constantFrom('takeAlong', 'gather'),
      twice: fc.boolean(),
      seed: fc.nat(),
    }),
    ({ shape, single, left, picked, formula, kernel, twice, seed, ...rest }) => {
      const axis = rest.axis % shape.length;
      const dtype = seed % 2 === 0 ? 'float32' : 'float64';
      const other = shape.map((n, k) => (single[k] ? 1 : n)).slice(left % shape.length);
      const [a, b] = [shape, other].map((own, k) => rng(seed + k).normal(own, { dtype }) as Tensor);
      const ofAll = kernel === 'gather' ? [picked] : shape.map((n, k) => (k === axis ? picked : n));
      const count = ofAll.reduce((n, m) => n * m, 1);
      const drawn = rng(seed).uniform([count], { low: -shape[axis], high: shape[axis] });
      const indices = drawn.floor().cast('int32').reshape(ofAll) as Tensor;
      const fn = (p: Tensor, q: Tensor, i: Tensor): Tensor[] => {
        const values = FORMULAS[formula](p, q);
        const own = kernel === 'gather' ? gather(values, i, axis) : takeAlong(values, i, axis);
        const result = own.dtype === 'bool' ? own.cast(dtype) : own;
        return twice ? [result.mul(2).exp(), values.sum(0)] : [result.mul(2).exp()];
      };
      expect(bitsOf(compile(fn)(a, b, indices))).toEqual(bitsOf(fn(a, b, indices)));
    },
  );
  fc.assert(property, { numRuns: 150 });
});
