// Sequences of varying length in one batch: which steps are there, and which are padding.

import {
  ArgumentError,
  arange,
  defineElementwise,
  Operand,
  peek,
  ShapeError,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { formatShape } from './errors.js';

/** Which steps of a batch are there. At most one of the two. */
export interface SequenceLengths {
  /** [batch, time], of any dtype: not 0 where a step is there. It may have gaps. */
  readonly mask?: Operand;
  /** How many steps each sequence has, [batch]; those behind are padding. */
  readonly lengths?: Operand | readonly number[];
}

/** a where the condition is not 0, b elsewhere: what isn't taken adds nothing to the gradient. */
export const choose = defineElementwise('choose', (there, a, b) => there.select(a, b), {
  conditions: [0],
});

const within = defineElementwise('within', (step, length) => step.less(length), {
  result: 'bool',
  integers: 'same',
});

const present = defineElementwise('present', (x) => x.notEqual(0), {
  result: 'bool',
  integers: 'same',
});

/**
 * The mask [batch, time] (bool) of sequences, null where all steps are there.
 * @throws ArgumentError if both a mask and lengths are given, or a length isn't a whole number in 0 … steps; ShapeError for
 *   another shape.
 */
export function maskOf(
  op: string,
  { mask, lengths }: SequenceLengths,
  batch: number,
  steps: number,
): Tensor | null {
  if (mask !== undefined && lengths !== undefined) {
    throw new ArgumentError(
      `${op}: takes a mask or lengths, got both. Pass the mask alone: it says more.`,
    );
  }
  if (mask !== undefined) {
    if (mask.shape.join() === `${batch},${steps}`) return present(mask);
    throw new ShapeError(
      `${op}: a mask has shape [${batch}, ${steps}], got ${formatShape(mask.shape)}. Check that it belongs to this batch.`,
    );
  }
  if (lengths === undefined) return null;
  const counts = lengthsOf(op, 'lengths', lengths, batch, steps);
  return within(arange(0, steps, 1, { dtype: 'int32' }), counts.unsqueeze(-1));
}

/** Lengths, one for each sequence of a batch, as int32 [batch]; checked, unless they are being traced. */
export function lengthsOf(
  op: string,
  role: string,
  lengths: Operand | readonly number[],
  batch: number,
  most: number,
): Tensor {
  const given = lengths instanceof Operand ? lengths : tensor(Float64Array.from(lengths));
  if (given.shape.join() !== `${batch}`) {
    throw new ShapeError(
      `${op}: ${role} have shape [${batch}], got ${formatShape(given.shape)}. Pass one for each sequence of the batch.`,
    );
  }
  peek(given)?.forEach((length, row) => {
    if (Number.isInteger(length) && length >= 0 && length <= most) return;
    throw new ArgumentError(
      `${op}: ${role} are whole numbers in 0 … ${most}, got ${length} for sequence ${row}. Count the steps again.`,
    );
  });
  return given.read().cast('int32');
}
