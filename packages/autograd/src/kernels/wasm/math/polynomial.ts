// Polynomials on vectors.

import type { Lanes, Vec } from '../vector.js';
import type { Polynomial } from './coefficients.js';

/** Horner's scheme on coefficients, lowest first. */
export function horner(l: Lanes, coefficients: readonly number[], x: Vec): Vec {
  let sum = l.number(coefficients[coefficients.length - 1]);
  for (let k = coefficients.length - 2; k >= 0; k--) {
    sum = l.add(l.mul(sum, x), l.number(coefficients[k]));
  }
  return sum;
}

/** The polynomial fitted for the lanes' dtype. */
export const polynomial = (l: Lanes, p: Polynomial, x: Vec): Vec => horner(l, p[l.dtype], x);
