// The closed form's own losses: J and ∇ₐJ, written out.

import { ELEMENTWISE, logSoftmaxOf, softmaxOf } from './activations.js';
import { Matrix, rowSums } from './matrix.js';

const { sigmoid, softplus } = ELEMENTWISE;

/** A loss of the outputs a and the targets y of all samples, one a row of both. */
export interface ClosedLoss {
  /** J */
  readonly value: (a: Matrix, y: Matrix) => number;
  /** ∇ₐJ, in the shape of a. */
  readonly gradient: (a: Matrix, y: Matrix) => Matrix;
}

/** What the losses may be told, as the losses of the tape are. */
export interface LossOptions {
  /** `mean` (the default) divides by the number of elements or of samples, as the loss has it. */
  readonly reduction?: 'mean' | 'sum';
  /** crossEntropy: ε of y(1 − ε) + ε/C. */
  readonly labelSmoothing?: number;
  /** crossEntropy: a weight for each class. */
  readonly classWeights?: ArrayLike<number>;
  /** huber: where the square ends. */
  readonly delta?: number;
}

/** A loss as it is built: with its options, for y of class indices (as rows of 0 and 1) or not. */
export type LossFactory = (options: LossOptions, ofIndices: boolean) => ClosedLoss;

/** Σᵢⱼ f(aᵢⱼ, yᵢⱼ) */
function total(a: Matrix, y: Matrix, f: (a: number, y: number) => number): number {
  return a.data.reduce((sum, ak, k) => sum + f(ak, y.data[k]), 0);
}

/** J = Σ ℓ(a, y) / n and ∂J/∂a = ℓ′(a, y) / n, with n the elements or the samples under `mean`, 1 under `sum`. */
function elementwiseLoss(
  over: 'elements' | 'samples',
  loss: (options: LossOptions) => (a: number, y: number) => number,
  derivative: (options: LossOptions) => (a: number, y: number) => number,
): LossFactory {
  return (options) => {
    const [l, dl] = [loss(options), derivative(options)];
    const n = (a: Matrix) =>
      options.reduction === 'sum' ? 1 : over === 'elements' ? a.data.length : a.rows;
    return {
      value: (a, y) => total(a, y, l) / n(a),
      gradient: (a, y) =>
        Matrix.build(a.rows, a.columns, (i, j) => dl(a.at(i, j), y.at(i, j)) / n(a)),
    };
  };
}

// ── Regression ─────────────────────────────────────────────────────────────────────────────────────

/** ½‖a − y‖² of each sample: ∇ₐJ = a − y. The mean is over samples. */
const halfSquaredError = elementwiseLoss(
  'samples',
  () => (a, y) => (a - y) ** 2 / 2,
  () => (a, y) => a - y,
);

/** (a − y)²: 2(a − y). The mean is over elements. */
const mse = elementwiseLoss(
  'elements',
  () => (a, y) => (a - y) ** 2,
  () => (a, y) => 2 * (a - y),
);

/** |a − y|: the sign of a − y, 0 at 0. */
const mae = elementwiseLoss(
  'elements',
  () => (a, y) => Math.abs(a - y),
  () => (a, y) => Math.sign(a - y),
);

/** ½(a − y)² up to |a − y| = δ, then δ(|a − y| − ½δ). P. J. Huber, 1964. */
const huber = elementwiseLoss(
  'elements',
  ({ delta = 1 }) =>
    (a, y) => {
      const d = Math.abs(a - y);
      return d <= delta ? d ** 2 / 2 : delta * (d - delta / 2);
    },
  ({ delta = 1 }) =>
    (a, y) =>
      Math.abs(a - y) <= delta ? a - y : delta * Math.sign(a - y),
);

// ── Classification ─────────────────────────────────────────────────────────────────────────────────

/** 0 · ∞ = 0: what has no weight takes no part, however unlikely it is. */
function weighted(weight: number, x: number): number {
  return weight === 0 ? 0 : weight * x;
}

/**
 * −y ln s(a) − (1 − y) ln s(−a), s the sigmoid: ∂/∂a = s(a) − y, written as (1 − y) s(a) − y s(−a), in which nothing
 * cancels. The model's output a is the logit; s(a) is what the derivations call a. The mean is over elements.
 */
const binaryCrossEntropy = elementwiseLoss(
  'elements',
  () => (a, y) => weighted(y, softplus.f(-a)) + weighted(1 - y, softplus.f(a)),
  () => (a, y) => (1 - y) * sigmoid.f(a) - y * sigmoid.f(-a),
);

/**
 * t = y(1 − ε) + ε/C with the class's weight, and what the mean divides by: the number of samples or, with class weights
 * and class indices, the weight of the samples' classes, as in PyTorch.
 */
function classTargets(
  y: Matrix,
  { reduction, labelSmoothing = 0, classWeights }: LossOptions,
  ofIndices: boolean,
): { t: Matrix; n: number } {
  const w = (c: number) => classWeights?.[c] ?? 1;
  const t = Matrix.build(
    y.rows,
    y.columns,
    (i, c) => w(c) * (y.at(i, c) * (1 - labelSmoothing) + labelSmoothing / y.columns),
  );
  const ofClasses = ofIndices && classWeights !== undefined;
  const n = ofClasses ? y.data.reduce((sum, yk, k) => sum + yk * w(k % y.columns), 0) : y.rows;
  return { t, n: reduction === 'sum' ? 1 : n };
}

/**
 * −Σ_c t_c ln p_c of each sample, p = softmax(a): ∂/∂a_c = p_c Σ_k t_k − t_c, which without weights is p − y. The model's
 * output a is the logit; p is what the derivations call a.
 */
const crossEntropy: LossFactory = (options, ofIndices) => ({
  value: (a, y) => {
    const { t, n } = classTargets(y, options, ofIndices);
    let sum = 0;
    for (let i = 0; i < a.rows; i++) {
      const lnP = logSoftmaxOf(a.row(i));
      for (let c = 0; c < a.columns; c++) sum -= weighted(t.at(i, c), lnP[c]);
    }
    return sum / n;
  },
  gradient: (a, y) => {
    const { t, n } = classTargets(y, options, ofIndices);
    const p = Array.from({ length: a.rows }, (_, i) => softmaxOf(a.row(i)));
    const mass = rowSums(t);
    return Matrix.build(a.rows, a.columns, (i, c) => (p[i][c] * mass[i] - t.at(i, c)) / n);
  },
});

/** −Σ_c t_c a_c of each sample, a = ln p: ∂/∂a_c = −t_c. */
const nll: LossFactory = ({ reduction, classWeights }, ofIndices) => {
  const targets = (y: Matrix) => classTargets(y, { reduction, classWeights }, ofIndices);
  return {
    value: (a, y) => {
      const { t, n } = targets(y);
      return -total(a, t, (lnP, tk) => weighted(tk, lnP)) / n;
    },
    gradient: (_, y) => {
      const { t, n } = targets(y);
      return t.map((tk) => -tk / n);
    },
  };
};

/** Σ_c y_c (ln y_c − a_c), a = ln p: ∂/∂a_c = −y_c. The mean is over samples. */
const klDivergence = elementwiseLoss(
  'samples',
  () => (a, y) => weighted(y, Math.log(y) - a),
  () => (_, y) => -y,
);

/** By the names that the losses of the tape carry. */
export const LOSSES: Readonly<Record<string, LossFactory>> = {
  halfSquaredError,
  mse,
  mae,
  huber,
  binaryCrossEntropy,
  crossEntropy,
  nll,
  klDivergence,
};
