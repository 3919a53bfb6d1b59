// What is checked: a function as a map from float64 tensors to float64 tensors.

import { ArgumentError, DTypeError } from '../errors.js';
import { describeValue } from '../tensor/creation.js';
import { isFloating } from '../tensor/dtype.js';
import { Tensor } from '../tensor/tensor.js';
import { leavesOf, rebuild } from '../transforms/tree.js';

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
  /** The float64 inputs, by which is differentiated. */
  readonly inputs: readonly Tensor[];
  /** Where each of them stands in the arguments: `0`, `1.weight`. */
  readonly labels: readonly string[];
  readonly #fn: (...args: never[]) => unknown;
  readonly #args: readonly unknown[];
  /** All operands of the arguments in order: the number of a differentiable input, or a constant. */
  readonly #operands: readonly (number | Tensor)[];

  constructor(fn: (...args: never[]) => unknown, args: readonly unknown[]) {
    const inputs: Tensor[] = [];
    const labels: string[] = [];
    this.#fn = fn;
    this.#args = args;
    this.#operands = leavesOf(args).map(({ value, path }) => {
      const x = constantOf(value.read());
      const label = path.replace(/^\[(\d+)\]/, '$1');
      if (!isFloating(x.dtype)) return x;
      if (x.dtype !== 'float64') {
        throw new DTypeError(
          `gradcheck: differences need float64, got ${x.dtype} for input ${label}. ` +
            "Make it with { dtype: 'float64' }, or close over it to hold it constant.",
        );
      }
      labels.push(label);
      return inputs.push(x) - 1;
    });
    if (inputs.length === 0) {
      throw new ArgumentError(
        'gradcheck: takes a list with at least one float64 tensor, got none. ' +
          "Make the inputs with { dtype: 'float64' }.",
      );
    }
    this.inputs = inputs;
    this.labels = labels;
  }

  /** The floating outputs of the function at these inputs. */
  run(inputs: readonly Tensor[]): Tensor[] {
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
}
