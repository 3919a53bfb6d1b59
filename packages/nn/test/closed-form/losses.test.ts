// J and ∇ₐJ as they are written out, against the losses on the tape, with all their options.
import { type Tensor, tensor, variable } from '@retrograd/autograd';
import * as library from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { LOSSES, type LossOptions } from '../../src/closed-form/losses.js';
import { Matrix } from '../../src/closed-form/matrix.js';
import { matrixOf } from '../../src/closed-form/read-data.js';
import { inputs, labels, relative, targets } from './support.js';

type Call = (a: Tensor, y: Tensor, options: object) => Tensor;

const tapeLoss = (name: string) => (library as unknown as Record<string, Call>)[name];

const SAMPLES = 6;
const outputs: Tensor = inputs(SAMPLES).slice(null, [0, 3]).mul(2);
const logs: Tensor = outputs.logSoftmax();
const y: Tensor = targets(SAMPLES);
const shares: Tensor = y.div(y.sum(1, { keepDims: true }));
const classes = labels(SAMPLES);
const hard = Matrix.build(SAMPLES, 3, (i, c) => (classes.data()[i] === c ? 1 : 0));

/** Names, outputs, targets for the tape, targets for the formula, whether they were indices, options. */
const CASES: readonly (readonly [string, Tensor, Tensor, Matrix, boolean, LossOptions])[] = [
  ['halfSquaredError', outputs, y, matrixOf(y), false, {}],
  ['mse', outputs, y, matrixOf(y), false, {}],
  ['mae', outputs, y, matrixOf(y), false, {}],
  ['huber', outputs, y, matrixOf(y), false, {}],
  ['huber', outputs, y, matrixOf(y), false, { delta: 0.4 }],
  ['binaryCrossEntropy', outputs, y, matrixOf(y), false, {}],
  ['binaryCrossEntropy', outputs.mul(300), y, matrixOf(y), false, {}],
  ['crossEntropy', outputs, classes, hard, true, {}],
  ['crossEntropy', outputs.mul(300), classes, hard, true, {}],
  ['crossEntropy', outputs, classes, hard, true, { labelSmoothing: 0.2 }],
  ['crossEntropy', outputs, classes, hard, true, { classWeights: [0.5, 2, 1.25] }],
  [
    'crossEntropy',
    outputs,
    classes,
    hard,
    true,
    { classWeights: [0.5, 2, 1.25], labelSmoothing: 0.1 },
  ],
  ['crossEntropy', outputs, shares, matrixOf(shares), false, {}],
  ['crossEntropy', outputs, shares, matrixOf(shares), false, { classWeights: [0.5, 2, 1.25] }],
  ['crossEntropy', outputs, shares, matrixOf(shares), false, { labelSmoothing: 0.3 }],
  ['nll', logs, classes, hard, true, {}],
  ['nll', logs, classes, hard, true, { classWeights: [0.5, 2, 1.25] }],
  ['klDivergence', logs, shares, matrixOf(shares), false, {}],
];

describe('the losses of the closed form', () => {
  for (const [name, a, target, formulaTarget, ofIndices, options] of CASES) {
    for (const reduction of ['mean', 'sum'] as const) {
      const told = { ...options, reduction };
      it(`have the value and gradient of ${name} ${JSON.stringify(told)}${ofIndices ? ' on indices' : ''}`, () => {
        const cell = variable(a);
        const value = tapeLoss(name)(cell.value, target, told);
        value.backward();
        const formulas = LOSSES[name](told, ofIndices);
        const A = matrixOf(a);
        expect(relative([formulas.value(A, formulaTarget)], value)).toBeLessThan(1e-13);
        expect(relative(formulas.gradient(A, formulaTarget).data, cell.grad!)).toBeLessThan(1e-13);
      });
    }
  }

  it('are all the losses that the library names', () => {
    const named = Object.values(library).flatMap((value) =>
      typeof value === 'function' && 'lossName' in value ? [String(value.lossName)] : [],
    );
    expect(Object.keys(LOSSES).sort()).toEqual(named.sort());
    expect(new Set(CASES.map(([name]) => name))).toEqual(new Set(named));
  });

  it('count 0 · ∞ as 0: a class that can’t be costs nothing where its share is 0', () => {
    const a = Matrix.of([[0, Number.NEGATIVE_INFINITY]]);
    expect(LOSSES.crossEntropy({}, true).value(a, Matrix.of([[1, 0]]))).toBe(0);
    expect(LOSSES.crossEntropy({}, true).value(a, Matrix.of([[0, 1]]))).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(LOSSES.nll({}, true).value(a, Matrix.of([[1, 0]]))).toBe(-0);
    expect(LOSSES.klDivergence({}, false).value(a, Matrix.of([[1, 0]]))).toBe(0);
  });

  it('are the same as the tape where the logit is infinite', () => {
    const a = tensor([[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]], { dtype: 'float64' });
    const right = tensor([[1, 0]], { dtype: 'float64' });
    const wrong = tensor([[0, 0]], { dtype: 'float64' });
    const { value } = LOSSES.binaryCrossEntropy({}, false);
    expect(value(matrixOf(a), matrixOf(right))).toBe(library.binaryCrossEntropy(a, right).item());
    expect(value(matrixOf(a), matrixOf(wrong))).toBe(Number.POSITIVE_INFINITY);
  });
});
