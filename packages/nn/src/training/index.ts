// Training: the door of the room.

export type { EarlyStopping } from './early-stopping.js';
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Metric,
  type PredictOptions,
  predict,
} from './evaluate.js';
export type { LayerNorms } from './observe.js';
export type {
  EpochFigures,
  TrainHistory,
  TrainMode,
  TrainOptions,
  TrainProgress,
  TrainReport,
} from './options.js';
export type { Learning } from './step.js';
export { train } from './train.js';
export { type Trainer, type TrainerOptions, trainer } from './trainer.js';
