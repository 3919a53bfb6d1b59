// Instructions on single numbers.

import { builder } from './builder.js';
import { instruction, load, store } from './instruction.js';
import { $, type StackVar } from './types.js';

const I32_CONST = 0x41;

const onI32 = (opcode: number) => instruction([opcode], ['i32', 'i32'], 'i32');

export const i32 = {
  kind: 'i32',
  /** Numbers from 2³¹ on are those that have the same bits. */
  const(value: number): StackVar<'i32'> {
    const own = builder();
    own.push(own.code.length);
    own.code.byte(I32_CONST);
    own.code.signed(value);
    return $;
  },
  load: load([0x28], 2, 'i32'),
  load8_u: load([0x2d], 0, 'i32'),
  store: store([0x36], 2, 'i32'),
  store8: store([0x3a], 0, 'i32'),
  eqz: instruction([0x45], ['i32'], 'i32'),
  eq: onI32(0x46),
  ne: onI32(0x47),
  lt_u: onI32(0x49),
  gt_u: onI32(0x4b),
  ge_u: onI32(0x4f),
  add: onI32(0x6a),
  sub: onI32(0x6b),
  mul: onI32(0x6c),
  div_u: onI32(0x6e),
  rem_u: onI32(0x70),
  and: onI32(0x71),
  or: onI32(0x72),
} as const;

export const i64 = {
  kind: 'i64',
  load: load([0x29], 3, 'i64'),
  store: store([0x37], 3, 'i64'),
} as const;

export const f32 = {
  kind: 'f32',
  load: load([0x2a], 2, 'f32'),
  store: store([0x38], 2, 'f32'),
  add: instruction([0x92], ['f32', 'f32'], 'f32'),
  demote_f64: instruction([0xb6], ['f64'], 'f32'),
  convert_i32_s: instruction([0xb2], ['i32'], 'f32'),
} as const;

export const f64 = {
  kind: 'f64',
  load: load([0x2b], 3, 'f64'),
  store: store([0x39], 3, 'f64'),
  add: instruction([0xa0], ['f64', 'f64'], 'f64'),
  promote_f32: instruction([0xbb], ['f32'], 'f64'),
  convert_i32_s: instruction([0xb7], ['i32'], 'f64'),
} as const;
