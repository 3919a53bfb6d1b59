// Instructions that only random numbers need: apart from the others, so that a program without them need not carry them.

import { instruction, vectorOpcode } from './instruction.js';

const binary = (code: number) => instruction(vectorOpcode(code), ['v128', 'v128'], 'v128');

/** i32x4.lt_u and i32x4.mul. */
export const isBelow = binary(0x3a);
export const multiplyWords = binary(0xb5);

/** Products of 32 bits by 32 in full, of the lower lanes or the upper ones: i64x2.extmul_low_i32x4_u, …high…. */
export const lowProducts = binary(0xde);
export const highProducts = binary(0xdf);

/** The sign of lane k as bit k: i64x2.bitmask. */
export const signsOfTwo = instruction(vectorOpcode(0xc4), ['v128'], 'i32');
