// Features to heads and back, each in one pass over memory.

import { defineMultiOp, defineOp, type OpFunction, type Tensor, zeros } from '@retrograd/autograd';

/** x [N, L, parts · heads · width] and each part [N, heads, L, width]. */
interface HeadAttrs {
  readonly parts: number;
  readonly heads: number;
}

/** The strides by which [N, heads, L, width] is walked within rows of `row` features. */
function stridesIn(row: number, length: number, width: number): number[] {
  return [length * row, width, row, 1];
}

/** The strides of [N, heads, L, width] itself. */
function stridesOf(heads: number, length: number, width: number): number[] {
  return [heads * length * width, length * width, width, 1];
}

/**
 * Features to heads: x [N, L, parts · heads · width] → as many parts [N, heads, L, width]. (Queries, keys and values
 * from one matrix product.)
 */
export const splitHeads: OpFunction<HeadAttrs, Tensor[]> = defineMultiOp<HeadAttrs>({
  name: 'splitHeads',
  output: ([{ shape, dtype }], { parts, heads }) => {
    const [batch, length, row] = shape;
    const part = { shape: [batch, heads, length, row / parts / heads], dtype };
    return new Array<typeof part>(parts).fill(part);
  },
  covers: true,
  lower: ([x], parts, { heads }, kernels) => {
    const [, length, row] = x.shape;
    const features = row / parts.length;
    const width = features / heads;
    const strides = stridesIn(row, length, width);
    const to = { offset: 0, strides: stridesOf(heads, length, width) };
    parts.forEach(({ data, shape }, i) => {
      kernels.copy(x.data, { offset: i * features, strides }, data, to, shape);
    });
  },
  vjp: (gs, node) => {
    const { attrs } = node;
    const [batch, length, row] = node.inputShape(0);
    const shape = [batch, attrs.heads, length, row / attrs.parts / attrs.heads];
    return joinHeads(...gs.map((g) => g ?? zeros(shape, { dtype: node.inputDType(0) })), attrs);
  },
  jvp: ([t], { attrs }) => (t === null ? new Array(attrs.parts).fill(null) : splitHeads(t, attrs)),
});

/** Heads to features, the inverse: parts [N, heads, L, width] → [N, L, parts · heads · width]. */
export const joinHeads: OpFunction<HeadAttrs> = defineOp<HeadAttrs>({
  name: 'joinHeads',
  output: ([{ shape, dtype }], { parts }) => {
    const [batch, heads, length, width] = shape;
    return { shape: [batch, length, parts * heads * width], dtype };
  },
  covers: true,
  lower: (parts, [y], { heads }, kernels) => {
    const [, length, row] = y.shape;
    const features = row / parts.length;
    const width = features / heads;
    const strides = stridesIn(row, length, width);
    const from = { offset: 0, strides: stridesOf(heads, length, width) };
    parts.forEach(({ data, shape }, i) => {
      kernels.copy(data, from, y.data, { offset: i * features, strides }, shape);
    });
  },
  vjp: (g, { attrs }) => splitHeads(g, attrs),
  jvp: (tangents, node) => {
    const shape = node.inputShape(0);
    const filled = tangents.map((t) => t ?? zeros([...shape], { dtype: node.dtype }));
    return joinHeads(...filled, node.attrs);
  },
});
