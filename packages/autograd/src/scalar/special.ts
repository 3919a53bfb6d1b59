// scalar/special: the special functions that JavaScript's Math lacks, in float64; the truth that SIMD kernels are tested against.

/** Horner's scheme, coefficients lowest first. */
const polynomial = (coefficients: readonly number[], x: number): number => {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k];
  return sum;
};

// Both tables are fitted by test/scalar/figures/erf_coefficients.py.

/** R of erf(x) = x + x·R(x²) for |x| ≤ 1; error 2e-17. */
export const ERF_SMALL: readonly number[] = [
  0.1283791670955126, -0.3761263890318375, 0.11283791670954879, -0.026866170645076792,
  0.0052239776248180145, -0.000854832698083379, 0.000120553311116427, -1.4925595266831e-5,
  1.646100048412e-6, -1.635031270105e-7, 1.4659775274e-8, -1.137284886e-9, 5.95717615e-11,
];

/** Q of erf(x) = 1 − exp(−x²)·Q(v) for 1 < x < 6, where v = (2/(2 + x) − 11/24) / (5/24) ∈ [−1, 1]; error 2e-17. */
export const ERF_LARGE: readonly number[] = [
  0.2214295402299318, 0.16189356804102537, 0.038560570425181566, 0.005588816281825879,
  0.00019713917776009, -8.0792204118041e-5, -7.340518285e-6, 1.97956115821e-6, 1.6350102372e-7,
  -7.0051702055e-8, -5.92636132e-10, 2.622350033e-9, -2.63424302e-10, -7.2905085e-11, 1.862099e-11,
];

/**
 * The error function 2/√π ∫₀ˣ exp(−t²) dt, odd, within 1 ulp.
 * Up to 1 as x + x·R(x²), whose last addition is the only rounding that counts; to 6 by the complement; then ±1.
 */
export function erf(x: number): number {
  const r = Math.abs(x);
  if (r <= 1) return x + x * polynomial(ERF_SMALL, x * x);
  if (r < 6) {
    const v = (2 / (2 + r) - 11 / 24) * 4.8;
    const y = 1 - Math.exp(-r * r) * polynomial(ERF_LARGE, v);
    return x < 0 ? -y : y;
  }
  return Math.sign(x);
}

/** The logistic function 1/(1 + e⁻ˣ), within 2 ulp; the exponential is never of a positive number, so nothing overflows. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + eˣ), within 2 ulp in both tails: max(x, 0) + log1p(e^−|x|). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** log σ(x) = −softplus(−x), within 2 ulp in both tails: min(x, 0) − log1p(e^−|x|). */
export function logSigmoid(x: number): number {
  return Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
}

/** To the nearest integer, ties to the even one (IEEE 754's default); −0 and the signs of zeros are kept. */
export function roundHalfEven(x: number): number {
  const up = Math.round(x); // ties towards +∞
  return up - x === 0.5 ? 2 * Math.round(x / 2) : up;
}

/**
 * aᵇ as IEEE 754, C, NumPy and PyTorch have it: 1ᵇ and (−1)^±∞ are 1 whatever b, where `Math.pow` gives NaN.
 */
export function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1;
  return a ** b;
}

/**
 * aᵇ on int32, wrapping, by squaring. Negative exponents truncate 1/aᵇ towards zero:
 * 1 and −1 keep their powers, everything else (0 too) gives 0, as PyTorch.
 */
export function integerPower(a: number, b: number): number {
  if (b < 0) return a === 1 ? 1 : a === -1 ? ((b & 1) === 0 ? 1 : -1) : 0;
  let result = 1;
  for (let base = a, rest = b; rest > 0; rest >>= 1) {
    if ((rest & 1) === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}
