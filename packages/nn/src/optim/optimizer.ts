// Optimizers: what all of them share. A rule says how one parameter moves; its state, the counts and the cells stand here.

import {
  type DType,
  noGrad,
  type Tensor,
  tensor,
  type Variable,
  variable,
  zeros,
} from '@retrograd/autograd';
import { checkNames, checkParameters, checkShapeOf } from './checks.js';
import { Cohorts } from './cohorts.js';

/** Named tensors: an optimizer's whole state, for keeping and loading. */
export type OptimizerState = Readonly<Record<string, Tensor>>;

/** Parameters that are moved with the same hyper-parameters. */
export interface OptimizerGroup {
  readonly parameters: readonly Variable[];
  /** The learning rate of the next step; with a schedule, of the last one. */
  readonly lr: Variable<[]>;
  /** What a schedule multiplies; the cell `lr` itself where there is none. */
  readonly baseLr: Variable<[]>;
  /** All hyper-parameters that may change between steps, `lr` among them; float64 cells. */
  readonly hyper: Readonly<Record<string, Variable<[]>>>;
}

/** Moves parameters against their gradients. */
export interface Optimizer {
  readonly name: string;
  /** One group, unless it was made from several. */
  readonly groups: readonly OptimizerGroup[];
  /** What it moves, each cell once. */
  readonly parameters: readonly Variable[];
  /** The learning rate, a float64 cell: `optimizer.lr.assign(0.01)` holds from the next step on. */
  readonly lr: Variable<[]>;
  /** All hyper-parameters that may change between steps, `lr` among them; float64 cells. */
  readonly hyper: Readonly<Record<string, Variable<[]>>>;
  /**
   * One update of every parameter that has a gradient, which it consumes: `.grad` is null afterwards. Parameters
   * without one stay as they are, and so do their state and their count of steps.
   */
  step(): void;
  /** Hyper-parameters, counts and state as detached tensors; a later step leaves them unchanged. */
  stateDict(): Record<string, Tensor>;
  /** Takes up where `stateDict()` was called. @throws StateError if names, ShapeError if shapes differ. */
  loadStateDict(state: OptimizerState): this;
}

/**
 * How one parameter moves. Everything is written with tensor operations, so that a step can be recorded as a whole.
 * `H` names the hyper-parameters, `K` the state that every parameter has, `S` the scalars of a step.
 */
export interface OptimizerRule<H extends string, K extends string, S extends string> {
  readonly name: string;
  /** The hyper-parameters that may change between steps, and what they are at first. */
  readonly hyper: Readonly<Record<H | 'lr', number>>;
  /** The state of a parameter: tensors of its shape, zeros at first, unless `initial` makes others. */
  readonly state: readonly K[];
  /** What else a state begins with, of whatever shape; in the dtype of the parameter. */
  readonly initial?: Readonly<Partial<Record<K, (parameter: Variable) => Tensor>>>;
  /**
   * What a step needs besides tensors of the parameter's shape, from the hyper-parameters and the number of this step
   * (1, 2, …). Computed in float64, then cast to each parameter's dtype: in float32, Adam's 1 − β₂ᵗ is off by 1e-5.
   */
  scalars(hyper: Readonly<Record<H | 'lr', Tensor<[]>>>, t: Tensor<[]>): Record<S, Tensor>;
  /** The parameter and its state after a step down the gradient `g`. */
  update(
    p: Tensor,
    g: Tensor,
    state: Readonly<Record<K, Tensor>>,
    scalars: Readonly<Record<S, Tensor>>,
  ): { readonly p: Tensor } & Readonly<Record<K, Tensor>>;
}

/** A parameter with the state that belongs to it. */
interface Tracked<K extends string> {
  readonly parameter: Variable;
  readonly state: Readonly<Record<K, Variable>>;
}

/**
 * An optimizer from a rule; `sgd`, `adam` and all the others are made by nothing else. A cell that is listed twice moves once.
 * @throws ArgumentError if `parameters` is empty or holds something other than variables.
 */
export function makeOptimizer<H extends string, K extends string, S extends string>(
  parameters: Iterable<Variable>,
  rule: OptimizerRule<H, K, S>,
): Optimizer {
  return new RuleOptimizer(checkParameters(rule.name, parameters), rule);
}

class RuleOptimizer<H extends string, K extends string, S extends string>
  implements Optimizer, OptimizerGroup
{
  readonly parameters: readonly Variable[];
  readonly hyper: Readonly<Record<H | 'lr', Variable<[]>>>;
  readonly #rule: OptimizerRule<H, K, S>;
  readonly #tracked: readonly Tracked<K>[];
  #cohorts: Cohorts<Tracked<K>>;

  constructor(parameters: readonly Variable[], rule: OptimizerRule<H, K, S>) {
    this.parameters = parameters;
    this.#rule = rule;
    this.hyper = mapValues(rule.hyper, (value) =>
      variable(value, { dtype: 'float64', requiresGrad: false }),
    );
    this.#tracked = parameters.map((parameter) => ({
      parameter,
      state: named(rule.state, (name) => {
        const { shape, dtype } = parameter;
        const initial = rule.initial?.[name]?.(parameter) ?? zeros([...shape], { dtype });
        return variable(initial, { requiresGrad: false });
      }),
    }));
    this.#cohorts = new Cohorts(this.#tracked);
  }

  get name(): string {
    return this.#rule.name;
  }

  get groups(): readonly OptimizerGroup[] {
    return [this];
  }

  get lr(): Variable<[]> {
    return this.hyper.lr;
  }

  get baseLr(): Variable<[]> {
    return this.hyper.lr;
  }

  step(): void {
    noGrad(() => {
      for (const { count, members } of this.#cohorts.moving(hasGradient)) {
        const t = count.read().add(1);
        count.assign(t);
        const scalars = this.#rule.scalars(
          mapValues(this.hyper, (cell) => cell.read()),
          t,
        );
        const cast = castEach(scalars);
        for (const member of members) this.#move(member, cast(member.parameter.dtype));
      }
    });
  }

  #move({ parameter, state }: Tracked<K>, scalars: Readonly<Record<S, Tensor>>): void {
    const { dtype } = parameter;
    const current = mapValues(state, (cell) => cell.convert(dtype).read());
    const g = parameter.grad as Tensor;
    const next = this.#rule.update(parameter.read(), g, current, scalars);
    parameter.assign(next.p);
    for (const name of this.#rule.state) state[name].assign(next[name]);
    parameter.clearGrad();
  }

  stateDict(): Record<string, Tensor> {
    const result: Record<string, Tensor> = mapValues(this.hyper as Record<string, Variable>, read);
    const counts = this.#tracked.map((member) => this.#cohorts.countOf(member));
    result.steps = tensor(counts, { dtype: 'float64' });
    for (const [name, cell] of this.#cells()) result[name] = cell.read();
    return result;
  }

  loadStateDict(state: OptimizerState): this {
    const cells = new Map<string, Variable>([
      ...Object.entries<Variable>(this.hyper),
      ...this.#cells(),
    ]);
    checkNames(this.name, [...cells.keys(), 'steps'], Object.keys(state));
    const { steps } = state;
    checkShapeOf(this.name, 'steps', [this.#tracked.length], steps);
    for (const [name, cell] of cells) checkShapeOf(this.name, name, cell.shape, state[name]);
    for (const [name, cell] of cells) cell.assign(state[name].detach().cast(cell.dtype));
    this.#cohorts = new Cohorts(this.#tracked, Array.from(steps.data()));
    return this;
  }

  /** The state of all parameters by name: `momentum.0`, `momentum.1`, …, in the order of the parameters. */
  #cells(): [string, Variable][] {
    return this.#tracked.flatMap(({ state }, i) =>
      this.#rule.state.map((name): [string, Variable] => [`${name}.${i}`, state[name]]),
    );
  }

  toString(): string {
    const hyper = Object.entries<Variable<[]>>(this.hyper).map(
      ([k, v]) => `${k}: ${v.read().item()}`,
    );
    const numbers = this.parameters.reduce((sum, { size }) => sum + size, 0);
    return `${this.name}({ ${hyper.join(', ')} }) of ${numbers} numbers in ${this.parameters.length} cells`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function hasGradient({ parameter }: { readonly parameter: Variable }): boolean {
  return parameter.grad !== null;
}

function read(cell: Variable): Tensor {
  return cell.read();
}

/** The scalars in whatever dtypes are asked for, each cast once. */
function castEach<S extends string>(
  scalars: Record<S, Tensor>,
): (dtype: DType) => Readonly<Record<S, Tensor>> {
  const known = new Map<DType, Record<S, Tensor>>();
  return (dtype) => {
    let cast = known.get(dtype);
    if (cast === undefined) {
      cast = mapValues(scalars, (value) => value.cast(dtype));
      known.set(dtype, cast);
    }
    return cast;
  };
}

function mapValues<K extends string, A, B>(
  record: Readonly<Record<K, A>>,
  fn: (value: A) => B,
): Record<K, B> {
  const result = {} as Record<K, B>;
  for (const key in record) result[key] = fn(record[key]);
  return result;
}

function named<K extends string, B>(names: readonly K[], make: (name: K) => B): Record<K, B> {
  const result = {} as Record<K, B>;
  for (const name of names) result[name] = make(name);
  return result;
}
