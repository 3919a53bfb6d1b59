// Instructions that only random numbers need: apart from the others, so that a program without them need not carry them.

import { instruction, vectorOpcode } from './instruction.js';

const binary = (code: number) => instruction(vectorOpcode(code), ['v128', 'v128'], 'v128');

export const wide = {
  i32x4_lt_u: binary(0x3a),
  i32x4_mul: binary(0xb5),
  /** The sign of lane k as bit k. */
  i64x2_bitmask: instruction(vectorOpcode(0xc4), ['v128'], 'i32'),
  /** Products of 32 bits by 32 in full, of the lower lanes or the upper ones. */
  i64x2_extmul_low_i32x4_u: binary(0xde),
  i64x2_extmul_high_i32x4_u: binary(0xdf),
} as const;
