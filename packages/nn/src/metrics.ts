// Every metric.

export type { ClassifiedOptions } from './metrics/classes.js';
export {
  type AveragedOptions,
  accuracy,
  confusionMatrix,
  f1,
  precision,
  recall,
} from './metrics/classification.js';
export { type Average, ConfusionMatrix } from './metrics/confusion-matrix.js';
export { logLoss, perplexity } from './metrics/likelihood.js';
export {
  type RocCurve,
  rocAuc,
  rocCurve,
  type TopKOptions,
  topKAccuracy,
} from './metrics/ranking.js';
export {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  r2,
  rootMeanSquaredError,
} from './metrics/regression.js';
