// Instructions on vectors of 128 bits.

import type { TypedArray } from '../../../tensor/dtype.js';
import { AssemblyError } from './error.js';
import {
  compute,
  type Instruction,
  instruction,
  load,
  store,
  storeLane,
  vectorOpcode,
} from './instruction.js';
import type { Operand, Operands, StackVar, ValueType } from './types.js';

const unary = (code: number) => instruction(vectorOpcode(code), ['v128'], 'v128');
const binary = (code: number) => instruction(vectorOpcode(code), ['v128', 'v128'], 'v128');
const ternary = (code: number) => instruction(vectorOpcode(code), ['v128', 'v128', 'v128'], 'v128');
const splat = <T extends ValueType>(code: number, type: T): Instruction<readonly [T], 'v128'> =>
  instruction(vectorOpcode(code), [type] as const, 'v128');
const shift = (code: number) => instruction(vectorOpcode(code), ['v128', 'i32'], 'v128');

const extractLane = <R extends ValueType>(code: number, _result: R) => {
  const opcode = vectorOpcode(code);
  return (lane: number, ...operands: Operands<readonly ['v128']>): StackVar<R> =>
    compute(opcode, ['v128'], operands as readonly Operand[], [lane]);
};

const replaceLane = <T extends ValueType>(code: number, type: T) => {
  const opcode = vectorOpcode(code);
  const args = ['v128', type] as const;
  return (lane: number, ...operands: Operands<readonly ['v128', T]>): StackVar<'v128'> =>
    compute(opcode, args, operands as readonly Operand[], [lane]);
};

// ---- Any lanes --------------------------------------------------------------------------------------------------------

const VECTOR_BYTES = 16;

const V128_CONST = vectorOpcode(0x0c);

function sixteen<T extends ArrayLike<number>>(what: string, bytes: T): T {
  if (bytes.length !== VECTOR_BYTES)
    throw new AssemblyError(`${what} takes ${VECTOR_BYTES} bytes, got ${bytes.length}.`);
  return bytes;
}

export const v128 = {
  kind: 'v128',
  /** The array's bytes, which are sixteen. */
  const: ({ buffer }: TypedArray | BigInt64Array): StackVar<'v128'> =>
    compute(V128_CONST, [], [], sixteen('v128.const', new Uint8Array(buffer))),
  load: load(vectorOpcode(0x00), 4, 'v128'),
  load32_splat: load(vectorOpcode(0x09), 2, 'v128'),
  load64_splat: load(vectorOpcode(0x0a), 3, 'v128'),
  load32_zero: load(vectorOpcode(0x5c), 2, 'v128'),
  load64_zero: load(vectorOpcode(0x5d), 3, 'v128'),
  store: store(vectorOpcode(0x0b), 4, 'v128'),
  store32_lane: storeLane(vectorOpcode(0x5a), 2),
  store64_lane: storeLane(vectorOpcode(0x5b), 3),
  not: unary(0x4d),
  and: binary(0x4e),
  andnot: binary(0x4f),
  or: binary(0x50),
  xor: binary(0x51),
  bitselect: ternary(0x52),
  any_true: instruction(vectorOpcode(0x53), ['v128'], 'i32'),
} as const;

// ---- Integers ---------------------------------------------------------------------------------------------------------

const SHUFFLE = vectorOpcode(0x0d);

export const i8x16 = {
  /** Byte k of the result is byte lanes[k] of both vectors one behind the other. */
  shuffle: (
    lanes: readonly number[],
    ...operands: Operands<readonly ['v128', 'v128']>
  ): StackVar<'v128'> =>
    compute(
      SHUFFLE,
      ['v128', 'v128'],
      operands as readonly Operand[],
      sixteen('i8x16.shuffle', lanes),
    ),
} as const;

export const i32x4 = {
  splat: splat(0x11, 'i32'),
  gt_s: binary(0x3b),
  shl: shift(0xab),
  shr_u: shift(0xad),
  add: binary(0xae),
  sub: binary(0xb1),
} as const;

export const i64x2 = {
  shl: shift(0xcb),
  shr_u: shift(0xcd),
  add: binary(0xce),
  sub: binary(0xd1),
} as const;

// ---- Floating point ---------------------------------------------------------------------------------------------------

/** Opcodes come in runs that are the same for both shapes. */
const arithmetic = (first: number) => ({
  abs: unary(first),
  neg: unary(first + 1),
  sqrt: unary(first + 3),
  add: binary(first + 4),
  sub: binary(first + 5),
  mul: binary(first + 6),
  div: binary(first + 7),
  min: binary(first + 8),
  max: binary(first + 9),
  pmin: binary(first + 10),
  pmax: binary(first + 11),
});

const comparisons = (first: number) => ({
  eq: binary(first),
  ne: binary(first + 1),
  lt: binary(first + 2),
  gt: binary(first + 3),
  le: binary(first + 4),
  ge: binary(first + 5),
});

export const f32x4 = {
  ...arithmetic(0xe0),
  ...comparisons(0x41),
  ceil: unary(0x67),
  floor: unary(0x68),
  trunc: unary(0x69),
  nearest: unary(0x6a),
  relaxed_madd: ternary(0x105),
  splat: splat(0x13, 'f32'),
  extract_lane: extractLane(0x1f, 'f32'),
  replace_lane: replaceLane(0x20, 'f32'),
  demote_f64x2_zero: unary(0x5e),
  convert_i32x4_s: unary(0xfa),
} as const;

export const f64x2 = {
  ...arithmetic(0xec),
  ...comparisons(0x47),
  ceil: unary(0x74),
  floor: unary(0x75),
  trunc: unary(0x7a),
  nearest: unary(0x94),
  relaxed_madd: ternary(0x107),
  splat: splat(0x14, 'f64'),
  extract_lane: extractLane(0x21, 'f64'),
  replace_lane: replaceLane(0x22, 'f64'),
  promote_low_f32x4: unary(0x5f),
} as const;
