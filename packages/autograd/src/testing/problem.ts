// What is checked: a function of float64 tensors and of the cells it reads, as a map from tensors to tensors.

import { ArgumentError, DTypeError } from '../errors.js';
import { isFloating } from '../tensor/dtype.js';
import { describeValue } from '../tensor/operand.js';
import type { Generator, GeneratorState } from '../tensor/random.js';
import { Tensor } from '../tensor/tensor.js';
import type { Variable } from '../tensor/variable.js';
import { leavesOf, rebuild } from '../transforms/tree.js';

/** What a function has besides its arguments. */
export interface Surroundings {
  readonly variables?: Readonly<Record<string, Variable>>;
  readonly generators?: readonly Generator[];
}

/** The same elements as a constant. */
function constantOf({ storage, shape, dtype }: Tensor): Tensor {
  return new Tensor(storage, shape, dtype, null, 0);
}

/** x with `offset` added to one element. */
export function moved(x: Tensor, element: number, offset: number): Tensor {
  if (typeof x.storage === 'number') {
    return new Tensor(x.storage + offset, x.shape, x.dtype, null, 0);
  }
  const data = x.data();
  data[element] += offset;
  return new Tensor(data, x.shape, x.dtype, null, 0);
}

export class Problem {
  /** The float64 inputs by which is differentiated; the values of cells stand behind the arguments. */
  readonly inputs: readonly Tensor[];
  /** What each of them is called: `input 0`, `input 1.weight`, `variable bias`. */
  readonly labels: readonly string[];
  /** The cells by which is differentiated. */
  readonly cells: readonly Variable[];
  readonly #fn: (...args: never[]) => unknown;
  readonly #args: readonly unknown[];
  /** All operands of the arguments in order: the number of a differentiable input, or a constant. */
  readonly #operands: readonly (number | Tensor)[];
  /** Where every evaluation begins. */
  readonly #held: readonly (readonly [cell: Variable, value: Tensor])[];
  readonly #drawn: readonly (readonly [generator: Generator, state: GeneratorState])[];

  constructor(
    fn: (...args: never[]) => unknown,
    args: readonly unknown[],
    { variables = {}, generators = [] }: Surroundings = {},
  ) {
    const inputs: Tensor[] = [];
    const labels: string[] = [];
    const add = (label: string, x: Tensor): number => {
      if (x.dtype !== 'float64') {
        throw new DTypeError(
          `gradcheck: differences need float64, got ${x.dtype} for ${label}. ` +
            "Make it with { dtype: 'float64' }, or close over it to hold it constant.",
        );
      }
      labels.push(label);
      return inputs.push(x) - 1;
    };
    this.#fn = fn;
    this.#args = args;
    this.#operands = leavesOf(args).map(({ value, path }) => {
      const x = constantOf(value.read());
      return isFloating(x.dtype) ? add(`input ${path.replace(/^\[(\d+)\]/, '$1')}`, x) : x;
    });
    const cells = new Set(Object.values(variables));
    this.cells = [...cells].filter(({ requiresGrad }) => requiresGrad);
    for (const cell of this.cells) {
      const name = Object.keys(variables).find((key) => variables[key] === cell);
      add(`variable ${name}`, constantOf(cell.read()));
    }
    this.#held = [...cells]
      .filter(({ requiresGrad }) => !requiresGrad)
      .map((cell) => [cell, cell.read()]);
    this.#drawn = generators.map((generator) => [generator, generator.snapshot()]);
    if (inputs.length === 0) {
      throw new ArgumentError(
        'gradcheck: takes a list with at least one float64 tensor, or variables that require a gradient, got none. ' +
          "Make the inputs with { dtype: 'float64' }.",
      );
    }
    this.inputs = inputs;
    this.labels = labels;
  }

  /** The floating outputs of the function at these inputs, those of the cells included. */
  run(inputs: readonly Tensor[]): Tensor[] {
    this.begin();
    const first = inputs.length - this.cells.length;
    return placed(this.cells, inputs.slice(first), () => this.evaluate(inputs));
  }

  /** The floating outputs for these arguments, with cells, state and generators as they are just now. */
  evaluate(inputs: readonly Tensor[]): Tensor[] {
    const operands = this.#operands.map((operand) =>
      typeof operand === 'number' ? inputs[operand] : operand,
    );
    const result = this.#fn(...(rebuild(this.#args, operands) as never[]));
    const outputs = leavesOf(result).map(({ value }) => value.read());
    const floating = outputs.filter(({ dtype }) => isFloating(dtype));
    if (floating.length === 0) {
      const got = outputs.length > 0 ? outputs.map(({ dtype }) => dtype).join(', ') : undefined;
      throw new ArgumentError(
        'gradcheck: the function returns a float64 tensor, or an array or object with at least one, ' +
          `got ${got ?? describeValue(result)}. Only such results have derivatives.`,
      );
    }
    for (const { dtype } of floating) {
      if (dtype === 'float64') continue;
      throw new DTypeError(
        `gradcheck: differences need float64, got a result of ${dtype}. Keep float32 out of the function.`,
      );
    }
    return floating;
  }

  /** Puts state and generators back to where they were in the beginning. */
  begin(): void {
    for (const [cell, value] of this.#held) cell.assign(value);
    for (const [generator, state] of this.#drawn) generator.restore(state);
  }
}

/** Runs `body` with tensors in the place of the values of cells, connected to whatever they are computed from. */
function placed<R>(cells: readonly Variable[], values: readonly Tensor[], body: () => R): R {
  const before = cells.map((cell) => {
    cell.read();
    return cell.snapshot();
  });
  try {
    cells.forEach((cell, i) => {
      cell.restore({ ...before[i], value: values[i] });
    });
    return body();
  } finally {
    cells.forEach((cell, i) => {
      cell.restore(before[i]);
    });
  }
}
