// What the comparisons throw when the two sides differ.

import { RetrogradError } from '@retrograd/autograd';

/** Two gradients that ought to be equal are not: the tape's, and a formula's. */
export class ComparisonError extends RetrogradError {
  readonly code = 'ERR_COMPARISON';
}
