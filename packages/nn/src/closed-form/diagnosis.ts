// What is wrong with a gradient, told from the numbers alone: factors, signs, transpositions, what was left out.

import type { Shape } from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { differenceOf } from './differences.js';
import type { Values } from './gradient-leaves.js';

/** How a formula's gradient differs from the tape's. */
export type DiagnosisKind =
  /** There is none. */
  | 'missing'
  /** Its shape is not that of the parameter. */
  | 'shape'
  /** It is zero, and ought not to be. */
  | 'zero'
  /** The value does not depend on the parameter. */
  | 'independent'
  /** It has the other sign. */
  | 'sign'
  /** It is a constant multiple. */
  | 'factor'
  /** Rows and columns are exchanged. */
  | 'transposed'
  /** A multiple of the parameter, as a penalty on it has for gradient, is missing or too much. */
  | 'penalty'
  /** It belongs to another parameter, or adds that of another. */
  | 'other-parameter'
  /** The derivative of an elementwise operation (σ′) was left out. */
  | 'missing-derivative'
  /** The derivative of an elementwise operation (σ′) was multiplied in twice. */
  | 'repeated-derivative'
  /** Only one sample was counted. */
  | 'one-sample'
  /** None of these. */
  | 'unknown';

export interface Diagnosis {
  readonly kind: DiagnosisKind;
  /** Formula / tape, where there is a constant factor; c of c θ for a penalty. */
  readonly factor?: number;
  /** A sentence. */
  readonly text: string;
}

/** A count that a factor may be: m = 32, the rows of some result. */
export interface Count {
  readonly name: 'm' | 'n';
  readonly count: number;
  readonly of: string;
}

export interface Evidence {
  /** The parameter, its gradient on the tape, and the formula's. */
  readonly theta: Values;
  readonly tape: Values;
  readonly analytic: Values | null;
  /** The tape's gradients of the other parameters. */
  readonly others: readonly { readonly path: string; readonly tape: Values }[];
  /** The numbers of samples and of elements that appear on the tape. */
  readonly counts: readonly Count[];
  /** The relative difference up to which numbers count as equal. */
  readonly tolerance: number;
}

// ── Telling numbers apart ──────────────────────────────────────────────────────────────────────────

export function matches(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): boolean {
  return a.length === b.length && differenceOf(a, b).relative <= tolerance;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The c of a = c·b, if there is one (by least squares: ⟨a, b⟩/⟨b, b⟩); null if not, or if b is 0. */
export function constantFactor(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  tolerance: number,
): number | null {
  const c = dot(a, b) / dot(b, b);
  if (a.length !== b.length || !Number.isFinite(c) || c === 0) return null;
  return matches(
    a,
    Float64Array.from(b, (x) => c * x),
    tolerance,
  )
    ? c
    : null;
}

export function isZero(values: ArrayLike<number>): boolean {
  return Array.from(values).every((x) => x === 0);
}

/** Sizes without the axes of size 1, which only say whether a vector lies or stands. */
function squeezed(shape: Shape): string {
  return shape.filter((size) => size !== 1).join();
}

export function fitsShape(a: Shape, b: Shape): boolean {
  return squeezed(a) === squeezed(b);
}

function transposedValues({ shape: [rows, columns], data }: Values): Float64Array {
  return Float64Array.from({ length: data.length }, (_, k) => {
    const [i, j] = [Math.floor(k / rows), k % rows];
    return data[j * columns + i];
  });
}

// ── Naming ─────────────────────────────────────────────────────────────────────────────────────────

function near(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.abs(b);
}

/** A factor that has a name: −1, 2, ½, m, 1/m, and these with a minus. Null for any other. */
export function nameOfFactor(
  factor: number,
  counts: readonly Count[],
  tolerance: number,
): string | null {
  const minus = factor < 0 ? '−' : '';
  const size = Math.abs(factor);
  if (near(size, 1, tolerance)) return minus === '' ? null : '−1';
  const meaning = (c: number) => counts.find(({ count }) => near(c, count, tolerance)) ?? null;
  const [whole, inverse] = [meaning(size), meaning(1 / size)];
  const said = (name: string, { name: n, count, of }: Count) =>
    `${minus}${name}, ${n} = ${count}, ${of}`;
  const plain = near(size, 2, tolerance) ? '2' : near(size, 0.5, tolerance) ? '½' : null;
  if (plain !== null) {
    const also = whole ?? inverse;
    return `${minus}${plain}${also === null ? '' : ` (or ${also.name}, ${also.of})`}`;
  }
  if (whole !== null) return said(whole.name, whole);
  return inverse === null ? null : said(`1/${inverse.name}`, inverse);
}

/** `, and a factor …` behind another diagnosis; nothing where the factor is 1. */
export function withFactor(factor: number, { counts, tolerance }: Evidence): string {
  if (near(factor, 1, tolerance)) return '';
  return `, and there is a factor ${nameOfFactor(factor, counts, tolerance) ?? rounded(factor)}`;
}

/** Six digits; all of them where six would say 1. */
export function rounded(x: number): string {
  const short = Number(x.toPrecision(6));
  return String(Math.abs(short) === 1 ? x : short);
}

// ── Diagnoses ──────────────────────────────────────────────────────────────────────────────────────

/** A factor that has a name. */
function namedFactor({ tape, analytic, counts, tolerance }: Evidence): Diagnosis | null {
  const factor = constantFactor((analytic as Values).data, tape.data, tolerance);
  const name = factor === null ? null : nameOfFactor(factor, counts, tolerance);
  if (factor === null || name === null) return null;
  return name === '−1'
    ? { kind: 'sign', factor: -1, text: 'the sign is swapped' }
    : { kind: 'factor', factor, text: `is the tape’s times ${name}` };
}

/** Any other factor; one ratio alone says nothing. */
function anyFactor({ tape, analytic, tolerance }: Evidence): Diagnosis | null {
  if (Array.from(tape.data).filter((x) => x !== 0).length < 2) return null;
  const factor = constantFactor((analytic as Values).data, tape.data, tolerance);
  if (factor === null) return null;
  return { kind: 'factor', factor, text: `is the tape’s times ${rounded(factor)}` };
}

function transposition(evidence: Evidence): Diagnosis | null {
  const { tape, tolerance } = evidence;
  const analytic = evidence.analytic as Values;
  const [rows, columns] = analytic.shape;
  if (analytic.shape.length !== 2 || tape.shape.length !== 2) return null;
  if (rows !== tape.shape[1] || columns !== tape.shape[0]) return null;
  const factor = constantFactor(transposedValues(analytic), tape.data, tolerance);
  if (factor === null || (analytic.data.length < 2 && !near(factor, 1, tolerance))) return null;
  return {
    kind: 'transposed',
    factor,
    text: `transposed: its rows are the columns${withFactor(factor, evidence)}`,
  };
}

/** tape − analytic = c θ. */
function penalty({ theta, tape, analytic, tolerance }: Evidence): Diagnosis | null {
  const { data } = analytic as Values;
  const lacking = Float64Array.from(tape.data, (g, i) => g - data[i]);
  if (Array.from(theta.data).filter((x) => x !== 0).length < 2) return null;
  const c = constantFactor(lacking, theta.data, tolerance);
  if (c === null) return null;
  const text =
    c > 0
      ? `lacks ${rounded(c)} θ, the gradient of the penalty (λ/2m) Σθ² with λ/m = ${rounded(c)}`
      : `has ${rounded(-c)} θ too much, the gradient of a penalty (λ/2m) Σθ² that J doesn’t have on it`;
  return { kind: 'penalty', factor: c, text };
}

function otherParameter({ tape, analytic, others, tolerance }: Evidence): Diagnosis | null {
  const { data } = analytic as Values;
  for (const other of others) {
    if (other.tape.data.length !== data.length || isZero(other.tape.data)) continue;
    if (matches(data, other.tape.data, tolerance)) {
      return { kind: 'other-parameter', text: `is the gradient of ${other.path}` };
    }
    const sum = Float64Array.from(tape.data, (g, i) => g + other.tape.data[i]);
    if (matches(data, sum, tolerance)) {
      return { kind: 'other-parameter', text: `has the gradient of ${other.path} added` };
    }
  }
  return null;
}

/** What can be said before the numbers are compared. */
export function obvious({ tape, analytic }: Evidence): Diagnosis | null {
  if (analytic === null) return { kind: 'missing', text: 'no gradient is given' };
  if (!fitsShape(analytic.shape, tape.shape)) {
    return {
      kind: 'shape',
      text: `has shape ${formatShape(analytic.shape)}, the parameter ${formatShape(tape.shape)}`,
    };
  }
  if (isZero(tape.data)) {
    return { kind: 'independent', text: 'the tape has 0: the value does not depend on it' };
  }
  return isZero(analytic.data) ? { kind: 'zero', text: 'is 0, and the tape’s is not' } : null;
}

/** The first of these that explains all numbers, the exact ones first; `replayed` stands for what needs the tape. */
export function diagnose(
  evidence: Evidence,
  replayed: (exact: boolean) => Diagnosis | null,
): Diagnosis {
  const clear = obvious(evidence);
  if (clear !== null && clear.kind !== 'shape') return clear;
  const transposed = transposition(evidence);
  if (clear !== null) return transposed ?? clear;
  return (
    namedFactor(evidence) ??
    transposed ??
    penalty(evidence) ??
    otherParameter(evidence) ??
    replayed(true) ??
    anyFactor(evidence) ??
    replayed(false) ?? { kind: 'unknown', text: `no known pattern: ${ratios(evidence)}` }
  );
}

function ratios({ tape, analytic }: Evidence): string {
  const { data } = analytic as Values;
  const all = Array.from(tape.data, (g, i) => data[i] / g).filter(Number.isFinite);
  if (all.length === 0) return 'no ratio is finite';
  const [least, most] = [
    all.reduce((a, b) => Math.min(a, b)),
    all.reduce((a, b) => Math.max(a, b)),
  ];
  return `the ratios run from ${rounded(least)} to ${rounded(most)}`;
}
