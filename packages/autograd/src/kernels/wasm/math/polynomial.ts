// Polynomials on vectors.

import type { Lanes, Vec } from '../vector.js';
import type { Polynomial, Quotient } from './coefficients.js';

/** Horner's scheme on coefficients, lowest first. */
function horner(l: Lanes, coefficients: readonly number[], x: Vec): Vec {
  let sum = l.number(coefficients[coefficients.length - 1]);
  for (let k = coefficients.length - 2; k >= 0; k--) {
    sum = l.madd(sum, x, coefficients[k]);
  }
  return sum;
}

/** From here on two chains of half the length, for even and odd powers, run faster side by side. */
const LONG = 5;

/** A polynomial given by its coefficients, lowest first. */
export function polynomialOf(l: Lanes, coefficients: readonly number[], x: Vec): Vec {
  if (coefficients.length < LONG) return horner(l, coefficients, x);
  const square = l.mul(x, x);
  const [even, odd] = [0, 1].map((parity) =>
    horner(
      l,
      coefficients.filter((_, k) => k % 2 === parity),
      square,
    ),
  );
  return l.madd(odd, x, even);
}

/** The polynomial fitted for the lanes' dtype. */
export const polynomial = (l: Lanes, p: Polynomial, x: Vec): Vec => polynomialOf(l, p[l.dtype], x);

/** x + x·z·P(z), where z is x². */
export const oddPolynomial = (l: Lanes, p: Polynomial, x: Vec, z: Vec): Vec =>
  l.add(x, l.mul(l.mul(x, z), polynomial(l, p, z)));

/** The bounds where x lies beyond them. */
export const clamp = (l: Lanes, x: Vec, low: number, high: number): Vec =>
  l.pmax(l.pmin(x, high), low);

/**
 * c·x + x·P(x²)/Q(x²), and its last value beyond `most`; not above 1. Where the line c·x comes near the function, what the
 * quotient's many roundings add is small.
 */
export function oddQuotient(l: Lanes, { most, slope, above, below }: Quotient, x: Vec): Vec {
  const a = clamp(l, x, -most, most);
  const z = l.mul(a, a);
  const rest = l.div(l.mul(a, polynomialOf(l, above, z)), polynomialOf(l, below, z));
  return clamp(l, l.madd(a, slope, rest), -1, 1);
}
