// Orders: sorting, the largest k, the position of the extreme.

import { ArgumentError, ShapeError } from '../errors.js';
import type { Operand } from '../tensor/operand.js';
import {
  aroundAxis,
  checkInteger,
  formatShape,
  normalizeAxis,
  reducedShape,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { scanning } from './along-axis.js';
import { reshapeOp } from './broadcast.js';
import { toTensor, withAxis } from './convert.js';
import { defineOp } from './define-op.js';
import { takeAlong } from './indexing.js';
import { withSize } from './join.js';
import type {
  AlongFn,
  ArgReduceFn,
  SortFn,
  SortOptions,
  TopKFn,
  TopKOptions,
} from './signatures.js';
import { partOf } from './slice.js';

const argSortOp = defineOp<{ axis: number; descending: boolean }>({
  name: 'argsort',
  output: ([x]) => ({ shape: x.shape, dtype: 'int32' }),
  lower: scanning('argSort', ({ descending }) => descending),
  vjp: 'nondifferentiable',
});

/** The indices (int32) that sort x along an axis (default: the last). Stable; NaN comes last. */
export const argsort = ((x: Operand, axis = -1, options: SortOptions = {}): Tensor => {
  const [value, along] = withAxis('argsort', x, axis);
  return argSortOp(value, { axis: along, descending: options.descending === true });
}) as AlongFn<'argsort', number, SortOptions>;

/** x sorted along an axis (default: the last), and the indices of where each element was. Stable; NaN comes last. */
export const sort = ((x: Operand, axis = -1, options: SortOptions = {}) => {
  const [value, along] = withAxis('sort', x, axis);
  const indices = argSortOp(value, { axis: along, descending: options.descending === true });
  return { values: takeAlong(value, indices, along), indices };
}) as SortFn;

/** The k largest (or smallest) elements along an axis (default: the last), in order, and their indices. */
export const topK = ((x: Operand, k: number, axis?: number, options: TopKOptions = {}) => {
  const [value, along] = withAxis('topK', x, axis ?? -1);
  checkInteger('topK', 'k', k, 0);
  if (k > value.shape[along]) {
    throw new ArgumentError(
      `topK: k is at most the size of axis ${along}, ${value.shape[along]}, got ${k}. Pass a smaller k.`,
    );
  }
  const order = argSortOp(value, { axis: along, descending: options.largest !== false });
  const { shape } = value;
  const starts = shape.map(() => 0);
  const indices = partOf(order, starts, withSize(shape, along, k));
  return { values: takeAlong(value, indices, along), indices };
}) as TopKFn;

function argExtremeOp(kind: 'max' | 'min') {
  return defineOp<{ axis: number; keepDims: boolean }>({
    name: `arg${kind}`,
    output: ([x], { axis, keepDims }) => {
      if (x.shape[axis] === 0) {
        throw new ShapeError(
          `arg${kind}: needs at least one element along the axis, got shape ${formatShape(x.shape)}. ` +
            'Check for an empty batch first.',
        );
      }
      return { shape: reducedShape(x.shape, [axis], keepDims), dtype: 'int32' };
    },
    lower: ([x], [y], { axis }, kernels) => {
      const { outer, size, inner } = aroundAxis(x.shape, axis);
      kernels.argReduce(kind, x.data, y.data, outer, size, inner);
    },
    vjp: 'nondifferentiable',
  });
}

function argExtreme(kind: 'max' | 'min'): ArgReduceFn {
  const op = argExtremeOp(kind);
  return ((x: Operand, axis?: number, options: { keepDims?: boolean } = {}): Tensor => {
    const value = toTensor(`arg${kind}`, x);
    const keepDims = options.keepDims === true;
    if (axis !== undefined) {
      return op(value, { axis: normalizeAxis(`arg${kind}`, axis, value.rank), keepDims });
    }
    const flat = reshapeOp(value, { shape: [value.size] });
    const position = op(flat, { axis: 0, keepDims: false });
    return keepDims ? reshapeOp(position, { shape: value.shape.map(() => 1) }) : position;
  }) as ArgReduceFn;
}

/** Where the largest element stands along an axis, or in the flattened tensor (int32); the first of equals; NaN wins. */
export const argmax = argExtreme('max') as ArgReduceFn<'argmax'>;

/** Where the smallest element stands along an axis, or in the flattened tensor (int32); the first of equals; NaN wins. */
export const argmin = argExtreme('min') as ArgReduceFn<'argmin'>;
