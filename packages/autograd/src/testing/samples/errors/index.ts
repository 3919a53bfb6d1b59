// What operations refuse: the call, the class of the error and its message, by family.

import type { ErrorSample } from '../sample.js';
import { arithmeticErrors } from './arithmetic.js';
import { convolutionErrors } from './convolution.js';
import { positionErrors } from './positions.js';
import { shapeErrors } from './shapes.js';

/** Calls that every operation refuses at the door. */
export const errorSamples: readonly ErrorSample[] = [
  ...arithmeticErrors,
  ...shapeErrors,
  ...positionErrors,
  ...convolutionErrors,
];
