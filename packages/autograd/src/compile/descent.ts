// W − η·(A B): a product and the descent along it, as one product that accumulates in place.

import type { Expr } from '../scalar/index.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { type Instruction, type MatmulCall, usesOf } from './instruction.js';

/** Which argument is the parameter, which the direction, and what the direction is multiplied by. */
interface Descent {
  readonly parameter: number;
  readonly direction: number;
  /** An argument, or a number that is known. */
  readonly rate: { readonly argument: number } | { readonly value: number };
}

/** Reads p − d·η off a formula; null if it is another one. */
function descentOf(f: Expr): Descent | null {
  if (f.op !== 'sub') return null;
  const [p, scaled] = f.args;
  if (p.op !== 'argument' || scaled.op !== 'mul') return null;
  const [d, eta] = scaled.args;
  if (d.op !== 'argument' || d.index === p.index) return null;
  const rate =
    eta.op === 'argument'
      ? { argument: eta.index }
      : eta.op === 'constant'
        ? { value: eta.value }
        : null;
  return rate === null ? null : { parameter: p.index, direction: d.index, rate };
}

/**
 * Lets products accumulate into what they descend: where a product is read by one descent alone, BLAS adds −η·(A B) to W
 * as it goes, and the gradient is never written. `worthwhile` says for which products.
 */
export function fuseDescents(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
  worthwhile: (call: MatmulCall) => boolean,
): Instruction[] {
  const products = new Map<Symbolic, Instruction>();
  const reads = usesOf(instructions, 'inputs');
  for (const instruction of instructions) {
    if (instruction.call.kind === 'matmul') products.set(instruction.outputs[0], instruction);
  }
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    const descent = call.kind === 'elementwise' ? descentOf(call.f) : null;
    if (descent === null) return instruction;
    const direction = inputs[descent.direction];
    const product = products.get(direction);
    const parameter = inputs[descent.parameter];
    const rate = 'argument' in descent.rate ? inputs[descent.rate.argument] : null;
    const fits =
      product?.call.kind === 'matmul' &&
      product.call.batch.length === 1 &&
      product.call.dtype === outputs[0].dtype &&
      worthwhile(product.call) &&
      reads(direction) === 1 &&
      !kept.has(direction) &&
      parameter.length === outputs[0].length &&
      direction.length === outputs[0].length &&
      (rate === null || rate.length === 1);
    if (!fits || product?.call.kind !== 'matmul') return instruction;
    return {
      ...instruction,
      call: {
        kind: 'descent',
        product: product.call,
        rate: 'value' in descent.rate ? descent.rate.value : null,
      },
      inputs: [...product.inputs, parameter, ...(rate === null ? [] : [rate])],
    };
  });
}
