// The 35 problems of Moré, Garbow and Hillstrom (ACM TOMS 7(1), 1981, pp. 17–41), as residuals whose sum of squares is
// minimised; numbers, names, starts and minima are the paper's.
import { fixed } from './more-garbow-hillstrom-fixed.js';
import type { Problem } from './more-garbow-hillstrom-parts.js';
import { variable } from './more-garbow-hillstrom-variable.js';

export type { Problem } from './more-garbow-hillstrom-parts.js';
export const problems: readonly Problem[] = [...fixed, ...variable];
