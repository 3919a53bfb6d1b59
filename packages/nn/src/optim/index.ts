// Optimizers: the door of the room.

export {
  type AdadeltaOptions,
  type AdagradOptions,
  adadelta,
  adagrad,
} from './adagrad.js';
export { type AdamOptions, adam, adamW } from './adam.js';
export { type EmaOptions, ema, type WeightAverage } from './ema.js';
export {
  type AccumulateOptions,
  accumulate,
  type ClipOptions,
  clipGradNorm,
  clipGradValue,
  gradNorm,
} from './gradients.js';
export { joinOptimizers, type ParameterGroup, type ParameterList } from './groups.js';
export { type LionOptions, lion } from './lion.js';
export { type MuonOptions, muon } from './muon.js';
export { type NadamOptions, nadam } from './nadam.js';
export { type GradientNoise, type GradientNoiseOptions, gradientNoise } from './noise.js';
export {
  makeOptimizer,
  type Optimizer,
  type OptimizerGroup,
  type OptimizerRule,
  type OptimizerState,
} from './optimizer.js';
export { type RadamOptions, radam } from './radam.js';
export { type RmspropOptions, rmsprop } from './rmsprop.js';
export type { DecayOptions } from './rules.js';
export * from './schedules/index.js';
export { type SgdOptions, sgd } from './sgd.js';
