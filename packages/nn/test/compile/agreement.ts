// What the tests of compiled models share: twins that begin alike, trained eagerly and compiled, and how far they may part.
import {
  compile,
  type DType,
  type Generator,
  noGrad,
  Operand,
  rng,
  type Tensor,
} from '@retrograd/autograd';
import { type Module, type Optimizer, sgd } from '@retrograd/nn';

export type Floating = 'float32' | 'float64';

/** max|a − b| / max|b| that a step may add, and 0 where nothing is rounded. */
const TOLERANCE = { float64: 1e-12, float32: 1e-5, int32: 0, bool: 0 } as const;

/** The tensors of a result: of a tensor, or of an array or object of tensors. */
function tensorsOf(result: unknown): Tensor[] {
  if (result instanceof Operand) return [result.read()];
  if (typeof result !== 'object' || result === null) return [];
  return Object.values(result).flatMap(tensorsOf);
}

const elementsOf = (x: Tensor): Float64Array => Float64Array.from(x.data());

/** What is wrong with a result; nothing if it agrees. */
export function disagreement(what: string, got: unknown, wanted: unknown, steps = 1): string[] {
  const [a, b] = [tensorsOf(got), tensorsOf(wanted)];
  if (a.length !== b.length) return [`${what}: ${a.length} tensors instead of ${b.length}`];
  return a.flatMap((x, i) => {
    const y = b[i];
    if (x.dtype !== y.dtype || x.shape.join() !== y.shape.join()) {
      return [`${what}: ${x.dtype} [${x.shape}] instead of ${y.dtype} [${y.shape}]`];
    }
    const [p, q] = [elementsOf(x), elementsOf(y)];
    const largest = q.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
    const slack = steps * TOLERANCE[y.dtype as DType] * largest;
    const wrong = [...p].findIndex((v, k) => !Object.is(v, q[k]) && !(Math.abs(v - q[k]) <= slack));
    return wrong < 0 ? [] : [`${what}: element ${wrong} is ${p[wrong]} instead of ${q[wrong]}`];
  });
}

/** What is drawn and built for one case. */
export interface Draw {
  readonly random: Generator;
  readonly dtype: Floating;
}

/** A layer or a model, and what it is given. */
export interface ModelCase {
  /** The model, drawn from `random`; cells of another dtype are converted. */
  readonly make: (draw: Draw) => Module;
  /** The arguments of `forward` for a batch of `rows` rows. */
  readonly inputs: (rows: number, draw: Draw) => readonly Tensor[];
  /** The model's result; by default `model.forward(...inputs)`. */
  readonly forward?: (model: Module, ...inputs: Tensor[]) => unknown;
  /** The loss; by default Σ of the mean squares of all floating results. */
  readonly loss?: (result: unknown, ...inputs: Tensor[]) => Tensor;
  readonly optimizer?: (model: Module) => Optimizer;
}

/** A batch of `shape` behind the rows, normal. */
export const normal =
  (...shape: number[]) =>
  (rows: number, { random, dtype }: Draw): readonly Tensor[] => [
    random.normal([rows, ...shape], { dtype }) as Tensor,
  ];

/** A layer that takes normal batches of `shape` behind the rows. */
export const layerOn = (make: ModelCase['make'], ...shape: number[]): ModelCase => ({
  make,
  inputs: normal(...shape),
});

function meanSquares(result: unknown): Tensor {
  return tensorsOf(result)
    .filter(({ dtype }) => dtype === 'float32' || dtype === 'float64')
    .map((y) => y.square().mean() as Tensor)
    .reduce((sum, y) => sum.add(y));
}

type Forward = (model: Module, ...inputs: Tensor[]) => unknown;

const plainForward: Forward = (model, ...inputs) =>
  (model as Module & { forward(...inputs: Tensor[]): unknown }).forward(...inputs);

/** The rows of the batches of a short training; the third is the ragged last one of a pass. */
const ROWS = [4, 4, 3, 4];

/**
 * Trains two equal models, one of them compiled, on batches of which one is ragged, evaluates both in between, and compares
 * losses, results, parameters, buffers and the gradients of the inputs. Returns what differs by more than rounding.
 */
export function partings(
  { make, inputs, forward = plainForward, loss = meanSquares, optimizer }: ModelCase,
  dtype: Floating,
): string[] {
  const twin = () => {
    const model = make({ random: rng(7), dtype }).to(dtype);
    const trains = model.parameters().length > 0;
    const rule =
      optimizer?.(model) ?? (trains ? sgd(model.parameters(), { lr: 0.05, momentum: 0.5 }) : null);
    const step = (...xs: Tensor[]): unknown => {
      const result = forward(model, ...xs);
      const value = loss(result, ...xs);
      if (rule !== null) {
        value.backward();
        rule.step();
      }
      return [value, result];
    };
    const evaluate = (...xs: Tensor[]): unknown => noGrad(() => forward(model, ...xs));
    return { model, step, evaluate };
  };
  const [eager, compiled] = [twin(), twin()];
  const [step, evaluate] = [compile(compiled.step), compile(compiled.evaluate)];
  const wrong: string[] = [];
  ROWS.forEach((rows, k) => {
    const draw = { random: rng(100 + k), dtype };
    const xs = inputs(rows, draw);
    wrong.push(...disagreement(`step ${k}`, step(...xs), eager.step(...xs), k + 1));
    for (const { model } of [eager, compiled]) model.eval();
    if (k % 2 === 1) {
      wrong.push(...disagreement(`evaluation ${k}`, evaluate(...xs), eager.evaluate(...xs), k + 1));
    }
    for (const { model } of [eager, compiled]) model.train();
  });
  const [got, wanted] = [compiled.model.stateDict(), eager.model.stateDict()];
  if (Object.keys(got).join() !== Object.keys(wanted).join()) wrong.push('other names of cells');
  for (const [name, value] of Object.entries(wanted)) {
    wrong.push(...disagreement(name, got[name], value, ROWS.length));
  }
  return wrong;
}
