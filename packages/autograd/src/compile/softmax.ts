// Softmax and its logarithm of the same rows, as every cross-entropy asks for both: exponentials are computed once.

import { LOGARITHM } from '../kernels/wasm/softmax.js';
import { knownAt } from '../scalar/known.js';
import type { DType } from '../tensor/dtype.js';
import type { Shape } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { axisOf, isElementwise, withCall } from './formulas.js';
import type { AxisCall, Instruction } from './instruction.js';

interface Softmax extends Instruction {
  readonly call: AxisCall;
}

function isSoftmax(instruction: Instruction): instruction is Softmax {
  const { call, outputs } = instruction;
  return call.kind === 'axis' && call.kernel === 'softmax' && outputs[0].length > 0;
}

const keyOf = ({ call: { outer, count }, inputs: [x] }: Softmax): string =>
  `${x.id} ${outer} ${count}`;

/** A shape that a formula reads the block in, and the axis within: what broadcasts fuses only with formulas of its own shape. */
function shapeOf(
  block: Symbolic,
  call: AxisCall,
  instructions: readonly Instruction[],
): { shape: Shape; axis: number } {
  for (const instruction of instructions) {
    if (!isElementwise(instruction)) continue;
    const { shape } = instruction.call.reads.find((read) => read.block === block) ?? { shape: [] };
    const axis = axisOf(shape, call);
    if (axis >= 0) return { shape, axis };
  }
  return { shape: [call.outer, call.count, call.inner], axis: 1 };
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
  const groups = new Map<string, Softmax[]>();
  for (const one of instructions.filter(isSoftmax)) {
    knownAt(groups, keyOf(one), (): Softmax[] => []).push(one);
  }
  /** Each row's m and ln Σ exp(x − m), once they are computed. */
  const parts = new Map<string, readonly Symbolic[]>();
  return instructions.flatMap((instruction): Instruction[] => {
    if (!isSoftmax(instruction)) return [instruction];
    const key = keyOf(instruction);
    const group = groups.get(key) ?? [];
    const softmax = group.find(({ call }) => call.flag !== true);
    if (softmax === undefined || group.every(({ call }) => call.flag !== true)) {
      return [instruction];
    }
    const { outer, inner, flag } = instruction.call;
    const own: Instruction[] = [];
    const ofRows = knownAt(parts, key, () => {
      const [{ dtype }] = instruction.inputs;
      const made = [newBlock(dtype, outer * inner), newBlock(dtype, outer * inner)];
      const call: AxisCall = { ...softmax.call, kernel: 'softmaxWithLogs' };
      own.push({ ...softmax, call, outputs: [...softmax.outputs, ...made] });
      return made;
    });
    if (flag === true) own.push(asFormula(instruction, ofRows, instructions));
    else if (instruction !== softmax) own.push(instruction);
    return own;
  });
}
