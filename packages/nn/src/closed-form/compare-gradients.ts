// A user's own formula beside the tape: which gradient is off, where, and what was forgotten.

import {
  ArgumentError,
  backward,
  Operand,
  type Shape,
  ShapeError,
  type Tensor,
  Variable,
  zerosLike,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import {
  constantFactor,
  type Diagnosis,
  diagnose,
  type Evidence,
  fitsShape,
  matches,
  withFactor,
} from './diagnosis.js';
import { differenceOf, formatDifference, formatTable, larger, within } from './differences.js';
import { ComparisonError } from './errors.js';
import {
  type AnalyticGradients,
  bindParameters,
  gradientsFor,
  type Parameter,
  type Values,
  valuesOf,
} from './gradient-leaves.js';
import {
  pointOf,
  pointsBehind,
  type TapePoint,
  unfrozen,
  withGradientsKept,
} from './tape-points.js';
import {
  countsOf,
  type Mistake,
  making,
  mistakesOfDerivatives,
  mistakesOfSamples,
} from './what-if.js';

/** What was found for one parameter. */
export interface GradientRow {
  /** `W`, `layers[0].b`, the name in a model's state; '' for a parameter that stands alone. */
  readonly parameter: string;
  readonly shape: Shape;
  /** max |formula − tape|; NaN where the two can't be compared. */
  readonly absolute: number;
  /** max |formula − tape| / max |tape| */
  readonly relative: number;
  /** The element with the largest difference; null where there is none to name. */
  readonly worst: {
    readonly index: readonly number[];
    readonly formula: number;
    readonly tape: number;
  } | null;
  /** What is wrong; null where the two agree. */
  readonly diagnosis: Diagnosis | null;
}

export interface CompareGradientsOptions {
  /** The relative difference up to which gradients agree. Default: 1e-10, in float32 1e-4. */
  readonly tolerance?: number;
}

/** What the comparison of a formula with the tape found. Prints as a table. */
export class GradientReport {
  /** One row for each parameter, in their order. */
  readonly rows: readonly GradientRow[];
  readonly tolerance: number;

  /** @internal Use `compareGradients(fn, params, analytic)`. */
  constructor(rows: readonly GradientRow[], tolerance: number) {
    this.rows = rows;
    this.tolerance = tolerance;
  }

  /** The row with the largest relative difference. */
  get largest(): GradientRow {
    return this.rows.reduce(larger);
  }

  /** @throws ComparisonError that names the worst parameter and element and what is wrong, unless all agree. */
  assertClose(tolerance = this.tolerance): this {
    const row = this.largest;
    if (within(row.relative, tolerance)) return this;
    const { worst, diagnosis } = row;
    const element =
      worst === null
        ? ''
        : `, at ${formatShape(worst.index)} ${worst.formula} instead of ${worst.tape}`;
    throw new ComparisonError(
      `compareGradients: formula and tape agree to ${tolerance}, got a relative difference of ` +
        `${formatDifference(row.relative)} in ${row.parameter || 'the parameter'}${element}. ` +
        `What is wrong: ${diagnosis?.text ?? 'the tolerance is below what was asked for'}.`,
    );
  }

  toString(): string {
    const head = ['parameter', 'shape', 'max |formula − tape|', '/ max |tape|', 'what is wrong'];
    const lines = this.rows.map(({ parameter, shape, absolute, relative, diagnosis }) => [
      parameter,
      formatShape(shape),
      formatDifference(absolute),
      formatDifference(relative),
      diagnosis?.text ?? '',
    ]);
    return formatTable([head, ...lines]);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

const OP = 'compareGradients';

function scalarOf(value: unknown): Tensor {
  if (!(value instanceof Operand)) {
    throw new ArgumentError(
      `${OP}: the function returns a tensor, got ${typeof value}. Return the loss itself, not a number read from it.`,
    );
  }
  if (value.size === 1) return value.read();
  throw new ShapeError(
    `${OP}: the function returns a single number, got shape ${formatShape(value.shape)}. ` +
      'Reduce it with .sum() or .mean().',
  );
}

/** Backward once more; the gradients that arrive in the parameters, zeros where none does. */
function replay(value: Tensor, parameters: readonly Parameter[]): Values[] {
  for (const { cell } of parameters) cell.clearGrad();
  backward(value, undefined, { retain: true });
  return parameters.map(({ cell }) => {
    const gradient: Tensor = cell.grad ?? zerosLike(cell.read());
    return { shape: gradient.shape, data: gradient.data() };
  });
}

/** The tape's gradients as they would be, had a formula made one mistake or another; each replayed only once. */
class Suspicions {
  readonly #mistakes: readonly Mistake[];
  readonly #replays: (readonly Values[] | undefined)[];
  readonly #replay: () => Values[];

  constructor(mistakes: readonly Mistake[], replay: () => Values[]) {
    this.#mistakes = mistakes;
    this.#replays = new Array(mistakes.length).fill(undefined);
    this.#replay = replay;
  }

  /** The first mistake that gives this parameter's gradient, exactly or up to a constant factor. */
  explain(index: number, evidence: Evidence, exact: boolean): Diagnosis | null {
    const { data } = evidence.analytic as Values;
    for (const [k, mistake] of this.#mistakes.entries()) {
      this.#replays[k] ??= making(mistake, this.#replay);
      const { data: mistaken } = (this.#replays[k] as readonly Values[])[index];
      // A mistake that changes nothing here explains nothing.
      if (matches(mistaken, evidence.tape.data, evidence.tolerance)) continue;
      const { kind, text } = mistake;
      if (exact) {
        if (matches(data, mistaken, evidence.tolerance)) return { kind, text };
        continue;
      }
      const factor = constantFactor(data, mistaken, evidence.tolerance);
      if (factor === null || data.length < 2) continue;
      return { kind, factor, text: text + withFactor(factor, evidence) };
    }
    return null;
  }
}

/** The indices of element `at` of a shape. */
function indexOf(at: number, shape: Shape): number[] {
  const index: number[] = [];
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

function rowOf({ path, value }: Parameter, tape: Values, analytic: Values | null): GradientRow {
  const row = { parameter: path, shape: value.shape, diagnosis: null };
  if (analytic === null || !fitsShape(analytic.shape, tape.shape)) {
    return { ...row, absolute: Number.NaN, relative: Number.NaN, worst: null };
  }
  const { absolute, relative, at } = differenceOf(analytic.data, tape.data);
  const worst =
    at < 0
      ? null
      : { index: indexOf(at, value.shape), formula: analytic.data[at], tape: tape.data[at] };
  return { ...row, absolute, relative, worst };
}

/**
 * Sets a formula of the user's against the tape, for any function: for each parameter the largest difference, the
 * element that has it, and what is wrong, if it can be told. Recognised are a constant factor (the number of samples m,
 * 2, ½, …), a swapped sign, a transposition, a missing or repeated σ′, a single sample counted instead of all, a missing
 * penalty, the gradient of another parameter, and zeros.
 *
 * ```ts
 * const report = compareGradients(
 *   ({ W, b }) => x.matmul(W).add(b).sub(y).square().mean(),
 *   { W, b },
 *   ({ W, b }) => formula(W, b),      // { W: …, b: … }
 * );
 * console.log(report);
 * report.assertClose();
 * ```
 *
 * @param fn returns a single number. It is called once, with `params`; cells and a model may also be closed over.
 * @param params tensors and variables, nested in arrays and objects, or a model. What stands in their `.grad` stays.
 * @param analytic the gradients in the structure of `params` (for a model, by the names of its state), or a function
 *   that returns them: tensors, matrices or nested numbers. Axes of size 1 don't count.
 * @throws ArgumentError if there are no parameters, or a result or gradient is no tensor; ShapeError unless `fn` returns a
 *   single number; NoPathError if it depends on no parameter at all.
 */
export function compareGradients<P extends object>(
  fn: (params: P) => Operand,
  params: P,
  analytic: AnalyticGradients<P> | ((params: P) => AnalyticGradients<P>),
  options: CompareGradientsOptions = {},
): GradientReport {
  const [bound, parameters] = bindParameters(OP, params);
  const cells = parameters.flatMap(({ cell }) => (cell instanceof Variable ? [cell] : []));
  return unfrozen(cells, () => {
    const value = scalarOf(fn(bound as P));
    const single = parameters.some(({ value: { dtype } }) => dtype !== 'float64');
    const { tolerance = single ? 1e-4 : 1e-10 } = options;
    const given = typeof analytic === 'function' ? analytic(bound as P) : analytic;
    const formulas = gradientsFor(params, given).map((gradient, i) =>
      valuesOf(OP, parameters[i].path, gradient),
    );
    return withGradientsKept(value, () => {
      const tape = replay(value, parameters);
      const points = pointsBehind(value);
      const leaves = new Set(
        parameters.flatMap(({ cell }): TapePoint[] => {
          const point = pointOf(cell.read());
          return point === null ? [] : [point];
        }),
      );
      const suspicions = new Suspicions(
        [...mistakesOfDerivatives(points), ...mistakesOfSamples(points, leaves)],
        () => replay(value, parameters),
      );
      const counts = countsOf(points);
      const rows = parameters.map((parameter, i): GradientRow => {
        const row = rowOf(parameter, tape[i], formulas[i]);
        if (within(row.relative, tolerance)) return row;
        const evidence: Evidence = {
          theta: { shape: parameter.value.shape, data: parameter.value.data() },
          tape: tape[i],
          analytic: formulas[i],
          others: parameters.flatMap(({ path }, k) => (k === i ? [] : [{ path, tape: tape[k] }])),
          counts,
          tolerance: Math.max(single ? 1e-3 : 1e-7, tolerance),
        };
        const replayed = (exact: boolean) => suspicions.explain(i, evidence, exact);
        return { ...row, diagnosis: diagnose(evidence, replayed) };
      });
      return new GradientReport(rows, tolerance);
    });
  });
}
