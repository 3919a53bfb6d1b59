// Products that read operands as they were before their matrices were transposed: to them either order is the same.

import { type Shape, sameShape, stridesOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { fillsWhole, type Instruction, type MatmulCall, usesOf } from './instruction.js';

const exchanged = (list: Shape): Shape => [...list.slice(0, -2), ...list.slice(-2).reverse()];

/** The shape of a copy that exchanges the last two axes of all of its operand, and does nothing else; null for other calls. */
function transposition({ call, inputs: [x], outputs: [out] }: Instruction): Shape | null {
  if (call.kind !== 'copy' || call.shape.length < 2 || x.length !== out.length) return null;
  const { from, shape } = call;
  const strides = exchanged(stridesOf(exchanged(shape)));
  const fits = from.offset === 0 && sameShape(from.strides, strides) && fillsWhole(call, out);
  return fits ? shape : null;
}

/** The matrices of A and of B as they lie. */
const matricesOf = ({ m, n, k, transposeA, transposeB }: MatmulCall): readonly Shape[] => [
  transposeA ? [k, m] : [m, k],
  transposeB ? [n, k] : [k, n],
];

/** Lets products read through copies that transpose matrices. */
export function readTransposed(instructions: readonly Instruction[]): Instruction[] {
  const writers = usesOf(instructions, 'outputs');
  const copies = new Map<Symbolic, { readonly block: Symbolic; readonly matrix: Shape }>();
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    const shape = transposition(instruction);
    if (shape !== null && writers(inputs[0]) < 2 && writers(outputs[0]) === 1) {
      copies.set(outputs[0], { block: inputs[0], matrix: shape.slice(-2) });
    }
    if (call.kind !== 'matmul') return instruction;
    const sources = matricesOf(call).map((matrix, x) => {
      const copy = copies.get(inputs[x]);
      return copy !== undefined && sameShape(copy.matrix, matrix) ? copy.block : null;
    });
    const flips = sources.map((source) => source !== null);
    return {
      ...instruction,
      call: {
        ...call,
        transposeA: call.transposeA !== flips[0],
        transposeB: call.transposeB !== flips[1],
      },
      inputs: sources.map((source, x) => source ?? inputs[x]),
    };
  });
}
