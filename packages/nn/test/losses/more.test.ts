// What the losses that came later share: gradients, compiled runs, edges, refusals. (Values are the oracle's business.)

import { compile, rng, softmax, type Tensor, tensor, variable, zeros } from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import {
  binaryCrossEntropy,
  binaryFocal,
  contrastive,
  cosineEmbedding,
  crossEntropy,
  dice,
  focal,
  gaussianNll,
  hinge,
  huber,
  mae,
  multiMargin,
  poissonNll,
  smoothL1,
  squaredHinge,
  triplet,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const float64 = { dtype: 'float64' } as const;
const int32 = { dtype: 'int32' } as const;
const draw = (seed: number, ...shape: number[]): Tensor => rng(seed).normal(shape, float64);
const f64 = (...values: number[]) => tensor(values, float64);

const [x, y] = [draw(1, 4, 3), draw(2, 4, 3)];
const labels = tensor([2, 0, 1, 2], int32);
const signs = tensor([1, -1, 1, -1], int32);
const signsOfAll = y.sign();

/** Each loss as a function of its floating operands, and where it is differentiated. */
const FUNCTIONS: Readonly<Record<string, readonly [(...at: Tensor[]) => Tensor, Tensor[]]>> = {
  smoothL1: [(a, b) => smoothL1(a, b, { beta: 0.7 }), [x, y]],
  'focal by class': [(a) => focal(a, labels, { classWeights: [1, 2, 0.5] }), [x]],
  'focal by shares': [(a) => focal(a, softmax(y), { gamma: 1.5 }), [x]],
  binaryFocal: [(a, b) => binaryFocal(a, b.sigmoid(), { alpha: 0.3 }), [x, y]],
  hinge: [(a) => hinge(a, signsOfAll), [x]],
  squaredHinge: [(a) => squaredHinge(a, signsOfAll, { reduction: 'sum' }), [x]],
  multiMargin: [(a) => multiMargin(a, labels), [x]],
  cosineEmbedding: [(a, b) => cosineEmbedding(a, b, signs, { margin: -0.6 }), [x, y]],
  contrastive: [(a, b) => contrastive(a, b, signs, { margin: 4 }), [x, y]],
  triplet: [(a, b, c) => triplet(a, b, c, { margin: 3 }), [x, y, draw(3, 4, 3)]],
  dice: [(a, b) => dice(a.sigmoid(), b.sigmoid()), [x, y]],
  gaussianNll: [(a, b, v) => gaussianNll(a, b, { variance: v.exp() }), [x, y, draw(4, 4, 1)]],
  poissonNll: [(a, b) => poissonNll(a, b.exp(), { full: true }), [x, y]],
  'poissonNll of rates': [(a, b) => poissonNll(a.exp(), b.exp(), { logInput: false }), [x, y]],
};
const functions = Object.entries(FUNCTIONS);

describe('the losses that came later', () => {
  it.each(functions)('%s agrees with finite differences, twice', (_name, [loss, at]) => {
    gradcheck(loss, at);
  });

  it.each(functions)(
    '%s is compiled what it is eagerly, gradients included',
    (_name, [loss, at]) => {
      const cells = at.map((value) => variable(value));
      const run = () => {
        const value = loss(...cells.map((cell) => cell.read()));
        value.backward();
        return [value, ...cells.map((cell) => cell.grad as Tensor)];
      };
      const wanted = run();
      for (const cell of cells) cell.clearGrad();
      compile(run)().forEach((got, i) => {
        expect(got.sub(wanted[i]).abs().max().item()).toBeLessThan(1e-13);
      });
    },
  );

  it.each(functions)('%s takes float32', (_name, [loss, at]) => {
    const value = loss(...at.map((one) => one.cast('float32')));
    expect(value.item()).toBeCloseTo(loss(...at).item(), 4);
  });

  it.each([
    ['smoothL1', (r: 'mean' | 'sum') => smoothL1(zeros([0, 2]), zeros([0, 2]), { reduction: r })],
    ['focal', (r: 'mean' | 'sum') => focal(zeros([0, 2]), zeros([0], int32), { reduction: r })],
    ['binaryFocal', (r: 'mean' | 'sum') => binaryFocal(zeros([0]), zeros([0]), { reduction: r })],
    ['hinge', (r: 'mean' | 'sum') => hinge(zeros([0]), zeros([0]), { reduction: r })],
    [
      'multiMargin',
      (r: 'mean' | 'sum') => multiMargin(zeros([0, 2]), zeros([0], int32), { reduction: r }),
    ],
    [
      'cosineEmbedding',
      (r: 'mean' | 'sum') =>
        cosineEmbedding(zeros([0, 2]), zeros([0, 2]), zeros([0]), { reduction: r }),
    ],
    [
      'triplet',
      (r: 'mean' | 'sum') => triplet(zeros([0, 2]), zeros([0, 2]), zeros([0, 2]), { reduction: r }),
    ],
    ['dice', (r: 'mean' | 'sum') => dice(zeros([0, 2]), zeros([0, 2]), { reduction: r })],
    ['gaussianNll', (r: 'mean' | 'sum') => gaussianNll(zeros([0]), zeros([0]), { reduction: r })],
    ['poissonNll', (r: 'mean' | 'sum') => poissonNll(zeros([0]), zeros([0]), { reduction: r })],
  ])('%s is NaN as a mean of nothing, 0 as its sum', (_name, loss) => {
    expect(loss('mean').item()).toBeNaN();
    expect(loss('sum').item()).toBe(0);
  });
});

describe('smoothL1', () => {
  it("is Huber's divided by β, and the absolute error for β = 0", () => {
    expect(smoothL1(x, y, { beta: 0.5 }).item()).toBeCloseTo(
      2 * huber(x, y, { delta: 0.5 }).item(),
      14,
    );
    expect(smoothL1(x, y, { beta: 0 }).item()).toBeCloseTo(mae(x, y).item(), 15);
  });

  it('refuses a beta below 0, and shapes that would broadcast', () => {
    expect(refusal(() => smoothL1(x, y, { beta: -1 }))).toBe(
      'ArgumentError: smoothL1: beta is a number of at least 0, got -1. Check beta.',
    );
    expect(refusal(() => smoothL1(zeros([2, 1]), zeros([2])))).toContain(
      'would broadcast to [2, 2]',
    );
  });
});

describe('focal losses', () => {
  it('are the cross-entropies for γ = 0', () => {
    const options = { classWeights: [1, 2, 3] };
    expect(focal(x, labels, { gamma: 0, ...options }).item()).toBeCloseTo(
      crossEntropy(x, labels, options).item(),
      14,
    );
    expect(binaryFocal(x, y.sigmoid(), { gamma: 0 }).item()).toBeCloseTo(
      binaryCrossEntropy(x, y.sigmoid()).item(),
      14,
    );
  });

  it('stay finite, gradients too, for logits of any size', () => {
    for (const gamma of [0, 0.5, 2]) {
      const logits = variable(f64(-1000, -1000, 1000, 1000));
      const rows = binaryFocal(logits, f64(0, 1, 0, 1), { gamma, reduction: 'none' });
      expect(rows.toArray()).toEqual([0, 1000, 1000, 0]);
      rows.sum().backward();
      expect(logits.grad?.abs().toArray()).toEqual([0, 1, 1, 0]);
      const scores = variable(
        tensor(
          [
            [1000, 0],
            [0, 1000],
          ],
          float64,
        ),
      );
      const classes = focal(scores, tensor([0, 0], int32), { gamma, reduction: 'none' });
      expect(classes.abs().toArray()).toEqual([0, 1000]);
      classes.sum().backward();
      expect(scores.grad?.toArray()).toEqual([
        [0, 0],
        [-1, 1],
      ]);
    }
  });

  it('take logits of ±∞: sure and right costs 0, sure and wrong ∞', () => {
    const ends = f64(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const rows = (target: Tensor) => binaryFocal(ends, target, { reduction: 'none' }).toArray();
    expect(rows(f64(1, 0))).toEqual([0, 0]);
    expect(rows(f64(0, 1))).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('refuse exponents and weights out of range, and what crossEntropy refuses', () => {
    expect(refusal(() => focal(x, labels, { gamma: -1 }))).toBe(
      'ArgumentError: focal: gamma is a number of at least 0, got -1. Check gamma.',
    );
    expect(refusal(() => binaryFocal(x, y, { alpha: 2 }))).toBe(
      'ArgumentError: binaryFocal: alpha is a number in [0, 1], got 2. Check alpha.',
    );
    expect(refusal(() => focal(x, tensor([3, 0, 0, 0], int32)))).toContain(
      'IndexError: focal: class indices',
    );
    expect(refusal(() => binaryFocal(zeros([2, 1]), zeros([2])))).toContain(
      'would broadcast to [2, 2]',
    );
    expect(refusal(() => binaryFocal(zeros([2], int32), zeros([2])))).toContain(
      'DTypeError: binaryFocal',
    );
  });
});

describe('hinge losses', () => {
  it('take labels as ±1, as 0 and 1, and as booleans', () => {
    const scores = f64(0.3, -2, 0.4);
    const wanted = hinge(scores, f64(1, -1, -1), { reduction: 'none' }).toArray();
    expect(wanted).toEqual([0.7, 0, 1.4]);
    expect(hinge(scores, f64(1, 0, 0), { reduction: 'none' }).toArray()).toEqual(wanted);
    expect(hinge(scores, tensor([true, false, false]), { reduction: 'none' }).toArray()).toEqual(
      wanted,
    );
  });

  it('have the derivative 0 at the kink', () => {
    const scores = variable(f64(1, -1));
    hinge(scores, f64(1, -1), { reduction: 'sum' }).backward();
    expect(scores.grad?.toArray()).toEqual([0, 0]);
  });

  it('refuse other labels, other shapes, other margins', () => {
    expect(refusal(() => hinge(f64(1, 2), f64(1, 2)))).toBe(
      'ArgumentError: hinge: a target is -1, 0 or 1, got 2 at element 1. Map the labels first.',
    );
    expect(refusal(() => squaredHinge(zeros([2, 1]), zeros([2])))).toContain(
      'would broadcast to [2, 2]',
    );
    expect(refusal(() => hinge(f64(1), f64(1), { margin: Number.NaN }))).toBe(
      'ArgumentError: hinge: margin is a finite number, got NaN. Check margin.',
    );
    expect(refusal(() => multiMargin(zeros([2, 1]), zeros([2], int32)))).toBe(
      'ShapeError: multiMargin: takes scores [..., classes] of at least 2 classes and class indices [...], got [2, 1] ' +
        'and [2]. Reshape the target.',
    );
    expect(refusal(() => multiMargin(zeros([2, 3]), zeros([2])))).toBe(
      "DTypeError: multiMargin: class indices are int32, got float32. Cast them with .cast('int32').",
    );
    expect(refusal(() => multiMargin(zeros([2, 3]), tensor([0, 3], int32)))).toContain(
      'IndexError: multiMargin: class indices lie in 0 … 2, got 3 in row 1.',
    );
  });
});

describe('losses on embeddings', () => {
  it('have a derivative for equal rows and for rows of zeros', () => {
    const zero = variable(zeros([1, 3], float64));
    contrastive(zero, zeros([1, 3], float64), f64(0)).backward();
    expect(zero.grad?.abs().toArray()).toEqual([[0, 0, 0]]);
    zero.clearGrad();
    const value = cosineEmbedding(zero, f64(1, 2, 3).unsqueeze(0), f64(1));
    expect(value.item()).toBe(1);
    value.backward();
    expect(zero.grad?.data().every(Number.isFinite)).toBe(true);
    zero.clearGrad();
    triplet(zero, zeros([1, 3], float64), zeros([1, 3], float64)).backward();
    expect(zero.grad?.data().every(Number.isFinite)).toBe(true);
  });

  it('take a single pair', () => {
    expect(cosineEmbedding(f64(1, 0), f64(1, 0), tensor(1)).item()).toBeCloseTo(0, 11);
    expect(contrastive(f64(3, 0), f64(0, 4), tensor(1)).item()).toBe(12.5);
  });

  it('refuse what does not fit', () => {
    expect(refusal(() => cosineEmbedding(zeros([2, 3]), zeros([2, 1]), zeros([2])))).toBe(
      'ShapeError: cosineEmbedding: a and b have one shape [..., features], got [2, 3] and [2, 1]. ' +
        'Check that their rows belong together.',
    );
    expect(refusal(() => contrastive(zeros([2, 3]), zeros([2, 3]), zeros([2, 1])))).toBe(
      'ShapeError: contrastive: the target has one label for each row, [2], got [2, 1]. Reshape the target.',
    );
    expect(refusal(() => contrastive(zeros([1, 3]), zeros([1, 3]), tensor([2])))).toContain(
      'ArgumentError: contrastive: a target is -1, 0 or 1, got 2 at element 0.',
    );
    expect(refusal(() => triplet(zeros([2, 3]), zeros([2, 3]), zeros([2, 3]), { p: 0.5 }))).toBe(
      'ArgumentError: triplet: p is a number of at least 1, or Infinity, got 0.5. Check p.',
    );
    expect(refusal(() => triplet(zeros([2, 3]), zeros([2, 3]), zeros([2, 3]), { margin: 0 }))).toBe(
      'ArgumentError: triplet: margin is a number above 0, got 0. Check margin.',
    );
    expect(refusal(() => triplet(zeros([2, 3], int32), zeros([2, 3]), zeros([2, 3])))).toContain(
      'DTypeError: triplet: embeddings are float32 or float64, got int32.',
    );
    expect(refusal(() => cosineEmbedding(zeros([2]), zeros([2]), tensor(1), { margin: 2 }))).toBe(
      'ArgumentError: cosineEmbedding: margin is a number in [−1, 1], got 2. Check margin.',
    );
    expect(refusal(() => triplet(zeros([2]), zeros([2]), [1, 2] as never))).toBe(
      'ArgumentError: triplet: negative is a tensor, got an array. Wrap it with tensor(…).',
    );
  });
});

describe('dice', () => {
  it('is 0 for regions that cover each other, empty ones too, and near 1 for regions apart', () => {
    const region = tensor(
      [
        [1, 0, 1],
        [0, 0, 0],
      ],
      float64,
    );
    expect(dice(region, region, { reduction: 'none' }).toArray()).toEqual([0, 0]);
    expect(dice(f64(1, 0).unsqueeze(0), f64(0, 1).unsqueeze(0), { smooth: 0 }).item()).toBe(1);
  });

  it('refuses a smoothing below 0, and logical predictions', () => {
    expect(refusal(() => dice(zeros([1]), zeros([1]), { smooth: -1 }))).toBe(
      'ArgumentError: dice: smooth is a number of at least 0, got -1. Check smooth.',
    );
    expect(refusal(() => dice(zeros([1], int32), zeros([1])))).toContain(
      'DTypeError: dice: probabilities',
    );
  });
});

describe('likelihoods', () => {
  it('take a variance as a number, half the squared error for 1', () => {
    expect(gaussianNll(x, y).item()).toBeCloseTo(0.5 * x.sub(y).square().mean().item(), 14);
    expect(gaussianNll(x, y, { variance: 4 }).item()).toBeCloseTo(
      gaussianNll(x, y, { variance: f64(4).reshape([]) }).item(),
      15,
    );
  });

  it('take a variance of 0 as ε, and let it come back', () => {
    const variance = variable(zeros([1], float64));
    const value = gaussianNll(f64(0), f64(1), { variance, epsilon: 0.5 });
    expect(value.item()).toBeCloseTo(0.5 * (Math.log(0.5) + 2), 15);
    value.backward();
    expect(variance.grad?.toArray()).toEqual([0.5 * (2 - 4)]);
  });

  it('take counts of 0, and rates of 0', () => {
    expect(poissonNll(f64(Number.NEGATIVE_INFINITY), f64(0)).item()).toBe(0);
    expect(poissonNll(f64(0), f64(0), { logInput: false }).item()).toBe(0);
    expect(poissonNll(f64(0), f64(1), { logInput: false }).item()).toBeCloseTo(-Math.log(1e-8), 12);
  });

  it('refuse negative variances, negative counts, variances of another shape', () => {
    expect(refusal(() => gaussianNll(f64(0), f64(0), { variance: -1 }))).toBe(
      'ArgumentError: gaussianNll: variance is a number of at least 0, got -1. Check variance.',
    );
    expect(refusal(() => gaussianNll(f64(0, 0), f64(0, 0), { variance: f64(1, -1) }))).toBe(
      'ArgumentError: gaussianNll: variances are not negative, got -1 at element 1. Pass what softplus or exp gives.',
    );
    expect(refusal(() => gaussianNll(zeros([4, 3]), zeros([4, 3]), { variance: zeros([4]) }))).toBe(
      'ShapeError: gaussianNll: the variance is a number, or has shape [4, 3] or a last axis of 1, got [4]. Reshape it.',
    );
    expect(refusal(() => gaussianNll(f64(0), f64(0), { epsilon: 0 }))).toBe(
      'ArgumentError: gaussianNll: epsilon is a number above 0, got 0. Check epsilon.',
    );
    expect(refusal(() => poissonNll(f64(0, 0), f64(0, -2)))).toBe(
      'ArgumentError: poissonNll: counts are not negative, got -2 at element 1. Check the target.',
    );
  });
});
