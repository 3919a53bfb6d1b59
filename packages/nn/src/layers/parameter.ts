// Parameters as layers make them: an initialiser's value, checked, in a cell.

import {
  ArgumentError,
  type Generator,
  type Tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { checkFloatDType, type FloatDType, type Initializer, sharedGenerator } from '../init.js';

/** What every layer with parameters can be told. */
export interface ParameterOptions {
  /** What the initialisers draw from. Default: a generator that all layers share, seeded 0. */
  readonly rng?: Generator;
  /** Default: float32. */
  readonly dtype?: FloatDType;
}

/** Makes the parameters of one layer. */
export class ParameterMaker {
  readonly #op: string;
  readonly #rng: Generator;
  readonly dtype: FloatDType;

  /** @throws DTypeError unless the dtype is float32 or float64. */
  constructor(op: string, { rng, dtype }: ParameterOptions) {
    this.#op = op;
    this.#rng = rng ?? sharedGenerator();
    this.dtype = checkFloatDType(op, dtype ?? 'float32');
  }

  /** A value as the initialiser makes it. @throws ArgumentError if it has another shape or dtype than asked for. */
  value<S extends number[]>(init: Initializer, shape: S): Tensor<S> {
    const value = init(shape, this.#rng, this.dtype);
    if (value.shape.join() === shape.join() && value.dtype === this.dtype) {
      return value as Tensor<S>;
    }
    throw new ArgumentError(
      `${this.#op}: an initialiser returns ${this.dtype} ${formatShape(shape)}, got ${value.dtype} ` +
        `${formatShape(value.shape)}. Use the shape and dtype that it is called with.`,
    );
  }

  /** A cell that is trained. */
  cell<S extends number[]>(init: Initializer, shape: S): Variable<S> {
    return variable(this.value(init, shape)) as Variable<S>;
  }

  /** A cell that is not trained: a running statistic. */
  buffer<S extends number[]>(init: Initializer, shape: S): Variable<S> {
    return variable(this.value(init, shape), { requiresGrad: false }) as Variable<S>;
  }
}

/** A module's fields under other names: PyTorch's, so that its weights can be loaded. */
export function renamed(
  module: object,
  names: Readonly<Record<string, string>>,
): [name: string, value: unknown][] {
  return Object.entries(module).map(([name, value]): [string, unknown] => [
    names[name] ?? name,
    value,
  ]);
}
