// Softmax and its logarithm of the same rows, as every cross-entropy asks for both: exponentials are computed once.

import { LOGARITHM } from '../kernels/wasm/softmax.js';
import type { DType } from '../tensor/dtype.js';
import { type Shape, sizeOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { isElementwise, withCall } from './formulas.js';
import type { AxisCall, Instruction } from './instruction.js';

interface Softmax extends Instruction {
  readonly call: AxisCall;
}

/** What is computed along one axis of one block. */
interface Along {
  /** The first of both. */
  readonly first: Softmax;
  softmax: Softmax | null;
  logarithm: Softmax | null;
  /** Each row's m and ln Σ exp(x − m), once they are computed. */
  parts: readonly Symbolic[];
}

function isSoftmax(instruction: Instruction): instruction is Softmax {
  const { call, outputs } = instruction;
  return call.kind === 'axis' && call.kernel === 'softmax' && outputs[0].length > 0;
}

const keyOf = ({ call: { outer, count }, inputs: [x] }: Softmax): string =>
  `${x.id} ${outer} ${count}`;

function gathered(instructions: readonly Instruction[]): Map<string, Along> {
  const all = new Map<string, Along>();
  for (const instruction of instructions.filter(isSoftmax)) {
    const key = keyOf(instruction);
    const none = { first: instruction, softmax: null, logarithm: null, parts: [] };
    const along = all.get(key) ?? none;
    all.set(key, along);
    if (instruction.call.flag === true) along.logarithm ??= instruction;
    else along.softmax ??= instruction;
  }
  return all;
}

/** A shape that a formula reads the block in, and the axis within: what broadcasts fuses only with formulas of its own shape. */
function shapeOf(
  block: Symbolic,
  { outer, count, inner }: AxisCall,
  instructions: readonly Instruction[],
): { shape: Shape; axis: number } {
  for (const instruction of instructions) {
    if (!isElementwise(instruction)) continue;
    const { shape } = instruction.call.reads.find((read) => read.block === block) ?? { shape: [] };
    const axis = shape.findIndex(
      (size, k) => size === count && sizeOf(shape.slice(k + 1)) === inner,
    );
    if (axis >= 0) return { shape, axis };
  }
  return { shape: [outer, count, inner], axis: 1 };
}

/** The logarithm of softmax as a formula of x and each row's two numbers. */
function asFormula(
  logarithm: Softmax,
  parts: readonly Symbolic[],
  instructions: readonly Instruction[],
): Instruction {
  const { call, inputs, outputs } = logarithm;
  const [x] = inputs;
  const { shape, axis } = shapeOf(outputs[0], call, instructions);
  const column = shape.map((size, k) => (k === axis ? 1 : size));
  const reads = [{ block: x, shape }, ...parts.map((block) => ({ block, shape: column }))];
  const formula = { kind: 'elementwise', f: LOGARITHM, reads, shape, dtype: x.dtype } as const;
  return withCall(logarithm, formula);
}

/**
 * Where both softmax(x) and ln softmax(x) are wanted, softmax keeps each row's m and ln Σ exp(x − m), and the logarithm becomes
 * a formula of these, which fuses with what reads it and need not be written. All is rounded as by two kernels.
 */
export function joinSoftmax(
  instructions: readonly Instruction[],
  newBlock: (dtype: DType, length: number) => Symbolic,
): Instruction[] {
  const all = gathered(instructions);
  return instructions.flatMap((instruction): Instruction[] => {
    if (!isSoftmax(instruction)) return [instruction];
    const along = all.get(keyOf(instruction)) as Along;
    const { softmax, logarithm } = along;
    if (softmax === null || logarithm === null) return [instruction];
    const { outer, count, inner, flag } = instruction.call;
    const own: Instruction[] = [];
    if (instruction === along.first) {
      const [{ dtype }] = instruction.inputs;
      along.parts = [newBlock(dtype, outer * inner), newBlock(dtype, outer * inner)];
      const call = { kind: 'softmaxWithLogs', outer, count, inner } as const;
      own.push({ ...softmax, call, outputs: [...softmax.outputs, ...along.parts] });
    }
    if (flag === true) own.push(asFormula(instruction, along.parts, instructions));
    else if (instruction !== softmax) own.push(instruction);
    return own;
  });
}
