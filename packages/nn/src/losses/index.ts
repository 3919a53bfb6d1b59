// Every loss.

export { binaryCrossEntropy } from './binary-cross-entropy.js';
export { type CrossEntropyOptions, crossEntropy, nll } from './cross-entropy.js';
export { klDivergence } from './divergence.js';
export type { Loss, LossFunction, LossName, LossOptions, Reduction } from './loss.js';
export {
  type HuberOptions,
  halfSquaredError,
  huber,
  mae,
  mse,
  type RegressionOptions,
} from './regression.js';
export type { ClassOptions } from './targets.js';
