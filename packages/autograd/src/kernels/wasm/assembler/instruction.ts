// How instructions are declared: an opcode, what it takes, and whether it leaves a value.

import { builder } from './builder.js';
import { $, type Operand, type Operands, type StackVar, type ValueType } from './types.js';

/** An instruction that leaves a value of type R. */
export type Instruction<Args extends readonly ValueType[], R extends ValueType> = (
  ...operands: Operands<Args>
) => StackVar<R>;

/** The prefix of the vector instructions, and an opcode behind it as LEB128 (§5.4.9). */
const VECTOR_PREFIX = 0xfd;

export const vectorOpcode = (code: number): readonly number[] =>
  code < 0x80 ? [VECTOR_PREFIX, code] : [VECTOR_PREFIX, (code & 0x7f) | 0x80, code >> 7];

/** Writes an instruction with what follows its opcode, and notes the value that it leaves. */
export function compute(
  opcode: readonly number[],
  args: readonly ValueType[],
  operands: readonly Operand[],
  immediate?: ArrayLike<number>,
): StackVar<never> {
  const own = builder();
  const start = own.take(args, operands);
  own.code.append(opcode);
  if (immediate !== undefined) own.code.append(immediate);
  own.push(start);
  return $;
}

/** An instruction with nothing behind its opcode. */
export const instruction =
  <const Args extends readonly ValueType[], R extends ValueType>(
    opcode: readonly number[],
    args: Args,
    _result: R,
  ): Instruction<Args, R> =>
  (...operands) =>
    compute(opcode, args, operands as readonly Operand[]);

// ---- Memory -----------------------------------------------------------------------------------------------------------

/** Where an instruction reads or writes: so many bytes behind the address that it takes. */
export interface Place {
  readonly offset?: number;
}

/** Writes the opcode and the place. The alignment, a power of two, is a hint. */
function access(opcode: readonly number[], alignment: number, { offset = 0 }: Place): void {
  const { code } = builder();
  code.append(opcode);
  code.unsigned(alignment);
  code.unsigned(offset);
}

const ADDRESS = ['i32'] as const;

export const load =
  <R extends ValueType>(
    opcode: readonly number[],
    alignment: number,
    _result: R,
  ): ((place: Place, ...address: Operands<readonly ['i32']>) => StackVar<R>) =>
  (place, ...address) => {
    const start = builder().take(ADDRESS, address as readonly Operand[]);
    access(opcode, alignment, place);
    builder().push(start);
    return $;
  };

export const store = <T extends ValueType>(
  opcode: readonly number[],
  alignment: number,
  value: T,
): ((place: Place, ...operands: Operands<readonly ['i32', T]>) => void) => {
  const args = ['i32', value] as const;
  return (place, ...operands) => {
    builder().take(args, operands as readonly Operand[]);
    access(opcode, alignment, place);
  };
};

/** Stores one lane of a vector. */
export const storeLane = (
  opcode: readonly number[],
  alignment: number,
): ((place: Place, lane: number, ...operands: Operands<readonly ['i32', 'v128']>) => void) => {
  const whole = store(opcode, alignment, 'v128');
  return (place, lane, ...operands) => {
    whole(place, ...operands);
    builder().code.byte(lane);
  };
};
