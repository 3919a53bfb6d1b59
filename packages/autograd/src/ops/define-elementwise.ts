// One formula on numbers makes an operation on tensors: kernel, broadcasting, vjp, jvp and every higher order.

import { ArgumentError } from '../errors.js';
import { kernelsFor } from '../kernels/active.js';
import {
  argument,
  argumentsOf,
  derivative,
  type Expr,
  isOne,
  isZero,
  kernelOf,
  renumber,
  type ScalarKernel,
  substitute,
} from '../scalar/index.js';
import type { Adjoint, Adjoints, Node, Op } from '../tape/node.js';
import { record } from '../tape/record.js';
import { type DType, promote, toFloating } from '../tensor/dtype.js';
import { Operand, type TensorLike } from '../tensor/operand.js';
import { broadcastShapes, type Shape, sizeOf } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { cast, stretchTo, sumTo } from './broadcast.js';
import { commonDType, scalarOf, toTensor } from './convert.js';
import { namedFunction } from './named-function.js';

export interface ElementwiseOptions {
  /** `bool` for predicates: the result is 0 or 1 and no gradient flows. Default: the operands' dtype. */
  result?: 'bool';
  /**
   * How int32 and bool operands are computed: as float32 (the default), `int32` both as int32, `same` as they are.
   */
  integers?: 'int32' | 'same';
  /** Arguments that are conditions: read as "is not 0", never promoted, without a gradient. */
  conditions?: readonly number[];
}

/** Takes as many operands as the formula has arguments, and broadcasts them as NumPy does. */
export type ElementwiseCall = (...operands: TensorLike[]) => Tensor;

/** A declared elementwise operation, called as F describes. */
export type ElementwiseFunction<F = ElementwiseCall> = F & {
  /** What the tape records; its formula included. */
  readonly op: ElementwiseOp;
};

const G = argument(0);

/** ∂f/∂aᵢ in terms of saved values: which of them it reads (−1: the output), as arguments 1, 2, … behind g. */
export interface Partial {
  readonly factor: Expr;
  readonly sources: readonly number[];
}

export class ElementwiseOp implements Op {
  declare readonly name: string;
  declare readonly arity: number;
  declare readonly formula: Expr;
  declare readonly options: ElementwiseOptions;
  readonly #partials: (Partial | null | undefined)[] = [];
  readonly #vjps: ElementwiseOp[] = [];
  readonly #jvps = new Map<number, ElementwiseOp>();
  /** By which inputs are tracked: which values the rules read. */
  readonly #saved: (number | undefined)[] = [];
  declare readonly vjp: Op['vjp'];
  declare readonly apply: Op['apply'];

  constructor(name: string, arity: number, formula: Expr, options: ElementwiseOptions = {}) {
    this.name = name;
    this.arity = arity;
    this.formula = formula;
    this.options = options;
    this.apply = (inputs) => this.run(inputs, commonDType(inputs));
    this.vjp =
      options.result === 'bool' ? null : (g: Tensor, node: Node) => this.#pullBack(g, node);
  }

  /** ∂f/∂aᵢ; null where it is zero everywhere. */
  partial(i: number): Partial | null {
    const known = this.#partials[i];
    if (known !== undefined) return known;
    this.#partials[i] = this.options.conditions?.includes(i) ? null : this.#derive(i);
    return this.#partials[i] as Partial | null;
  }

  #derive(i: number): Partial | null {
    const exact = derivative(this.formula, i);
    if (isZero(exact)) return null;
    const factor = throughOutput(exact, this.formula, argument(this.arity));
    const used = argumentsOf(factor);
    const places = new Map(used.map((from, k) => [from, k + 1]));
    return {
      factor: renumber(factor, places),
      sources: used.map((from) => (from === this.arity ? -1 : from)),
    };
  }

  #sources(tracked: number): number {
    let mask = this.#saved[tracked];
    if (mask === undefined) {
      mask = 0;
      for (let i = 0; i < this.arity; i++) {
        if (!((tracked >> i) & 1)) continue;
        for (const source of this.partial(i)?.sources ?? []) {
          mask |= 1 << (source < 0 ? this.arity : source);
        }
      }
      this.#saved[tracked] = mask;
    }
    return mask;
  }

  savedInputs(tracked: number): number {
    return this.#sources(tracked) & ((1 << this.arity) - 1);
  }

  savesOutputs(tracked: number): boolean {
    return ((this.#sources(tracked) >> this.arity) & 1) === 1;
  }

  /** Gradients of all inputs: g · ∂f/∂aᵢ, one kernel each, summed over what was broadcast. */
  #pullBack(g: Tensor, node: Node): Adjoints {
    if (this.arity === 1) return this.#gradient(0, g, node);
    const result: Adjoint[] = [];
    for (let i = 0; i < this.arity; i++) result.push(this.#gradient(i, g, node));
    return result;
  }

  #gradient(i: number, g: Tensor, node: Node): Adjoint {
    const partial = node.needs(i) ? this.partial(i) : null;
    if (partial === null) return null;
    const { factor, sources } = partial;
    let gradient = g;
    if (!isOne(factor)) {
      const operands = [g];
      for (let k = 0; k < sources.length; k++) {
        operands.push(sources[k] < 0 ? node.y : node.x[sources[k]]);
      }
      this.#vjps[i] ??= new ElementwiseOp(`${this.name}.vjp`, operands.length, G.mul(factor));
      gradient = this.#vjps[i].run(operands, g.dtype);
    }
    return sumTo(gradient, node.inputShape(i));
  }

  /** Σ ∂f/∂aᵢ · tᵢ over the inputs that have a tangent, as one kernel. */
  jvp(tangents: readonly Adjoint[], node: Node): Adjoint {
    const moving = tangents.flatMap((t, i) => (t !== null && this.partial(i) !== null ? [i] : []));
    if (moving.length === 0) return null;
    const mask = moving.reduce((bits, i) => bits | (1 << i), 0);
    const sources = [...new Set(moving.flatMap((i) => (this.partial(i) as Partial).sources))];
    let op = this.#jvps.get(mask);
    if (op === undefined) {
      const terms = moving.map((i, k) => {
        const { factor, sources: own } = this.partial(i) as Partial;
        const places = new Map(own.map((s, p) => [p + 1, moving.length + sources.indexOf(s)]));
        const scaled = renumber(factor, places);
        return isOne(scaled) ? argument(k) : argument(k).mul(scaled);
      });
      const sum = terms.reduce((total, term) => total.add(term));
      op = new ElementwiseOp(`${this.name}.jvp`, moving.length + sources.length, sum);
      this.#jvps.set(mask, op);
    }
    const operands = [
      ...moving.map((i) => tangents[i] as Tensor),
      ...sources.map((s) => (s < 0 ? node.y : node.x[s])),
    ];
    return stretchTo(op.run(operands, node.dtype), node.shape);
  }

  /** Computes on tensors that have been brought to one dtype (conditions aside), and records. */
  run(inputs: readonly Tensor[], dtype: DType): Tensor {
    const resultDType = this.options.result ?? dtype;
    const shape = this.#shapeOf(inputs);
    const kernels = kernelsFor(inputs);
    if (shape.length === 0 && kernels.host === undefined) {
      const kernel = kernelOf(this.formula, this.arity, dtype);
      return record(this, inputs, null, onNumbers(kernel, inputs), shape, resultDType);
    }
    const out = kernels.allocate(resultDType, sizeOf(shape), true);
    kernels.elementwise(this.formula, inputs, out, shape, dtype);
    return record(this, inputs, null, out, shape, resultDType);
  }

  #shapeOf(inputs: readonly Tensor[]): Shape {
    let { shape } = inputs[0];
    for (let i = 1; i < inputs.length; i++)
      shape = broadcastShapes(this.name, shape, inputs[i].shape);
    return shape;
  }

  /** What a caller passes, brought to the dtype that the formula is computed in. */
  call(operands: readonly TensorLike[]): Tensor {
    const { conditions, integers } = this.options;
    if (operands.length !== this.arity) {
      throw new ArgumentError(
        `${this.name}: takes ${this.arity} operands, got ${operands.length}. Check the call.`,
      );
    }
    const promoted =
      conditions === undefined ? operands : operands.filter((_, i) => !conditions.includes(i));
    const common = commonDType(promoted);
    const dtype = computedIn(common, integers);
    const inputs = new Array<Tensor>(this.arity);
    for (let i = 0; i < this.arity; i++) {
      const operand = operands[i];
      if (conditions?.includes(i)) inputs[i] = toTensor(this.name, operand);
      else if (operand instanceof Operand) {
        const value = operand.read();
        inputs[i] = value.dtype === dtype ? value : cast(value, dtype);
      } else inputs[i] = scalarOf(this.name, operand, dtype);
    }
    return this.run(inputs, dtype);
  }
}

/**
 * Where a derivative contains the formula f itself (tanh′ = 1 − tanh²), the output takes its place, which then need not be
 * computed again; but not where the formula is a bare argument or constant. Of f = (x ≤ k ? k : x), f ≤ k just where x is,
 * NaN included.
 */
function throughOutput(slope: Expr, f: Expr, output: Expr): Expr {
  if (f.args.length === 0) return slope;
  const [condition, low, x] = f.args;
  const isFloor =
    f.op === 'select' &&
    low.op === 'constant' &&
    condition === x.lessEqual(low) &&
    x.op === 'argument';
  const through = isFloor ? substitute(slope, condition, output.lessEqual(low)) : slope;
  return substitute(through, f, output);
}

function computedIn(common: DType, integers: ElementwiseOptions['integers']): DType {
  if (integers === 'same') return common;
  if (integers === 'int32') return promote(common, 'int32');
  return toFloating(common);
}

function onNumbers({ scalar }: ScalarKernel, inputs: readonly Tensor[]): number {
  switch (inputs.length) {
    case 1:
      return scalar(inputs[0].storage as number);
    case 2:
      return scalar(inputs[0].storage as number, inputs[1].storage as number);
    default:
      return scalar(...inputs.map((x) => x.storage as number));
  }
}

/**
 * Declares an elementwise operation by its formula; one argument of the formula for each operand.
 *
 * ```ts
 * const mish = defineElementwise('mish', (x) => x.mul(x.softplus().tanh()));
 * ```
 */
export function defineElementwise<F = ElementwiseCall>(
  name: string,
  formula: (...args: Expr[]) => Expr,
  options: ElementwiseOptions = {},
): ElementwiseFunction<F> {
  const arity = formula.length;
  const args = Array.from({ length: arity }, (_, i) => argument(i));
  const op = new ElementwiseOp(name, arity, formula(...args), options);
  const apply = (...operands: TensorLike[]): Tensor => op.call(operands);
  return namedFunction(op, apply) as unknown as ElementwiseFunction<F>;
}
