// Training: the door of the room.

export {
  type CheckpointOptions,
  checkpointing,
  type EpochEvent,
  logCsv,
  logJsonLines,
  type TrainCallback,
} from './callbacks.js';
export {
  type CrossValidateOptions,
  type CrossValidation,
  crossValidate,
  type Fold,
} from './cross-validate.js';
export type { BestState, EarlyStopping } from './early-stopping.js';
export {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Metric,
  type PredictOptions,
  predict,
} from './evaluate.js';
export {
  type FindLearningRateOptions,
  findLearningRate,
  type LearningRates,
} from './find-learning-rate.js';
export type { LayerNorms } from './observe.js';
export type {
  EpochFigures,
  TrainHistory,
  TrainMode,
  TrainOptions,
  TrainProgress,
  TrainReport,
} from './options.js';
export type { TrainingState } from './state.js';
export type { Learning } from './step.js';
export { train } from './train.js';
export { type Trainer, type TrainerOptions, trainer } from './trainer.js';
