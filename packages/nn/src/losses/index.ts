// Every loss.

export { binaryCrossEntropy } from './binary-cross-entropy.js';
export { type CrossEntropyOptions, crossEntropy, nll } from './cross-entropy.js';
export { type CtcOptions, ctc } from './ctc.js';
export { type DiceOptions, dice } from './dice.js';
export { klDivergence } from './divergence.js';
export { type BinaryFocalOptions, binaryFocal, type FocalOptions, focal } from './focal.js';
export {
  type GaussianNllOptions,
  gaussianNll,
  type PoissonNllOptions,
  poissonNll,
} from './likelihood.js';
export type {
  Loss,
  LossFunction,
  LossName,
  LossOptions,
  PairLoss,
  Reduction,
  TripleLoss,
} from './loss.js';
export {
  hinge,
  type MarginOptions,
  type MultiMarginOptions,
  multiMargin,
  squaredHinge,
} from './margin.js';
export {
  type CosineEmbeddingOptions,
  contrastive,
  cosineEmbedding,
  type TripletOptions,
  triplet,
} from './metric-learning.js';
export {
  type HuberOptions,
  halfSquaredError,
  huber,
  mae,
  mse,
  type RegressionOptions,
  type SmoothL1Options,
  smoothL1,
} from './regression.js';
export type { ClassOptions } from './targets.js';
