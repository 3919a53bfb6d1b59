// Reading at indices goes in front of the formula that makes what is read: what isn't picked need not be computed.

import type { DType } from '../tensor/dtype.js';
import { sizeOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { axisOf, type Elementwise, isElementwise, withCall } from './formulas.js';
import { type AxisCall, type Instruction, usesOf } from './instruction.js';

type NewBlock = (dtype: DType, length: number) => Symbolic;

/**
 * f(a, b) at indices as f of a and b at these; what has one element along the axis is read as it is. Null if another
 * operand repeats, or not less is picked, from all operands, than the formula makes.
 */
function inFront(
  pick: Instruction,
  call: AxisCall,
  formula: Elementwise,
  newBlock: NewBlock,
): Instruction[] | null {
  const { inputs, outputs } = pick;
  const { length } = outputs[0];
  const { shape } = formula.call;
  const axis = axisOf(shape, call);
  if (axis < 0) return null;
  const ofPicked = shape.with(axis, length / (call.outer * call.inner));
  const moved: Instruction[] = [];
  let saved = sizeOf(shape);
  const reads = formula.call.reads.map((read) => {
    if ((read.shape.at(axis - shape.length) ?? 1) === 1) return read;
    if (sizeOf(read.shape) < sizeOf(shape)) saved = 0;
    saved -= length;
    const block = newBlock(read.block.dtype, length);
    moved.push({ ...pick, inputs: [read.block, inputs[1]], outputs: [block] });
    return { block, shape: ofPicked };
  });
  if (moved.length === 0 || saved <= 0) return null;
  return [...moved, { ...withCall(formula, { ...formula.call, reads, shape: ofPicked }), outputs }];
}

/**
 * Lets `takeAlong` and `gather` read the operands of a formula that nothing else reads: the loss of classes takes one
 * logarithm a row. Formulas round alike on any shape.
 */
export function pickFirst(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
  newBlock: NewBlock,
): Instruction[] {
  const readers = usesOf(instructions, 'inputs');
  const writers = usesOf(instructions, 'outputs');
  const formulas = new Map<Symbolic, Elementwise>();
  const result: Instruction[] = [];
  const left = [...instructions].reverse();
  for (let own = left.pop(); own !== undefined; own = left.pop()) {
    const { call, inputs, partial } = own;
    const [x] = inputs;
    if (isElementwise(own)) formulas.set(own.outputs[0], own);
    const formula = formulas.get(x);
    // Of the kernels with indices, those that read; operands are read later than they were.
    const moved =
      call.kind === 'axis' &&
      inputs.length > 1 &&
      !partial &&
      formula !== undefined &&
      readers(x) === 1 &&
      !kept.has(x) &&
      [x, ...formula.inputs].every((block) => writers(block) < 2)
        ? inFront(own, call, formula, newBlock)
        : null;
    if (moved === null) result.push(own);
    else left.push(...moved.reverse());
  }
  return result;
}
