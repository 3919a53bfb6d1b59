// Minimisation: arithmetic on vectors, plain arrays of float64.

export type Vector = Float64Array;

export function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** ‖a‖₂, also where the squares overflow or vanish. */
export function norm(a: Vector): number {
  const plain = Math.sqrt(dot(a, a));
  if (plain > 1e-150 && plain < 1e150) return plain;
  const largest = maxAbs(a);
  if (largest === 0 || !Number.isFinite(largest)) return largest;
  let sum = 0;
  for (const value of a) sum += (value / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** ‖a‖∞; NaN if there is one, 0 without elements. */
export function maxAbs(a: Vector): number {
  let largest = 0;
  for (const value of a) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** a + s b, as a new vector. */
export function plus(a: Vector, s: number, b: Vector): Vector {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i] + s * b[i];
  return result;
}

/** a − b, as a new vector. */
export function minus(a: Vector, b: Vector): Vector {
  return plus(a, -1, b);
}

/** s a, as a new vector. */
export function scaled(s: number, a: Vector): Vector {
  return a.map((value) => s * value);
}

/** a ← a + s b. */
export function addTo(a: Vector, s: number, b: Vector): void {
  for (let i = 0; i < a.length; i++) a[i] += s * b[i];
}

export function allFinite(a: Vector): boolean {
  return a.every(Number.isFinite);
}
