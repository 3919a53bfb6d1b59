// Recurrent layers, and one step of each.

export type { SequenceLengths } from '../../sequences.js';
export {
  GruCell,
  gruCell,
  LstmCell,
  lstmCell,
  RecurrentCell,
  RnnCell,
  type RnnCellOptions,
  rnnCell,
} from './cells.js';
export { LastStep, lastStep } from './last-step.js';
export {
  Gru,
  gru,
  Lstm,
  type LstmState,
  lstm,
  Rnn,
  type RnnOptions,
  rnn,
} from './layers.js';
export type { RnnActivation } from './recurrences.js';
export { Recurrent, type RecurrentOptions, type Run, type RunOptions } from './recurrent.js';
export type { RecurrentInit, RecurrentWeights } from './weights.js';
