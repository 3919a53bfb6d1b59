// Optimizers: the door of the room.

export { type AdamOptions, adam, adamW } from './adam.js';
export {
  makeOptimizer,
  type Optimizer,
  type OptimizerRule,
  type OptimizerState,
} from './optimizer.js';
export { type SgdOptions, sgd } from './sgd.js';
