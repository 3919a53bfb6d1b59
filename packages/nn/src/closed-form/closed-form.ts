// The closed form of a model: what the recursion finds for every layer, without a tape.

import { ArgumentError, type Operand } from '@retrograd/autograd';
import type { Module } from '../module.js';
import type { Layout } from './activations.js';
import type { ClosedLoss, LossOptions } from './losses.js';
import { type Matrix, transpose } from './matrix.js';
import { type Data, matrixOf, readData, readLoss, type TapeLoss } from './read-data.js';
import { type Activations, type ReadLayer, readModel } from './read-model.js';
import { type Form, type Network, type Pass, type Penalty, pass } from './recursion.js';

export interface ClosedFormOptions extends Omit<LossOptions, 'classWeights'> {
  /**
   * `columns`: a sample is a column, W is out × in, z = Wa + b. `rows`: a sample is a row, W is in × out, z = aW + b.
   * Default: `columns`.
   */
  readonly layout?: Layout;
  /** How the recursion is written. Default: `matrices`. */
  readonly form?: Form;
  /** crossEntropy: a weight for each class. */
  readonly classWeights?: Operand | readonly number[];
  /** λ of J = loss + (λ/2m) Σθ², m the number of samples, or another λ Σ R(θ). Over the weights, not the biases. */
  readonly regularization?: number | Penalty;
  /** σ and σ′ of functions that the library doesn't know, by their place in the model or by their name. */
  readonly activations?: Activations;
  /** J and ∇ₐJ of a loss that the library doesn't know. */
  readonly closedLoss?: ClosedLoss;
}

/** What the recursion finds for one layer. Matrices are as the layout has them. */
export interface ClosedFormLayer {
  /** The number of the layer in the derivations, where 1 is the input: 2 … L. */
  readonly l: number;
  /** Its place in the model, as in the names of its state. */
  readonly place: string;
  /** zˡ */
  readonly z: Matrix;
  /** aˡ = σ(zˡ) */
  readonly a: Matrix;
  /** δˡ = ∂J/∂zˡ */
  readonly delta: Matrix;
  /** ∂J/∂Wˡ. Layers that share a weight have each its share. */
  readonly weightGradient: Matrix;
  /** ∂J/∂bˡ; null for a layer without a bias. */
  readonly biasGradient: Float64Array | null;
}

/** The closed form of a model on a batch: J, and layer by layer zˡ, aˡ, δˡ, ∂J/∂Wˡ, ∂J/∂bˡ. */
export class ClosedForm {
  readonly layout: Layout;
  readonly form: Form;
  /** J, with its regularization. */
  readonly loss: number;
  /** Layers 2 … L of the derivations. */
  readonly layers: readonly ClosedFormLayer[];

  /** @internal Use `closedForm(model, x, y, loss)`. */
  constructor(layout: Layout, form: Form, loss: number, layers: readonly ClosedFormLayer[]) {
    this.layout = layout;
    this.form = form;
    this.loss = loss;
    this.layers = layers;
  }

  toString(): string {
    const lines = this.layers.flatMap(({ l, place, ...found }) => [
      `layer ${l}, at ${place === '' ? 'the model itself' : place}`,
      ...Object.entries(found).map(([name, value]) => `  ${NAMES[name]} ${sizes(value)}`),
    ]);
    return [`closed form in ${this.layout}, by ${this.form}: J = ${this.loss}`, ...lines].join(
      '\n',
    );
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

const NAMES: Readonly<Record<string, string>> = {
  z: 'z',
  a: 'a',
  delta: 'δ',
  weightGradient: '∂J/∂W',
  biasGradient: '∂J/∂b',
};

function sizes(value: Matrix | Float64Array | null): string {
  if (value === null) return 'none';
  return 'shape' in value ? `[${value.shape.join(', ')}]` : `[${value.length}]`;
}

/** Everything that is computed for a comparison: the model as it was read, the data, the recursion. */
export interface Run {
  readonly layers: readonly ReadLayer[];
  readonly data: Data;
  readonly options: LossOptions;
  readonly penalty: Penalty | null;
  /** The layers whose weights are penalized, each cell once. */
  readonly penalized: readonly ReadLayer[];
  readonly layout: Layout;
  readonly form: Form;
  readonly pass: Pass;
}

function oneOf<T extends string>(op: string, name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new ArgumentError(
    `${op}: ${name} is one of ${allowed.join(', ')}, got ${String(value)}. Pass one of these.`,
  );
}

/** λ of (λ/2m) Σθ², so that ∂J/∂W has (λ/m)W. */
function penaltyOf(op: string, option: number | Penalty | undefined, m: number): Penalty | null {
  if (option === undefined || option === 0) return null;
  if (typeof option !== 'number') return option;
  if (!(option > 0)) {
    throw new ArgumentError(
      `${op}: regularization is a λ of at least 0, got ${option}. Pass for example 0.01.`,
    );
  }
  return { lambda: option / (2 * m), value: (theta) => theta ** 2, gradient: (theta) => 2 * theta };
}

function networkOf(layers: readonly ReadLayer[], layout: Layout): Network {
  const W: Matrix[] = [];
  const b: (Float64Array | null)[] = [];
  const sigma: Network['sigma'][number][] = [];
  for (const { l, dense, sigma: own } of layers) {
    const weight = matrixOf(dense.weight);
    W[l] = layout === 'columns' ? weight : transpose(weight);
    b[l] = dense.bias === null ? null : Float64Array.from(dense.bias.value.data());
    sigma[l] = own;
  }
  return { layout, L: layers.length + 1, W, b, sigma };
}

/** Reads model, data and loss, and runs the recursion. @internal */
export function run(
  op: string,
  model: Module,
  x: Operand,
  y: Operand,
  loss: TapeLoss | ClosedLoss,
  options: ClosedFormOptions,
): Run {
  const layout = oneOf(op, 'layout', options.layout ?? 'columns', ['rows', 'columns']);
  const forms: readonly Form[] = ['components', 'jacobians', 'matrices'];
  const form = oneOf(op, 'form', options.form ?? 'matrices', forms);
  const reduction = oneOf(op, 'reduction', options.reduction ?? 'mean', ['mean', 'sum']);
  const { labelSmoothing, delta, classWeights } = options;
  const told: LossOptions = {
    reduction,
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(delta === undefined ? {} : { delta }),
    ...(classWeights === undefined ? {} : { classWeights: numbersOf(classWeights) }),
  };

  const layers = readModel(op, model, options.activations);
  const { inFeatures } = layers[0].dense;
  const { outFeatures } = (layers.at(-1) as ReadLayer).dense;
  const own = options.closedLoss ?? (typeof loss === 'function' ? undefined : loss);
  const lossName = own === undefined ? (loss as TapeLoss).lossName : undefined;
  const data = readData(op, x, y, lossName, inFeatures, outFeatures);
  const formulas = readLoss(op, loss, own, told, data.ofIndices);

  const penalty = penaltyOf(op, options.regularization, data.samples.rows);
  const weights = layers.map(({ dense }) => dense.weight);
  const penalized = layers.filter(({ dense }, i) => weights.indexOf(dense.weight) === i);
  const inLayout = (A: Matrix) => (layout === 'rows' ? A : transpose(A));
  const result = pass(
    form,
    networkOf(layers, layout),
    inLayout(data.samples),
    inLayout(data.targets),
    formulas,
    penalty,
    penalized.map(({ l }) => l),
  );
  return { layers, data, options: told, penalty, penalized, layout, form, pass: result };
}

function numbersOf(values: Operand | readonly number[]): ArrayLike<number> {
  return 'read' in values ? values.read().data() : values;
}

/**
 * The back-propagation recursion, written out: zˡ = Wˡaˡ⁻¹ + bˡ, aˡ = σ(zˡ), δᴸ = ∇ₐJ ⊙ σ′(zᴸ),
 * δˡ = (Wˡ⁺¹)ᵀδˡ⁺¹ ⊙ σ′(zˡ), ∂J/∂Wˡ = δˡ(aˡ⁻¹)ᵀ, ∂J/∂bˡ = δˡ, in double precision and without a tape.
 *
 * ```ts
 * const model = sequential(dense(4, 16), tanh, dense(16, 3));
 * const { layers } = closedForm(model, x, labels, crossEntropy);
 * layers[1].delta;   // δ³, [3, samples]
 * ```
 *
 * @param model dense layers and activations in a `sequential`.
 * @param x [samples, features], or one sample [features].
 * @param y a row for each sample; for crossEntropy and nll also int32 class indices [samples].
 * @param loss one of the library's, told its options here, or `{ value, gradient }`.
 * @throws ArgumentError for a layer, an activation or a loss whose formulas are not known; ShapeError or DTypeError for
 *   data that don't fit.
 */
export function closedForm(
  model: Module,
  x: Operand,
  y: Operand,
  loss: TapeLoss | ClosedLoss,
  options: ClosedFormOptions = {},
): ClosedForm {
  const { layers, layout, form, pass: found } = run('closedForm', model, x, y, loss, options);
  const { J, z, a, delta, dW, db } = found;
  const results = layers.map(({ l, place, dense }) => ({
    l,
    place,
    z: z[l],
    a: a[l],
    delta: delta[l],
    weightGradient: dW[l],
    biasGradient: dense.bias === null ? null : db[l],
  }));
  return new ClosedForm(layout, form, J, results);
}
