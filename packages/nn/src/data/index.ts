// Data: the door of the room.

export { type Batch, type BatchOptions, batches, type Samples } from './batches.js';
export { balancedWeights } from './class-weights.js';
export { DataError } from './errors.js';
export type { CategoryFeature, Feature, NumberFeature } from './features.js';
export { type KFoldOptions, kFold } from './folds.js';
export { PreparedData, type PrepareOptions, prepareData } from './prepare.js';
export { randomSplit, type Split, stratifiedSplit } from './split.js';
export { Standardizer } from './standardizer.js';
export { type ColumnSummary, type DataSummary, formatSummary } from './summary.js';
export {
  type CategoryColumn,
  type Column,
  columnOf,
  type EmptyColumn,
  MISSING,
  type NumberColumn,
  type Table,
  tableOf,
} from './table.js';
export type { Task } from './targets.js';
