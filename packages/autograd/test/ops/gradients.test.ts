// Every op on every sample, against central differences: both modes, first and second order.
import * as ops from '@retrograd/autograd';
import { grad, NoPathError, Operand, type Tensor } from '@retrograd/autograd';
import { gradcheck, nondifferentiable, type OpSample, samples } from '@retrograd/autograd/testing';
import { describe, expect, it } from 'vitest';
import * as exported from '../../src/ops/index.js';

/** What src/ops exports besides operations: the ways to declare one. */
const DECLARATIONS = [
  'ElementwiseOp',
  'defineElementwise',
  'defineMultiOp',
  'defineOp',
  'isMadeBy',
];

const byOp = new Map<string, OpSample[]>();
for (const sample of samples) byOp.set(sample.op, [...(byOp.get(sample.op) ?? []), sample]);

/** They work along axes, or on vectors and matrices: a scalar is refused. */
const NOT_OF_SCALARS =
  'cumsum softmax logSoftmax matmul dot outer repeat tril triu diag concat split gather scatterAdd ' +
  'takeAlong index sort topK slidingWindows foldWindows conv convTranspose maxPool averagePool';

const withoutDerivative = new Set(nondifferentiable.map(({ op }) => op));

describe('the samples', () => {
  const names = Object.entries(exported).flatMap(([name, value]) =>
    typeof value === 'function' && !DECLARATIONS.includes(name) ? [name] : [],
  );

  it('are of every operation that is exported, or mark it as nondifferentiable', () => {
    const missing = names.filter((name) => !byOp.has(name) && !withoutDerivative.has(name));
    expect(missing).toEqual([]);
  });

  it('are of exported operations only, and of none twice', () => {
    const sampled = [...byOp.keys(), ...withoutDerivative];
    expect(sampled.filter((name) => !names.includes(name))).toEqual([]);
    expect(sampled).toHaveLength(new Set(sampled).size);
    const titles = samples.map(({ op, name }) => `${op} ${name}`);
    expect(titles).toHaveLength(new Set(titles).size);
  });

  it('are of up to 12 elements, of sizes 0, 1 and odd ones', () => {
    for (const [op, list] of byOp) {
      const shapes = list.flatMap(({ inputs }) => inputs().map(({ shape }) => shape));
      const sizes = shapes.map((shape) => shape.reduce((size, n) => size * n, 1));
      expect(Math.max(...sizes), op).toBeLessThanOrEqual(12);
      expect(sizes, op).toEqual(expect.arrayContaining([0, 1]));
      expect(shapes.flat(), op).toContain(3);
    }
  });

  it('are of scalars wherever an operation takes them', () => {
    const ofScalars = ({ inputs }: OpSample) => inputs().some(({ shape }) => shape.length === 0);
    const others = [...byOp].filter(([, list]) => !list.some(ofScalars)).map(([op]) => op);
    expect(others.filter((op) => !NOT_OF_SCALARS.split(' ').includes(op))).toEqual([]);
  });

  it('are the same at each call', () => {
    const text = () => samples.map(({ inputs }) => inputs().map(String)).join();
    expect(text()).toBe(text());
  });
});

describe('central differences agree to 1e-6 (first order) and 1e-5 (second order) with', () => {
  it.each([...byOp])('%s', (op, list) => {
    for (const { name, fn, inputs } of list) {
      const report = gradcheck(fn, inputs(), { name: `${op} ${name}` });
      expect(report.largest('first')).toBeLessThanOrEqual(1e-6);
      expect(report.largest('second')).toBeLessThanOrEqual(1e-5);
    }
  });
});

describe('an operation without derivative gives bool or int32, and cuts the tape:', () => {
  it.each(nondifferentiable.map((sample) => [sample.op, sample.name, sample] as const))(
    '%s %s',
    (op, _name, { fn, inputs }) => {
      const values = inputs();
      const result = fn(...(values as Parameters<typeof fn>));
      if (!(result instanceof Operand)) throw new Error(`${op} returns no tensor`);
      if (op !== 'oneHot') expect(['bool', 'int32']).toContain(result.dtype);
      const place = values.findIndex(({ dtype }) => dtype === 'float64');
      if (place < 0) return;
      const through = (x: Tensor) => {
        const all = values.map((value, i) => (i === place ? x : value));
        return ops.cast(fn(...(all as Parameters<typeof fn>)) as Tensor, 'float64').sum();
      };
      expect(() => grad(through)(values[place])).toThrow(NoPathError);
      expect(() => grad(through)(values[place])).toThrow(op);
    },
  );
});
