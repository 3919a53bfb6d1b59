// What if: the tape replayed with one rule changed, to see whether a formula made just that mistake.

import { type Adjoint, ElementwiseOp, type Tensor, tensor } from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import type { Count, DiagnosisKind } from './diagnosis.js';
import type { TapeOp, TapePoint } from './tape-points.js';

/** Replays cost a backward pass each; what is asked of long tapes is bounded. */
const OPERATIONS_TRIED = 32;
const SAMPLES_TRIED = 64;

/** A mistake that a formula may have made, as a change of the rules of some points of the tape. */
export interface Mistake {
  readonly kind: DiagnosisKind;
  readonly text: string;
  readonly points: readonly TapePoint[];
  /** The changed rule of a point. */
  readonly rule: (point: TapePoint, op: TapeOp) => TapeOp['vjp'];
}

function listOf(gradients: Adjoint | readonly Adjoint[]): readonly Adjoint[] {
  return Array.isArray(gradients) ? gradients : [gradients as Adjoint];
}

/** Runs `body` with the rules changed as the mistake has it. */
export function making<R>({ points, rule }: Mistake, body: () => R): R {
  const originals = points.map(({ op }) => op as TapeOp);
  try {
    points.forEach((point, i) => {
      const vjp = rule(point, originals[i]);
      point.op = Object.create(originals[i], { vjp: { value: vjp } }) as TapeOp;
    });
    return body();
  } finally {
    points.forEach((point, i) => {
      point.op = originals[i];
    });
  }
}

// ── σ′ ─────────────────────────────────────────────────────────────────────────────────────────────

/** The input of an elementwise operation whose derivative is not constant; −1 if there is no single one. */
function curvedInput({ op, inputs = [], shape }: TapePoint): number {
  if (!(op instanceof ElementwiseOp)) return -1;
  const tracked = inputs.flatMap((input, i) => (input === null ? [] : [i]));
  const [i] = tracked;
  if (tracked.length !== 1 || inputs[i]?.shape.join() !== shape.join()) return -1;
  // A derivative that reads neither its argument nor the result is a constant.
  const curved = ((op.savedInputs(1 << i) >> i) & 1) === 1 || op.savesOutputs(1 << i);
  return curved ? i : -1;
}

function derivativeMistakes(points: readonly TapePoint[], places: readonly TapePoint[]): Mistake[] {
  const [first] = points;
  const { name } = first.op as TapeOp;
  const i = curvedInput(first);
  const which =
    points.length > 1
      ? `of all ${points.length} ${name}`
      : `of ${name}${places.length > 1 ? ` number ${places.indexOf(first) + 1} of ${places.length}` : ''}` +
        ` (${formatShape(first.shape)})`;
  const alone = (count: number, g: Adjoint) =>
    Array.from({ length: count }, (_, k) => (k === i ? g : null));
  return [
    {
      kind: 'missing-derivative',
      text: `the derivative ${which} is missing, σ′(z)`,
      points,
      rule:
        ({ inputs = [] }) =>
        (g) =>
          alone(inputs.length, g),
    },
    {
      kind: 'repeated-derivative',
      text: `the derivative ${which} is multiplied in twice, σ′(z)`,
      points,
      rule: (_, op) => (g, point) => {
        const once = listOf(op.vjp(g, point))[i];
        return once === null ? alone(point.inputs?.length ?? 1, null) : op.vjp(once, point);
      },
    },
  ];
}

/** σ′ left out, or multiplied in twice: at each operation that bends, and at all of a name together. */
export function mistakesOfDerivatives(points: readonly TapePoint[]): Mistake[] {
  const curved = points.filter((point) => curvedInput(point) >= 0).slice(-OPERATIONS_TRIED);
  const byOp = new Map<TapeOp, TapePoint[]>();
  for (const point of curved) {
    const op = point.op as TapeOp;
    byOp.set(op, [...(byOp.get(op) ?? []), point]);
  }
  return [...byOp.values()].flatMap((places) => [
    ...places.flatMap((point) => derivativeMistakes([point], places)),
    ...(places.length > 1 ? derivativeMistakes(places, places) : []),
  ]);
}

// ── Samples ────────────────────────────────────────────────────────────────────────────────────────

/** The results that the parameters enter into directly: each has the samples along an axis. */
function entrances(points: readonly TapePoint[], leaves: ReadonlySet<TapePoint>): TapePoint[] {
  return points.filter(
    ({ inputs = [], shape }) =>
      shape.length >= 2 && inputs.some((input) => input !== null && leaves.has(input)),
  );
}

/** g with nothing left of it but the entry k along an axis. */
function only(g: Tensor, axis: number, k: number): Tensor {
  const shape = g.shape.map((size, i) => (i === axis ? size : 1));
  const ones = Float64Array.from({ length: g.shape[axis] }, (_, i) => (i === k ? 1 : 0));
  return g.mul(tensor(ones, { dtype: g.dtype }).reshape(shape));
}

/** Only sample k counted, with the samples in rows or in columns. */
export function mistakesOfSamples(
  points: readonly TapePoint[],
  leaves: ReadonlySet<TapePoint>,
): Mistake[] {
  const results = entrances(points, leaves);
  return [0, 1].flatMap((axis) => {
    const sizes = new Set(results.map(({ shape }) => shape[axis]));
    return [...sizes].flatMap((m) => {
      const masked = results.filter(({ shape }) => shape[axis] === m);
      if (m < 2) return [];
      const tried = m <= SAMPLES_TRIED ? Array.from({ length: m }, (_, k) => k) : [0, m - 1];
      return tried.map((k): Mistake => {
        const where = axis === 0 ? '' : ', samples being columns';
        return {
          kind: 'one-sample',
          text: `only sample ${k} of ${m} is counted${where}`,
          points: masked,
          rule: (_, op) => (g, point) => op.vjp(only(g, axis, k), point),
        };
      });
    });
  });
}

/** The numbers of rows, columns and elements of the results on the tape: what a stray factor may be. */
export function countsOf(points: readonly TapePoint[]): Count[] {
  const results = points.filter(({ inputs, shape }) => inputs !== undefined && shape.length >= 1);
  const rows = results.map(
    ({ shape }): Count => ({ name: 'm', count: shape[0], of: `the rows of ${formatShape(shape)}` }),
  );
  const columns = results
    .filter(({ shape }) => shape.length === 2)
    .map(
      ({ shape }): Count => ({
        name: 'm',
        count: shape[1],
        of: `the columns of ${formatShape(shape)}`,
      }),
    );
  const elements = results.map(
    ({ shape }): Count => ({
      name: 'n',
      count: shape.reduce((product, size) => product * size, 1),
      of: `the elements of ${formatShape(shape)}`,
    }),
  );
  return [...rows, ...columns, ...elements].filter(({ count }) => count > 1);
}
