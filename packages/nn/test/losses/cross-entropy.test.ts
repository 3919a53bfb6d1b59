// Cross-entropy from logits and from log-probabilities: values, stability, derivatives, what is refused.

import {
  ArgumentError,
  DTypeError,
  grad,
  hessian,
  IndexError,
  logSoftmax,
  type Operand,
  rng,
  ShapeError,
  softmax,
  type Tensor,
  tensor,
  variable,
  zeros,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { type CrossEntropyOptions, crossEntropy, nll } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const float64 = { dtype: 'float64' } as const;
const labelsOf = (...labels: number[]) => tensor(labels, { dtype: 'int32' });
const logits = rng(7).normal([4, 3], float64);
const labels = labelsOf(2, 0, 1, 2);
const probabilities = softmax(rng(8).normal([4, 3], float64));
const reductions = ['mean', 'sum', 'none'] as const;
const largest = (x: Tensor) => x.abs().max().item();

/** −Σ_c k_c ln softmax(x)_c, written with nothing but operations. */
const plain = (x: Tensor, k: Operand) => logSoftmax(x).mul(k).sum().neg();

describe('crossEntropy', () => {
  it('is ln C for logits that are all equal', () => {
    expect(crossEntropy(zeros([2, 8], float64), labelsOf(3, 5)).item()).toBeCloseTo(
      Math.log(8),
      14,
    );
  });

  it('takes the mean over rows, the sum, or leaves the rows', () => {
    const rows = crossEntropy(logits, labels, { reduction: 'none' });
    expect(rows.shape).toEqual([4]);
    expect(crossEntropy(logits, labels).item()).toBeCloseTo(rows.mean().item(), 14);
    expect(crossEntropy(logits, labels, { reduction: 'sum' }).item()).toBeCloseTo(
      rows.sum().item(),
      14,
    );
  });

  it('takes one-hot rows for class indices', () => {
    const oneHot = tensor(
      [
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      float64,
    );
    for (const labelSmoothing of [0, 0.3]) {
      const [i, p] = [labels, oneHot].map((target) =>
        crossEntropy(logits, target, { labelSmoothing }),
      );
      expect(i.item()).toBeCloseTo(p.item(), 14);
    }
  });

  it('takes any number of leading axes as rows, none included', () => {
    const grouped = crossEntropy(logits.reshape([2, 2, 3]), labels.reshape([2, 2]));
    expect(grouped.item()).toBe(crossEntropy(logits, labels).item());
    const single = crossEntropy(logits.slice(1), tensor(0, { dtype: 'int32' }), {
      reduction: 'none',
    });
    expect(single.shape).toEqual([]);
    expect(single.item()).toBe(crossEntropy(logits.slice([1, 2]), labelsOf(0)).item());
  });

  it('weighs classes, and divides by the weights that it met', () => {
    const classWeights = [1, 5, 0.5];
    const rows = crossEntropy(logits, labels, { reduction: 'none' }).toArray() as number[];
    const sum = 0.5 * rows[0] + 1 * rows[1] + 5 * rows[2] + 0.5 * rows[3];
    expect(crossEntropy(logits, labels, { classWeights }).item()).toBeCloseTo(sum / 7, 14);
    const asTensor = { classWeights: tensor(classWeights) };
    expect(crossEntropy(logits, labels, asTensor).item()).toBeCloseTo(sum / 7, 14);
  });

  it('costs nothing where the right class is sure, in float32 with logits of ±10⁴', () => {
    const huge = tensor([
      [1e4, -1e4],
      [-1e4, 1e4],
    ]);
    expect(crossEntropy(huge, labelsOf(0, 1)).item()).toBe(0);
    expect(crossEntropy(huge, labelsOf(1, 0)).item()).toBe(2e4);
    const slope = grad((x: Tensor) => crossEntropy(x, labelsOf(1, 0)))(huge);
    expect(slope.toArray()).toEqual([
      [0.5, -0.5],
      [-0.5, 0.5],
    ]);
  });

  it('lets a logit of −∞ be a class that can not be', () => {
    const x = tensor([[0, Number.NEGATIVE_INFINITY, 0]], float64);
    const target = tensor([[0.5, 0, 0.5]], float64);
    expect(crossEntropy(x, labelsOf(0)).item()).toBeCloseTo(Math.LN2, 14);
    expect(crossEntropy(x, target).item()).toBeCloseTo(Math.LN2, 14);
    expect(grad((z: Tensor) => crossEntropy(z, labelsOf(0)))(x).toArray()).toEqual([
      [-0.5, 0, 0.5],
    ]);
    expect(crossEntropy(x, labelsOf(1)).item()).toBe(Number.POSITIVE_INFINITY);
    expect(crossEntropy(x, labelsOf(0), { labelSmoothing: 0.1 }).item()).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('is ∞ for a row of nothing but −∞, with a finite gradient', () => {
    const x = tensor([[Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]]);
    expect(crossEntropy(x, labelsOf(1)).item()).toBe(Number.POSITIVE_INFINITY);
    expect(grad((z: Tensor) => crossEntropy(z, labelsOf(1)))(x).toArray()).toEqual([[0, -1]]);
  });

  it('passes NaN on', () => {
    expect(crossEntropy(tensor([[Number.NaN, 0]]), labelsOf(1)).item()).toBeNaN();
  });

  it('is NaN as a mean of nothing, 0 as its sum', () => {
    const [none, empty] = [tensor(new Int32Array(0)), zeros([0, 3])];
    expect(crossEntropy(empty, none).item()).toBeNaN();
    expect(crossEntropy(empty, none, { reduction: 'sum' }).item()).toBe(0);
    expect(crossEntropy(empty, none, { reduction: 'none' }).shape).toEqual([0]);
    expect(crossEntropy(empty, empty).item()).toBeNaN();
  });

  it('has the gradient softmax(x) − y', () => {
    const slope = grad((x: Tensor) => crossEntropy(x, probabilities, { reduction: 'sum' }))(logits);
    expect(largest(slope.sub(softmax(logits).sub(probabilities)))).toBeLessThan(1e-15);
  });

  it('records one operation', () => {
    expect([...crossEntropy(variable(logits), labels).tape()].map(({ name }) => name)).toEqual([
      'leaf',
      'crossEntropy',
    ]);
  });

  const variants: [string, Tensor, CrossEntropyOptions][] = [
    ['class indices', labels, {}],
    ['smoothed class indices', labels, { labelSmoothing: 0.2 }],
    [
      'weighed and smoothed class indices',
      labels,
      { labelSmoothing: 0.2, classWeights: [1, 2, 0] },
    ],
    ['probabilities', probabilities, {}],
    ['numbers that do not sum to 1', probabilities.mul(3), { classWeights: [1, 2, 0.3] }],
  ];

  it.each(variants)('agrees with finite differences for %s, twice', (_what, target, options) => {
    for (const reduction of reductions) {
      gradcheck((x: Tensor) => crossEntropy(x, target, { ...options, reduction }), [logits]);
    }
  });

  it('agrees with finite differences in the target too', () => {
    for (const reduction of reductions) {
      gradcheck(
        (x: Tensor, y: Tensor) => crossEntropy(x, y, { reduction, labelSmoothing: 0.1 }),
        [logits, probabilities],
      );
    }
  });

  it('has the Hessian diag(p) − ppᵀ', () => {
    const x = logits.slice(0);
    const h = hessian((z: Tensor) => crossEntropy(z, tensor(1, { dtype: 'int32' })))(x) as Tensor;
    const p = softmax(x);
    expect(largest(h.sub(p.diag().sub(p.outer(p))))).toBeLessThan(1e-15);
  });

  it('equals −Σ k ln softmax(x) written with operations, gradient included', () => {
    const loss = (x: Tensor) => crossEntropy(x, probabilities, { reduction: 'sum' });
    const written = (x: Tensor) => plain(x, probabilities);
    expect(loss(logits).item()).toBeCloseTo(written(logits).item(), 13);
    expect(largest(grad(loss)(logits).sub(grad(written)(logits)))).toBeLessThan(1e-15);
  });
});

describe('nll', () => {
  it('is crossEntropy behind logSoftmax', () => {
    for (const reduction of reductions) {
      const [a, b] = [
        nll(logSoftmax(logits), labels, { reduction }),
        crossEntropy(logits, labels, { reduction }),
      ];
      expect(largest(a.sub(b))).toBeLessThan(1e-15);
    }
  });

  it('weighs classes as crossEntropy does', () => {
    const classWeights = [2, 1, 0.5];
    expect(nll(logSoftmax(logits), labels, { classWeights }).item()).toBeCloseTo(
      crossEntropy(logits, labels, { classWeights }).item(),
      14,
    );
  });

  it('agrees with finite differences, twice, in the target too', () => {
    for (const reduction of reductions) {
      gradcheck((x: Tensor) => nll(x, labels, { reduction }), [logits]);
      gradcheck((x: Tensor, y: Tensor) => nll(x, y, { reduction }), [logits, probabilities]);
    }
  });

  it('counts a class of probability 0 that is not asked for as nothing', () => {
    const x = tensor([[0, Number.NEGATIVE_INFINITY]]);
    expect(nll(x, labelsOf(0)).item()).toBe(0);
    expect(nll(x, labelsOf(1)).item()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe.each([
  ['crossEntropy', crossEntropy],
  ['nll', nll],
] as const)('%s refuses', (name, loss) => {
  const refused = (
    error: new (message: string) => Error,
    sentence: string,
    call: () => unknown,
  ): void => {
    expect(call).toThrow(error);
    expect(call).toThrow(`${name}: ${sentence}`);
  };

  it.each([3, -1])('class %s of three', (label) => {
    refused(IndexError, `class indices lie in 0 … 2, got ${label} in row 1.`, () =>
      loss(zeros([2, 3]), labelsOf(0, label)),
    );
  });

  it('class indices that are floating', () => {
    refused(DTypeError, 'class indices are int32, got float32 [4].', () =>
      loss(logits, zeros([4])),
    );
  });

  it.each(['int32', 'bool'] as const)('probabilities in %s', (dtype) => {
    refused(DTypeError, `probabilities are float32 or float64, got ${dtype} [4, 3].`, () =>
      loss(logits, zeros([4, 3], { dtype })),
    );
  });

  it('a target that fits neither way', () => {
    const sentence =
      'for a prediction [4, 3] of 3 classes the target is class indices [4] or probabilities [4, 3], got [4, 1].';
    refused(ShapeError, sentence, () => loss(logits, labels.reshape([4, 1])));
  });

  it('a scalar prediction', () => {
    refused(ShapeError, 'the last axis of the prediction holds the classes, got a scalar.', () =>
      loss(tensor(1), tensor(0, { dtype: 'int32' })),
    );
  });

  it('a prediction in integers', () => {
    const what = name === 'nll' ? 'log-probabilities' : 'logits';
    refused(DTypeError, `${what} are float32 or float64, got int32.`, () =>
      loss(zeros([4, 3], { dtype: 'int32' }), labels),
    );
  });

  it('class weights of another length', () => {
    const sentence = 'classWeights has one weight for each of the 3 classes, got shape [2].';
    refused(ShapeError, sentence, () => loss(logits, labels, { classWeights: [1, 2] }));
    refused(ShapeError, sentence, () => loss(logits, labels, { classWeights: tensor([1, 2]) }));
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('a class weight of %s', (weight) => {
    refused(
      ArgumentError,
      `class weights are finite and not negative, got ${weight} for class 1.`,
      () => loss(logits, labels, { classWeights: [1, weight, 1] }),
    );
  });
});

describe('label smoothing', () => {
  it.each([1, -0.1, Number.NaN])('of %s is refused', (labelSmoothing) => {
    const call = () => crossEntropy(logits, labels, { labelSmoothing });
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(`crossEntropy: labelSmoothing lies in [0, 1), got ${labelSmoothing}.`);
  });
});
