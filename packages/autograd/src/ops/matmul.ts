// Products of vectors, matrices and batches of matrices.

import { ShapeError } from '../errors.js';
import { sumOf } from '../tape/accumulate.js';
import type { Operand } from '../tensor/operand.js';
import {
  broadcastShapes,
  broadcastStrides,
  formatShape,
  type Shape,
  sizeOf,
  stridesOf,
} from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { reshapeOp, sumTo } from './broadcast.js';
import { defineOp, type OpFunction } from './define-op.js';
import { numericPair } from './numeric.js';
import type { DotFn, MatmulFn, MatmulOptions, OuterFn } from './signatures.js';

export type { MatmulOptions };

interface MatmulAttrs {
  /** Read a with its last two axes exchanged. */
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The attributes for both flags, made once. */
const ATTRS = [false, true].map((transposeA) =>
  [false, true].map((transposeB): MatmulAttrs => ({ transposeA, transposeB })),
);

function attrsOf(transposeA: boolean, transposeB: boolean): MatmulAttrs {
  return ATTRS[transposeA ? 1 : 0][transposeB ? 1 : 0];
}

const NO_AXES: Shape = [];

function leading(shape: Shape): Shape {
  return shape.length === 2 ? NO_AXES : shape.slice(0, -2);
}

/** The rows of op(x). */
function rowsOf(shape: Shape, transposed: boolean): number {
  return shape[shape.length - (transposed ? 1 : 2)];
}

/** The columns of op(x). */
function columnsOf(shape: Shape, transposed: boolean): number {
  return rowsOf(shape, !transposed);
}

const ONE_PAIR: readonly [number, number][] = [[0, 0]];

/** For every matrix of the result, which matrices of a and b it is the product of. */
function pairing(a: Shape, b: Shape): readonly [number, number][] {
  const batch = broadcastShapes('matmul', leading(a), leading(b));
  if (batch.length === 0) return ONE_PAIR;
  const stepsOfA = broadcastStrides(leading(a), batch);
  const stepsOfB = broadcastStrides(leading(b), batch);
  const steps = stridesOf(batch);
  return Array.from({ length: sizeOf(batch) }, (_, index) => {
    let [first, second, rest] = [0, 0, index];
    for (let axis = 0; axis < batch.length; axis++) {
      const position = Math.floor(rest / steps[axis]);
      rest -= position * steps[axis];
      first += position * stepsOfA[axis];
      second += position * stepsOfB[axis];
    }
    return [first, second];
  });
}

/**
 * Y = op(A) op(B), batches broadcast. dA = G op(B)ᵀ and dB = op(A)ᵀ G; where an operand is read transposed, so is its
 * gradient: dA = op(B) Gᵀ, dB = Gᵀ op(A).
 */
export const matmulOp: OpFunction<MatmulAttrs> = defineOp<MatmulAttrs>({
  name: 'matmul',
  output: ([a, b], { transposeA, transposeB }) => {
    const m = rowsOf(a.shape, transposeA);
    const n = columnsOf(b.shape, transposeB);
    const batch = broadcastShapes('matmul', leading(a.shape), leading(b.shape));
    return { shape: batch.length === 0 ? [m, n] : [...batch, m, n], dtype: a.dtype };
  },
  covers: true,
  lower: ([a, b], [y], { transposeA, transposeB }, kernels) => {
    kernels.matmul({
      a: a.data,
      b: b.data,
      out: y.data,
      dtype: y.dtype,
      m: rowsOf(a.shape, transposeA),
      n: columnsOf(b.shape, transposeB),
      k: columnsOf(a.shape, transposeA),
      transposeA,
      transposeB,
      batch: pairing(a.shape, b.shape),
    });
  },
  saves: { inputs: true },
  vjp: (g, node) => {
    const [a, b] = node.x;
    const { transposeA: ta, transposeB: tb } = node.attrs;
    let dA: Tensor | null = null;
    let dB: Tensor | null = null;
    if (node.needs(0)) dA = ta ? product(b, g, tb, true) : product(g, b, false, !tb);
    if (node.needs(1)) dB = tb ? product(g, a, true, ta) : product(a, g, !ta, false);
    return [dA && sumTo(dA, a.shape), dB && sumTo(dB, b.shape)];
  },
  jvp: ([ta, tb], { x: [a, b], attrs }) =>
    sumOf(ta && matmulOp(ta, b, attrs), tb && matmulOp(a, tb, attrs)),
});

/** op(a) op(b), recorded. */
export function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return matmulOp(a, b, attrsOf(transposeA, transposeB));
}

const NO_OPTIONS: MatmulOptions = {};

/**
 * The matrix product, as NumPy's and PyTorch's: matrices [m, k] · [k, n]; a vector is a row on the left and a column on
 * the right, whose axis then drops; leading axes are batches, which broadcast. The options read an operand with its
 * last two axes exchanged, which costs nothing.
 * @throws ShapeError for scalars, for inner dimensions that differ, for batches that don't broadcast.
 */
export const matmul = ((a: Operand, b: Operand, options: MatmulOptions = NO_OPTIONS): Tensor => {
  const [x, y] = numericPair('matmul', a, b);
  const { transposeA = false, transposeB = false } = options;
  if (x.rank === 0 || y.rank === 0) {
    throw new ShapeError(
      `matmul: operands have at least one axis, got ${formatShape(x.shape)} and ${formatShape(y.shape)}. ` +
        'Use mul for scalars.',
    );
  }
  const left = x.rank === 1 ? reshapeOp(x, { shape: [1, x.size] }) : x;
  const right = y.rank === 1 ? reshapeOp(y, { shape: [y.size, 1] }) : y;
  const attrs = attrsOf(transposeA && x.rank > 1, transposeB && y.rank > 1);
  const inner = columnsOf(left.shape, attrs.transposeA);
  const outer = rowsOf(right.shape, attrs.transposeB);
  if (inner !== outer) {
    throw new ShapeError(
      `matmul: inner dimensions ${inner} and ${outer} differ, got ${formatShape(x.shape)} and ` +
        `${formatShape(y.shape)}. Transpose one of them, or check which axis holds the features.`,
    );
  }
  if (x.rank === 2 && y.rank === 2) return matmulOp(x, y, attrs);
  // A batch times one matrix is one tall product, and its gradient one product too instead of a sum of many.
  const tall = left.rank > 2 && right.rank === 2 && !attrs.transposeA;
  const flat = tall
    ? reshapeOp(left, { shape: [sizeOf(leading(left.shape)) * left.shape[left.rank - 2], inner] })
    : left;
  const result = matmulOp(flat, right, attrs);
  const shape = [
    ...(tall ? left.shape.slice(0, -1) : result.shape.slice(0, -1)),
    result.shape[result.rank - 1],
  ];
  if (y.rank === 1) shape.pop();
  if (x.rank === 1) shape.splice(y.rank === 1 ? -1 : -2, 1);
  return shape.length === result.rank && !tall ? result : reshapeOp(result, { shape });
}) as MatmulFn;

function checkVectors(op: string, a: Tensor, b: Tensor): void {
  if (a.rank === 1 && b.rank === 1) return;
  throw new ShapeError(
    `${op}: takes two vectors, got ${formatShape(a.shape)} and ${formatShape(b.shape)}. ` +
      'Use matmul for matrices, or reshape.',
  );
}

/** Σ aᵢ bᵢ of two vectors. @throws ShapeError unless both are vectors of one length. */
export const dot = ((a: Operand, b: Operand): Tensor => {
  const [x, y] = numericPair('dot', a, b);
  checkVectors('dot', x, y);
  if (x.size !== y.size) {
    throw new ShapeError(
      `dot: vectors are equally long, got ${x.size} and ${y.size} elements. Check the lengths.`,
    );
  }
  return matmul(x, y);
}) as DotFn;

/** aᵢ bⱼ of two vectors, a matrix. @throws ShapeError unless both are vectors. */
export const outer = ((a: Operand, b: Operand): Tensor => {
  const [x, y] = numericPair('outer', a, b);
  checkVectors('outer', x, y);
  const column = reshapeOp(x, { shape: [x.size, 1] });
  const row = reshapeOp(y, { shape: [1, y.size] });
  return product(column, row, false, false);
}) as OuterFn;
