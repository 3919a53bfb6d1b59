// Several tensors to one and back: concat and split, each the adjoint of the other.

import { ArgumentError, ShapeError } from '../errors.js';
import type { KernelView, Layout } from '../kernels/kernels.js';
import type { Adjoint } from '../tape/node.js';
import { zeros } from '../tensor/creation.js';
import type { DType } from '../tensor/dtype.js';
import type { Operand } from '../tensor/operand.js';
import {
  checkInteger,
  contiguous,
  formatShape,
  normalizeAxis,
  type Shape,
  stridesOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { reshapeOp } from './broadcast.js';
import { toTensor, withAxis } from './convert.js';
import { defineMultiOp, defineOp, type OpFunction } from './define-op.js';
import { promoted } from './numeric.js';
import type { ConcatFn, SplitFn, StackFn } from './signatures.js';

/** The sizes of the parts along the axis: each of the two operations is the gradient of the other. */
interface JoinAttrs {
  readonly axis: number;
  readonly sizes: readonly number[];
}

/** The shape with another size of one axis. */
export function withSize(shape: Shape, axis: number, size: number): number[] {
  return shape.map((own, i) => (i === axis ? size : own));
}

/** Zeros where a part has no gradient, so that the parts can be joined. */
function filled(
  parts: readonly Adjoint[],
  shape: Shape,
  dtype: DType,
  { axis, sizes }: JoinAttrs,
): Tensor[] {
  return parts.map((part, i) => part ?? zeros(withSize(shape, axis, sizes[i]), { dtype }));
}

/** Goes through the parts of a whole, which lie one behind the other along an axis, with their places in it. */
function eachPart(
  whole: Shape,
  parts: readonly KernelView[],
  axis: number,
  visit: (part: KernelView, place: Layout) => void,
): void {
  const strides = stridesOf(whole);
  let at = 0;
  for (const part of parts) {
    visit(part, { offset: at * strides[axis], strides });
    at += part.shape[axis];
  }
}

/** The inputs one behind the other along an axis. */
export const concatOp: OpFunction<JoinAttrs> = defineOp<JoinAttrs>({
  name: 'concat',
  output: (inputs, { axis }) => {
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
    return { shape: withSize(inputs[0].shape, axis, total), dtype: inputs[0].dtype };
  },
  lower: (inputs, [y], { axis }, kernels) =>
    eachPart(y.shape, inputs, axis, ({ data, shape }, place) =>
      kernels.copy(data, contiguous(shape), y.data, place, shape),
    ),
  vjp: (g, { attrs }) => splitOp(g, attrs),
  jvp: (tangents, { attrs }) => {
    const moving = tangents.find((t) => t !== null);
    if (moving === undefined || moving === null) return null;
    return concatOp(...filled(tangents, moving.shape, moving.dtype, attrs), attrs);
  },
});

/** The parts of x along an axis, of the given sizes. */
export const splitOp: OpFunction<JoinAttrs, Tensor[]> = defineMultiOp<JoinAttrs>({
  name: 'split',
  output: ([x], { axis, sizes }) =>
    sizes.map((size) => ({ shape: withSize(x.shape, axis, size), dtype: x.dtype })),
  lower: ([x], parts, { axis }, kernels) =>
    eachPart(x.shape, parts, axis, ({ data, shape }, place) =>
      kernels.copy(x.data, place, data, contiguous(shape), shape),
    ),
  vjp: (gs, node) => {
    const { attrs } = node;
    const parts = filled(gs, node.inputShape(0), node.inputDType(0), attrs);
    return concatOp(...parts, attrs);
  },
  jvp: ([t], { attrs }) => (t === null ? attrs.sizes.map(() => null) : splitOp(t, attrs)),
});

function checkList(op: string, tensors: readonly Operand[]): Tensor[] {
  if (!Array.isArray(tensors) || tensors.length === 0) {
    throw new ArgumentError(
      `${op}: takes an array of at least one tensor, got ${Array.isArray(tensors) ? 'none' : typeof tensors}. ` +
        `Call it as ${op}([a, b]).`,
    );
  }
  return promoted(
    tensors.map((x) => toTensor(op, x)),
    'bool',
  );
}

/** The tensors one behind the other along an axis (default 0). @throws ShapeError if the other sizes differ. */
export const concat = ((tensors: readonly Operand[], axis?: number): Tensor => {
  const values = checkList('concat', tensors);
  const [{ shape }] = values;
  const along = normalizeAxis('concat', axis ?? 0, shape.length);
  for (const other of values) {
    const fits =
      other.rank === shape.length && other.shape.every((n, i) => i === along || n === shape[i]);
    if (!fits) {
      throw new ShapeError(
        `concat: shapes differ only along axis ${along}, got ${formatShape(shape)} and ` +
          `${formatShape(other.shape)}. Reshape or slice one of them.`,
      );
    }
  }
  return concatOp(...values, { axis: along, sizes: values.map((x) => x.shape[along]) });
}) as ConcatFn;

/** The tensors along a new axis (default 0). @throws ShapeError if their shapes differ. */
export const stack = ((tensors: readonly Operand[], axis?: number): Tensor => {
  const values = checkList('stack', tensors);
  const [{ shape }] = values;
  const along = normalizeAxis('stack', axis ?? 0, shape.length + 1);
  for (const other of values) {
    if (other.rank !== shape.length || other.shape.some((n, i) => n !== shape[i])) {
      throw new ShapeError(
        `stack: shapes are equal, got ${formatShape(shape)} and ${formatShape(other.shape)}. ` +
          'Use concat along an axis that they have.',
      );
    }
  }
  const expanded = [...shape.slice(0, along), 1, ...shape.slice(along)];
  const parts = values.map((x) => reshapeOp(x, { shape: expanded }));
  return concatOp(...parts, { axis: along, sizes: parts.map(() => 1) });
}) as StackFn;

/**
 * x cut along an axis (default 0): into a number of equal sections, or into parts of the sizes given.
 * @throws ShapeError if the sections aren't equal or the sizes don't add up.
 */
export const split = ((
  x: Operand,
  sections: number | readonly number[],
  axis?: number,
): Tensor[] => {
  const [value, along] = withAxis('split', x, axis ?? 0);
  const size = value.shape[along];
  if (typeof sections === 'number') {
    checkInteger('split', 'sections', sections, 1);
    if (size % sections !== 0) {
      throw new ShapeError(
        `split: axis ${along} is divided evenly, got ${size} elements for ${sections} sections. ` +
          'Pass an array of sizes.',
      );
    }
    const sizes = new Array<number>(sections).fill(size / sections);
    return splitOp(value, { axis: along, sizes });
  }
  const total = sections.reduce((sum, n) => sum + checkInteger('split', 'a size', n, 0), 0);
  if (total !== size) {
    throw new ShapeError(
      `split: the sizes add up to axis ${along}, ${size}, got [${sections.join(', ')}]. Check the sizes.`,
    );
  }
  return splitOp(value, { axis: along, sizes: [...sections] });
}) as SplitFn;
