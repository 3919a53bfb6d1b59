// Cross-entropy of class indices: one element of each row is read, and no one-hot row is written.

import {
  compile,
  hessian,
  IndexError,
  jvp,
  logSoftmax,
  rng,
  type Tensor,
  tensor,
  toDerivation,
  valueAndGrad,
  variable,
  zeros,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { crossEntropy, nll } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const labelsOf = (...labels: number[]) => tensor(labels, { dtype: 'int32' });
const draw = (seed: number, shape: number[], dtype: 'float32' | 'float64' = 'float64'): Tensor =>
  rng(seed).normal(shape, { dtype });

const LOSSES = [
  ['crossEntropy', crossEntropy],
  ['nll', nll],
] as const;
const REDUCTIONS = ['mean', 'sum', 'none'] as const;
const WEIGHTS = [undefined, [2, 0.5, 0, 3, 1]];
const OPTIONS = REDUCTIONS.flatMap((reduction) =>
  WEIGHTS.map((classWeights) => ({ reduction, classWeights })),
);

const x = draw(1, [6, 5]);
const y = labelsOf(4, 0, 1, 2, 2, 3);

describe.each(LOSSES)('%s of class indices', (name, loss) => {
  it('is one operation, which reads as mathematics', () => {
    const text = toDerivation(loss(variable(x), y));
    const [value, gradient] =
      name === 'nll'
        ? ['{x_{1}}_{c}', '-\\bar{z}_{1}\\,\\operatorname{onehot}(c)']
        : [
            '\\ln\\operatorname{softmax}(x_{1})_{c}',
            '\\bar{z}_{1}\\,(\\operatorname{softmax}(x_{1}) - \\operatorname{onehot}(c))',
          ];
    expect(text).toContain(`z_{1} &= -\\textstyle\\sum ${value} \\\\`);
    expect(text).toContain(`\\bar{x}_{1} &\\mathrel{+}= ${gradient}\n`);
    const rows = toDerivation(loss(variable(x), y, { reduction: 'none' }).sum());
    expect(rows).toContain(`z_{1} &= -${value} \\\\`);
  });

  it('agrees with finite differences, twice, weights included', () => {
    for (const reduction of REDUCTIONS) {
      gradcheck((z: Tensor) => loss(z, y, { reduction }), [x]);
      gradcheck(
        (z: Tensor, w: Tensor) => loss(z, y, { reduction, classWeights: w.square() }),
        [x, draw(2, [5])],
      );
    }
  });

  it('has the rows of the weighted loss of their one-hot rows', () => {
    const shares = tensor(
      [...y.data()].map((label) => [0, 1, 2, 3, 4].map((c) => (c === label ? 1 : 0))),
      { dtype: 'float64' },
    );
    for (const classWeights of WEIGHTS) {
      const options = { classWeights, reduction: 'none' } as const;
      const [own, written] = [y, shares].map((target) =>
        valueAndGrad((z: Tensor) => loss(z, target, options).sum())(x),
      );
      own.forEach((value, k) => {
        expect(value.sub(written[k]).abs().max().item()).toBeLessThan(1e-14);
      });
    }
  });

  it('has the bits of the eager run when it is compiled, in rows of any length', () => {
    for (const dtype of ['float32', 'float64'] as const) {
      for (const [rows, classes] of [
        [1, 1],
        [3, 2],
        [1, 7],
        [5, 16],
        [33, 5],
        [8, 129],
      ]) {
        const z = draw(classes, [rows, classes], dtype);
        const labels = labelsOf(...Array.from({ length: rows }, (_, i) => (3 * i) % classes));
        const weights = Array.from({ length: classes }, (_, c) => (c % 3) / 2 + 1);
        for (const { reduction, classWeights } of OPTIONS) {
          const options = { reduction, classWeights: classWeights && weights };
          const fn = (a: Tensor, b: Tensor) =>
            valueAndGrad((p: Tensor) => loss(p, b, options).sum())(a);
          const [got, wanted] = [compile(fn), fn].map((run) =>
            run(z, labels).map((part) => [...part.data()]),
          );
          expect(got).toEqual(wanted);
        }
      }
    }
  });

  it('refuses a class that there is not when a program runs, from either end', () => {
    for (const classWeights of WEIGHTS) {
      const program = compile((a: Tensor, b: Tensor) => loss(a, b, { classWeights }));
      program(x, y);
      for (const wrong of [5, -1, -100]) {
        const run = () => program(x, labelsOf(4, 0, 1, wrong, 2, 3));
        expect(run).toThrow(IndexError);
        expect(run).toThrow(': indices lie in 0 … 4, got one outside at');
        expect(run).toThrow('class-entropy.test.ts');
        expect(run).toThrow(`, ${wrong}. Check`);
      }
    }
  });

  it('is 0, not −0, where the right class is sure', () => {
    const sure = tensor([
      [0, -1e5],
      [0, -1e5],
    ]);
    for (const reduction of REDUCTIONS) {
      const values = loss(sure, labelsOf(0, 0), { reduction }).data();
      expect([...values].every((value) => Object.is(value, 0))).toBe(true);
    }
  });

  it('lets a class of weight 0 count as nothing, however surprising', () => {
    const z = tensor(
      [
        [0, Number.NEGATIVE_INFINITY],
        [0, -1],
      ],
      { dtype: 'float64' },
    );
    const options = { classWeights: [1, 0] };
    const [value, slope] = valueAndGrad((p: Tensor) => loss(p, labelsOf(1, 0), options))(z);
    expect(value.item()).toBe(loss(z.slice([1, 2]), labelsOf(0)).item());
    expect(slope.slice(0).abs().max().item()).toBe(0);
    expect([...slope.data()].every(Number.isFinite)).toBe(true);
  });

  it('is NaN as a weighted mean of nothing, or of weights of 0', () => {
    const classWeights = [0, 1, 1];
    expect(loss(zeros([0, 3]), labelsOf(), { classWeights }).item()).toBeNaN();
    expect(loss(zeros([0, 3]), labelsOf(), { classWeights, reduction: 'sum' }).item()).toBe(0);
    expect(loss(zeros([1, 3]), labelsOf(0), { classWeights }).item()).toBeNaN();
  });
});

describe('a program of cross-entropy', () => {
  const kernelsOf = (fn: (a: Tensor, b: Tensor) => unknown): string[] => {
    const program = compile(fn as (a: Tensor, b: Tensor) => Tensor);
    program(x, y);
    return program.explain().kernels.map(({ kernel }) => kernel);
  };

  it('goes over all classes for softmax and the gradient alone', () => {
    const kernels = kernelsOf((a, b) => valueAndGrad((z: Tensor) => crossEntropy(z, b))(a));
    expect(kernels).toEqual([
      'softmax and its logarithm [6, 5, 1]',
      'takeAlong [6, 5, 1]',
      'sum [1, 6, 1] of x - y - z on [6, 1, 1]',
      `-(x * ${1 / 6}) + 0 on []`,
      'convert int32 → float64',
      `(x - (y === z ? 1 : 0)) * ${1 / 6} on [6, 5]`,
    ]);
  });

  it('does so with class weights too', () => {
    const kernels = kernelsOf((a, b) =>
      valueAndGrad((z: Tensor) => crossEntropy(z, b, { classWeights: [1, 2, 3, 4, 5] }))(a),
    );
    expect(kernels.filter((kernel) => kernel.includes('on [6, 5]'))).toEqual([
      '(x - (y === z ? 1 : 0)) * x3 on [6, 5]',
    ]);
  });

  it('has the curvature and the slopes forward of the eager run', () => {
    const curvature = (a: Tensor, b: Tensor) =>
      hessian((z: Tensor) => crossEntropy(z, b))(a) as Tensor;
    const forward = (a: Tensor, b: Tensor) =>
      jvp((z: Tensor) => nll(logSoftmax(z), b).add(crossEntropy(z, b)), [a], [a.square()])[1];
    for (const fn of [curvature, forward]) {
      const difference = compile(fn)(x, y).sub(fn(x, y));
      expect(difference.abs().max().item()).toBeLessThan(1e-15);
    }
  });
});
