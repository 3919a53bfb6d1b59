// Minimisation: the door of the room.

export { ClosureOptimizer, type ClosureOptimizerOptions } from './closure-optimizer.js';
export { type CurveFit, type CurveFitOptions, curveFit } from './curve-fit.js';
export {
  type ConjugateGradientOptions,
  type ConjugateGradientResult,
  conjugateGradient,
  type LinearMap,
} from './linear-system.js';
export { minimize } from './minimize.js';
export {
  type LbfgsOptions,
  lbfgs,
  levenbergMarquardt,
  type NewtonCGOptions,
  newtonCG,
} from './optimizers.js';
export type {
  Bounds,
  LeastSquaresOptions,
  MethodOptions,
  MinimizeMethod,
  MinimizeOptions,
  MinimizeProgress,
  StopOptions,
} from './options.js';
export { LeastSquaresMinimum, type MinimizeReason, MinimizeReport, Minimum } from './report.js';
