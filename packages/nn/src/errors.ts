// The cellar: what only networks get wrong; everything else is one of autograd's errors.

import { RetrogradError, type Shape } from '@retrograd/autograd';

/** A state that doesn't belong to the model (or optimizer) that it is loaded into: names missing, names unexpected. */
export class StateError extends RetrogradError {
  readonly code = 'ERR_STATE';
}

/** A shape as messages print it: `[32, 10]`, and `[]` for a scalar. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
