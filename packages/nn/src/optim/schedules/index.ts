// Schedules: the door of the room.

export { chainSchedules, joinSchedules } from './combine.js';
export {
  cosineDecay,
  cosineRestarts,
  exponentialDecay,
  type FinalOption,
  multiStepDecay,
  type PolynomialOptions,
  polynomialDecay,
  type RestartOptions,
  stepDecay,
} from './decays.js';
export { defineSchedule, type Schedule, type ScheduleFormula } from './schedule.js';
export type { ScheduleOption } from './scheduled.js';
export {
  type Plateau,
  type PlateauOptions,
  reduceOnPlateau,
  type Scheduler,
  scheduler,
} from './scheduler.js';
export {
  constantSchedule,
  linearWarmup,
  type OneCycleOptions,
  oneCycle,
  type WarmupOptions,
} from './warmups.js';
