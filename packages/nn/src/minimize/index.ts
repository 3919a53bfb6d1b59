// Minimisation: the door of the room.

export { minimize } from './minimize.js';
export type {
  Bounds,
  LeastSquaresOptions,
  MethodOptions,
  MinimizeMethod,
  MinimizeOptions,
  MinimizeProgress,
  StopOptions,
} from './options.js';
export {
  LeastSquaresMinimum,
  type MinimizeReason,
  MinimizeReport,
  Minimum,
} from './report.js';
