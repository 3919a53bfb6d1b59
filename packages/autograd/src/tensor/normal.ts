// The inverse of the normal distribution, from + − × ÷ √ alone, so that every machine gives the same bits.
// kernels/wasm/normal-code.ts computes the same on vectors, operation by operation.

export const LN2 = 0.6931471805599453;
/** The last odd power of the series of the logarithm. */
export const LOG_TERMS = 23;
const SQRT2 = 1.4142135623730951;

/**
 * ln x for 0 < x ≤ 1. x is scaled by powers of two (exact) to m in [1/√2, √2); with s = (m − 1)/(m + 1),
 * ln m = 2(s + s³/3 + s⁵/5 + …), |s| ≤ 0.172, so that eleven terms reach the last bit.
 */
function naturalLog(x: number): number {
  let m = x;
  let exponent = 0;
  while (m < SQRT2 / 2) {
    m *= 2;
    exponent -= 1;
  }
  const s = (m - 1) / (m + 1);
  const s2 = s * s;
  let sum = 0;
  for (let k = LOG_TERMS; k >= 1; k -= 2) sum = sum * s2 + 1 / k;
  return exponent * LN2 + 2 * s * sum;
}

function rational(x: number, numerator: readonly number[], denominator: readonly number[]): number {
  let p = 0;
  let q = 0;
  for (let i = numerator.length - 1; i >= 0; i--) {
    p = p * x + numerator[i];
    q = q * x + denominator[i];
  }
  return p / q;
}

// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution",
// Applied Statistics 37 (1988), PPND16. Relative accuracy about 1e-16.
export const CENTRE = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
  45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
];
export const CENTRE_BELOW = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867,
  39307.89580009271061, 28729.085735721942674, 5226.495278852854561,
];
export const MIDDLE = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
  1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833,
  7.7454501427834140764e-4,
];
export const MIDDLE_BELOW = [
  1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
  0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
];
export const TAIL = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
  0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5,
  2.01033439929228813265e-7,
];
export const TAIL_BELOW = [
  1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
  7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7,
  2.04426310338993978564e-15,
];

/** The z with Φ(z) = p, for 0 < p < 1. */
export function inverseNormal(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(0.180625 - q * q, CENTRE, CENTRE_BELOW);
  const r = Math.sqrt(-naturalLog(q < 0 ? p : 1 - p));
  const z = r <= 5 ? rational(r - 1.6, MIDDLE, MIDDLE_BELOW) : rational(r - 5, TAIL, TAIL_BELOW);
  return q < 0 ? -z : z;
}
