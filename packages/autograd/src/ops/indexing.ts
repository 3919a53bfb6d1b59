// Reading and writing at integer indices.

import { ArgumentError, DTypeError, IndexError, ShapeError } from '../errors.js';
import { arange, zeros } from '../tensor/creation.js';
import { checkDType, type DType } from '../tensor/dtype.js';
import type { Operand } from '../tensor/operand.js';
import {
  aroundAxis,
  broadcastShapes,
  checkInteger,
  formatShape,
  type Shape,
  sameShape,
  sizeOf,
} from '../tensor/shape.js';
import { asArray } from '../tensor/storage.js';
import { isSymbolic } from '../tensor/symbolic.js';
import type { Tensor } from '../tensor/tensor.js';
import type { AxisAttrs } from './along-axis.js';
import { add, mul } from './arithmetic.js';
import { broadcastTo, cast, reshapeOp } from './broadcast.js';
import { toTensor, withAxis } from './convert.js';
import { defineElementwise } from './define-elementwise.js';
import { defineOp, type OpFunction } from './define-op.js';
import { equal } from './logic.js';
import type { GatherFn, IndexFn, OneHotFn, ScatterAddFn, TakeAlongFn } from './signatures.js';

/** i + size where i < 0: positions counted from the end, as those from the start. */
const fromStart = defineElementwise('fromStart', (i, size) => i.less(0).select(i.add(size), i), {
  integers: 'int32',
});

/**
 * Indices as 0 … size − 1; negative ones, if `least` allows any, count from the end. While tracing there are none to be checked: then only
 * their dtype is. @throws IndexError, DTypeError
 */
function checkIndices(op: string, indices: Operand, size: number, least = -size): Tensor {
  const value = toTensor(op, indices);
  if (value.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: indices are int32, got ${value.dtype}. Make them with { dtype: 'int32' } or cast them.`,
    );
  }
  if (isSymbolic(value.storage)) return fromStart(value, size);
  const data = asArray(value.storage, 'int32');
  let negative = false;
  for (let i = 0; i < data.length; i++) {
    if (data[i] < least || data[i] >= size) {
      throw new IndexError(
        `${op}: indices lie in ${least} … ${size - 1}, got ${data[i]}. Check them against the size of the axis.`,
      );
    }
    negative ||= data[i] < 0;
  }
  return negative ? fromStart(value, size) : value;
}

function zerosOf(shape: Shape, dtype: DType): Tensor {
  return zeros([...shape], { dtype });
}

/** Reading at indices, and its adjoint: adding at indices. */
interface Pair {
  readonly read: OpFunction<AxisAttrs>;
  readonly write: OpFunction<AxisAttrs>;
}

/**
 * Two operations, each the gradient of the other: y = x read at indices, and y = x with updates added there. `shapeOf`
 * is the shape of what is read.
 */
function pairOf(
  reading: 'gather' | 'takeAlong',
  adding: 'scatterAdd' | 'scatterAddAlong',
  shapeOf: (x: Shape, indices: Shape, axis: number) => Shape,
): Pair {
  const read: OpFunction<AxisAttrs> = defineOp<AxisAttrs>({
    name: reading,
    output: ([x, indices], { axis }) => ({
      shape: shapeOf(x.shape, indices.shape, axis),
      dtype: x.dtype,
    }),
    lower: ([x, indices], [y], { axis }, kernels) => {
      const { outer, size, inner } = aroundAxis(x.shape, axis);
      kernels[reading](x.data, indices.data, y.data, outer, size, inner);
    },
    saves: { inputs: [1] },
    vjp: (g, node) => {
      const origin = zerosOf(node.inputShape(0), node.inputDType(0));
      return [write(origin, node.x[1], g, node.attrs), null];
    },
    jvp: ([t], { x: [, indices], attrs }) => t && read(t, indices, attrs),
  });
  const write: OpFunction<AxisAttrs> = defineOp<AxisAttrs>({
    name: adding,
    output: ([x]) => x,
    lower: ([x, indices, updates], [y], { axis }, kernels) => {
      kernels.convert(x.data, x.dtype, y.data, y.dtype);
      const { outer, size, inner } = aroundAxis(x.shape, axis);
      kernels[adding](updates.data, indices.data, y.data, outer, size, inner);
    },
    saves: { inputs: [1] },
    vjp: (g, { x: [, indices], attrs }) => [g, null, read(g, indices, attrs)],
    jvp: ([tx, , tu], node) => {
      if (tu === null) return tx;
      const base = tx ?? zerosOf(node.shape, node.dtype);
      return write(base, node.x[1], tu, node.attrs);
    },
  });
  return { read, write };
}

// ── Whole slices by index ──────────────────────────────────────────────────────────────────────────

const shapeOfSlices = (x: Shape, indices: Shape, axis: number): Shape => [
  ...x.slice(0, axis),
  ...indices,
  ...x.slice(axis + 1),
];

const slices = pairOf('gather', 'scatterAdd', shapeOfSlices);

/**
 * The slices of x at integer indices along an axis (default 0), NumPy's `take`: the axes of `indices` take the place of
 * that axis. Negative indices count from the end. (PyTorch's `gather` is `takeAlong`.)
 * @throws IndexError for an index outside of the axis, DTypeError unless indices are int32.
 */
export const gather = ((x: Operand, indices: Operand, axis?: number): Tensor => {
  const [value, along] = withAxis('gather', x, axis ?? 0);
  return slices.read(value, checkIndices('gather', indices, value.shape[along]), { axis: along });
}) as GatherFn;

/**
 * x with `updates` added to its slices at integer indices along an axis (default 0): the adjoint of `gather`. Indices
 * that repeat add up. `updates` has the shape of `gather(x, indices, axis)`.
 */
export const scatterAdd = ((x: Operand, indices: Operand, updates: Operand, axis = 0): Tensor => {
  const [value, along] = withAxis('scatterAdd', x, axis);
  const at = checkIndices('scatterAdd', indices, value.shape[along]);
  const added = cast(toTensor('scatterAdd', updates), value.dtype);
  const expected = shapeOfSlices(value.shape, at.shape, along);
  if (!sameShape(added.shape, expected)) {
    throw new ShapeError(
      `scatterAdd: updates have the shape of what is gathered, ${formatShape(expected)}, ` +
        `got ${formatShape(added.shape)}. Broadcast or reshape them.`,
    );
  }
  return slices.write(value, at, added, { axis: along });
}) as ScatterAddFn;

// ── One index for each element ─────────────────────────────────────────────────────────────────────

const elements = pairOf('takeAlong', 'scatterAddAlong', (_x, indices) => indices);

/**
 * One element of x for each index along an axis, NumPy's `take_along_axis` and PyTorch's `gather`: `indices` has the
 * shape of the result; its other axes are those of x, or 1 on either side.
 */
export const takeAlong = ((x: Operand, indices: Operand, axis: number): Tensor => {
  const [value, along] = withAxis('takeAlong', x, axis);
  const at = checkIndices('takeAlong', indices, value.shape[along]);
  if (at.rank !== value.rank) {
    throw new ShapeError(
      `takeAlong: x and indices have equally many axes, got ${formatShape(value.shape)} and ` +
        `${formatShape(at.shape)}. Use gather for slices.`,
    );
  }
  const others = (shape: Shape) => shape.map((size, i) => (i === along ? 1 : size));
  const common = broadcastShapes('takeAlong', others(value.shape), others(at.shape));
  const widened = (shape: Shape) => common.map((size, i) => (i === along ? shape[i] : size));
  const source = broadcastTo(value, widened(value.shape));
  const target = broadcastTo(at, widened(at.shape));
  return elements.read(source, target, { axis: along });
}) as TakeAlongFn;

// ── Several axes at once, and one-hot rows ─────────────────────────────────────────────────────────

/**
 * x[i, j, …] with integer tensors on the leading axes, as in NumPy: the indices broadcast with each other, and their
 * common shape takes the place of those axes.
 */
export const index = ((x: Operand, ...indices: readonly Operand[]): Tensor => {
  const value = toTensor('index', x);
  if (indices.length === 0 || indices.length > value.rank) {
    throw new ArgumentError(
      `index: takes 1 … ${value.rank} index tensors for shape ${formatShape(value.shape)}, ` +
        `got ${indices.length}. Index leading axes only.`,
    );
  }
  const leading = value.shape.slice(0, indices.length);
  const rest = value.shape.slice(indices.length);
  const offsets = indices.map((list, axis): Tensor => {
    const at = checkIndices('index', list, leading[axis]);
    const { inner: step } = aroundAxis(leading, axis);
    return step === 1 ? at : mul(at, step);
  });
  const flat = offsets.reduce((sum, offset) => add(sum, offset));
  const rows = reshapeOp(value, { shape: [sizeOf(leading), ...rest] });
  return slices.read(rows, flat, { axis: 0 });
}) as IndexFn;

/**
 * Rows of zeros with a 1 at each index: one more axis, of `classes` sizes. dtype: float32 unless given.
 * @throws IndexError for an index outside of 0 … classes − 1.
 */
export const oneHot = ((
  indices: Operand,
  classes: number,
  options: { dtype?: DType } = {},
): Tensor => {
  checkInteger('oneHot', 'classes', classes, 0);
  const at = checkIndices('oneHot', indices, classes, 0);
  const dtype = checkDType('oneHot', options.dtype ?? 'float32');
  const column = reshapeOp(at, { shape: [...at.shape, 1] });
  return cast(equal(column, arange(classes)), dtype);
}) as OneHotFn;
