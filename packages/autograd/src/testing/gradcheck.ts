// The judge of derivatives: every rule against central differences, first and second order, both modes.

import { ArgumentError } from '../errors.js';
import { rng } from '../kernels/random.js';
import type { Operand } from '../tensor/operand.js';
import type { Generator } from '../tensor/random.js';
import { Tensor } from '../tensor/tensor.js';
import type { Variable } from '../tensor/variable.js';
import { accumulated } from './accumulated.js';
import { Comparison } from './comparison.js';
import { type Difference, differences, stepFor } from './differences.js';
import { moved, Problem } from './problem.js';
import { GradcheckReport, type ReportLine } from './report.js';
import { pull, push, type TensorMap, unitDirections, weightedSize, weightedSum } from './rules.js';

/** What a checked function takes: tensors, nested in arrays and plain objects as they may be. */
export type GradcheckInput =
  | Operand
  | number
  | boolean
  | string
  | null
  | undefined
  | readonly GradcheckInput[]
  | { readonly [key: string]: GradcheckInput };

/** How derivatives are computed that gradcheck judges. */
export type GradcheckMode = 'reverse' | 'forward' | 'compiled';

const MODES: readonly GradcheckMode[] = ['reverse', 'forward', 'compiled'];

export interface GradcheckOptions {
  /** 1: first derivatives only. 2 (the default): second derivatives too. */
  readonly order?: 1 | 2;
  /**
   * Which modes are checked. Default: reverse and forward. An operation without a jvp has only `reverse`. `compiled`: the
   * first derivatives that `backward()` leaves in variables, run as it is and as a compiled program.
   */
  readonly modes?: readonly GradcheckMode[];
  /**
   * The variables that the function closes over, by names. It is differentiated by those that require a gradient; the
   * others are its state, which every evaluation finds as it is now. A model's are
   * `Object.fromEntries(model.namedVariables())`.
   */
  readonly variables?: Readonly<Record<string, Variable>>;
  /** What the function draws from: in every evaluation the same numbers, the next ones. */
  readonly generators?: readonly Generator[];
  /** The largest relative error of a first derivative. Default: 1e-6. */
  readonly tolerance?: number;
  /** The largest relative error of a second derivative. Default: 1e-5. */
  readonly secondTolerance?: number;
  /** The first step of the differences, for an input of size up to 1; relative to larger ones. Default: 2⁻⁶. */
  readonly eps?: number;
  /** What the function is called in messages. Default: its own name. */
  readonly name?: string;
  /** Of the random weights. Default: 0. */
  readonly seed?: number;
}

const DEFAULT_STEP = 2 ** -6;
/** The extrapolation must know a derivative this much better than the tolerance, or it tries smaller steps. */
const MARGIN = 0.01;
/** A derivative is not judged finer than relative to this part of the values it is a difference of. */
const NOISE = 1e-6;
/** Nor finer than relative to this. */
const LEAST_SCALE = 1e-9;

/** Weights of either sign and of sizes in [0.5, 1.5), so that no element's derivative goes unseen. */
function weightsLike(values: readonly Tensor[], source: Generator): Tensor[] {
  const weight = () => (0.5 + source.next()) * (source.next() < 0.5 ? -1 : 1);
  return values.map(({ shape, size }) => {
    const storage = shape.length === 0 ? weight() : Float64Array.from({ length: size }, weight);
    return new Tensor(storage, shape, 'float64', null, 0);
  });
}

/** The derivatives of Σ weights · fn by every element of every input, by differences. */
function differentiate(
  fn: TensorMap,
  at: readonly Tensor[],
  weights: readonly Tensor[],
  eps: readonly number[],
  accuracy: number,
): { expected: Difference[][]; floor: number } {
  const size = weightedSize(weights, fn(at));
  const floor = Math.max(LEAST_SCALE, NOISE * size);
  const expected = at.map((x, place) => {
    const along = Array.from(x.data(), (value, element) => ({
      f: (offset: number) => {
        const there = at.map((own, k) => (k === place ? moved(x, element, offset) : own));
        return weightedSum(weights, fn(there));
      },
      h: stepFor(value, eps[place]),
    }));
    return differences(along, accuracy, floor);
  });
  return { expected, floor };
}

type Checked = 'order' | 'modes' | 'eps' | 'tolerance' | 'secondTolerance';

function checkOptions(options: Required<Pick<GradcheckOptions, Checked>>): void {
  const { order, modes, eps, tolerance, secondTolerance } = options;
  const fail = (rule: string, got: unknown) => {
    throw new ArgumentError(`gradcheck: ${rule}, got ${String(got)}. Check the option.`);
  };
  if (order !== 1 && order !== 2) fail('order is 1 or 2', order);
  if (modes.length === 0 || !modes.every((mode) => MODES.includes(mode))) {
    fail('modes are one or more of reverse, forward and compiled', `[${modes.join(', ')}]`);
  }
  for (const [name, value] of Object.entries({ eps, tolerance, secondTolerance })) {
    if (!(value > 0)) fail(`${name} is greater than 0`, value);
  }
}

/** A function that draws random numbers or counts its calls has no derivative to be found by differences. */
function refuseChange(name: string, first: readonly Tensor[], second: readonly Tensor[]): void {
  const same = first.every((y, k) => {
    const other = second[k]?.data();
    return other !== undefined && y.data().every((value, i) => Object.is(value, other[i]));
  });
  if (same && first.length === second.length) return;
  throw new ArgumentError(
    `gradcheck: the function gives the same result each time, got two different ones from ${name}. ` +
      'Draw random numbers outside of it, or pass what it draws from as generators and what it assigns as variables.',
  );
}

/**
 * Checks the derivatives of `fn` at `inputs` against central differences, extrapolated to a step of 0. The float64
 * tensors among the inputs are differentiated, and the `variables` that `fn` closes over; int32 and bool tensors are held
 * constant. `fn` may return a tensor, or an array or plain object of tensors, of which those of float64 count.
 *
 * First order: the gradients Jᵀw for random weights w (reverse, all inputs at once and each one alone), and the
 * tangents Jv for every unit vector v and for a random one (forward). Second order: the gradient, by the inputs and by
 * w, of a random weighting of Jᵀw: reverse over reverse, forward over reverse and reverse over forward. An error is
 * relative to the largest derivative by that input.
 *
 * @returns the largest errors.
 * @throws GradcheckError where a rule and the differences differ; it names the function, mode and order, the input, the
 *   element's index, both numbers and the relative error. DTypeError for float32, ArgumentError for a function without
 *   floating result or one that changes from call to call.
 */
export function gradcheck(
  fn: (...inputs: never[]) => unknown,
  inputs: readonly GradcheckInput[],
  options: GradcheckOptions = {},
): GradcheckReport {
  const {
    order = 2,
    modes = ['reverse', 'forward'],
    tolerance = 1e-6,
    secondTolerance = 1e-5,
    eps = DEFAULT_STEP,
    seed = 0,
  } = options;
  checkOptions({ order, modes, tolerance, secondTolerance, eps });
  const name = options.name ?? (fn.name === '' ? 'the function' : fn.name);
  const problem = new Problem(fn, inputs, options);
  try {
    return examine(problem, name, { order, modes, tolerance, secondTolerance, eps, seed });
  } finally {
    problem.begin();
  }
}

type Settings = Required<Pick<GradcheckOptions, Checked | 'seed'>>;

function examine(problem: Problem, name: string, settings: Settings): GradcheckReport {
  const { order, modes, tolerance, secondTolerance, eps, seed } = settings;
  const run: TensorMap = (at) => problem.run(at);
  const { inputs: at, labels } = problem;
  const outputs = problem.run(at);
  refuseChange(name, outputs, problem.run(at));
  const source = rng(seed);
  const w = weightsLike(outputs, source);
  const v = weightsLike(at, source);
  // Jᵀw is linear in w: there the default step is as good as any, whatever the inputs need.
  const steps = at.map(() => eps);
  const linear = w.map(() => DEFAULT_STEP);
  const lines: ReportLine[] = [];

  const first = new Comparison(
    { name, order: 'first', tolerance, at, labels },
    differentiate(run, at, w, steps, tolerance * MARGIN),
    lines,
  );
  if (modes.includes('reverse')) {
    first.gradients('reverse mode', pull(run, at, w));
    if (at.length > 1) {
      for (const i of at.keys()) {
        first.gradient('reverse mode, alone', i, pull(run, at, w, [i])[0]);
      }
    }
  }
  if (modes.includes('forward')) {
    const along = push(run, at, [...unitDirections(at), v]).map((t) => weightedSum(w, t));
    first.direction('forward mode', v, along.pop() as number);
    first.elements('forward mode', along);
  }
  if (modes.includes('compiled')) {
    const { eager, compiled } = accumulated(problem, w);
    first.gradients('backward', eager);
    first.gradients('compiled backward', compiled);
  }
  const twice = modes.includes('reverse') || modes.includes('forward');
  if (order === 1 || !twice) return new GradcheckReport(name, lines);

  // The gradient as a function of inputs and weights; v · Jᵀw is differentiated by both.
  const gradient: TensorMap = (both) => pull(run, both.slice(0, at.length), both.slice(at.length));
  const both = [...at, ...w];
  const second = new Comparison(
    {
      name,
      order: 'second',
      tolerance: secondTolerance,
      at: both,
      labels: [...labels, ...w.map((_, k) => `the gradient of output ${k}`)],
    },
    differentiate(gradient, both, v, [...steps, ...linear], secondTolerance * MARGIN),
    lines,
  );
  if (modes.includes('reverse')) {
    second.gradients('reverse over reverse', pull(gradient, both, v));
  }
  if (modes.includes('forward')) {
    const along = push(gradient, both, unitDirections(both)).map((t) => weightedSum(v, t));
    second.elements('forward over reverse', along);
    const tangent: TensorMap = (x) => push(run, x, [v])[0];
    second.gradients('reverse over forward', pull(tangent, at, w));
  }
  return new GradcheckReport(name, lines);
}
