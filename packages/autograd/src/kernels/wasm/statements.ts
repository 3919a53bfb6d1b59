// What loops written by hand are made of: pointers, loops, loads and stores.

import { block, br_if, i32, type Local, local, loop, select, v128 } from './assembler/index.js';
import { Emitter } from './emit.js';
import { LANE_MOVES, type Vec, vec } from './vector.js';

/** An address in bytes, or a number of bytes. */
export type Pointer = Local<'i32'>;

/** Sets locals to values that may depend on all of them as they were. */
export function assign(
  pool: readonly Local<'v128'>[],
  names: readonly Local<'v128'>[],
  values: readonly Vec[],
): void {
  new Emitter(pool).push(...values);
  for (let k = names.length - 1; k >= 0; k--) local.set(names[k]);
}

/** Writes a vector at the pointer, or `offset` bytes on. */
export function store(pool: readonly Local<'v128'>[], at: Pointer, value: Vec, offset = 0): void {
  local.get(at);
  new Emitter(pool).push(value);
  v128.store({ offset });
}

/** Writes the first lane of a vector at the pointer, and nothing behind it. */
export function storeLane(
  pool: readonly Local<'v128'>[],
  bytes: number,
  at: Pointer,
  value: Vec,
): void {
  local.get(at);
  new Emitter(pool).push(value);
  LANE_MOVES[bytes].store({}, 0);
}

/** Moves a pointer by so many bytes. */
export const advance = (pointer: Pointer, by: number | Pointer): void =>
  local.set(pointer, i32.add(pointer, by));

/** Leaves the value of a local, or a number, on the stack. */
export function push(x: Pointer | number): void {
  if (typeof x === 'number') i32.const(x);
  else local.get(x);
}

/** Leaves the smaller of two unsigned integers on the stack. */
export function pushSmaller(a: Pointer, b: Pointer | number): void {
  push(a);
  push(b);
  i32.lt_u(a, b);
  select();
}

/** into = a where the condition isn't 0, else b. */
export function choose(
  into: Pointer,
  condition: Pointer,
  a: Pointer | number,
  b: Pointer | number,
): void {
  push(a);
  push(b);
  local.get(condition);
  select();
  local.set(into);
}

/** into = min(x, limit), of unsigned integers. */
export function smaller(into: Pointer, x: Pointer, limit: Pointer | number): void {
  pushSmaller(x, limit);
  local.set(into);
}

/** Runs `body` until `left`, which is at least 1, has been counted down to 0. */
export function countDown(left: Pointer, body: () => void): void {
  loop((again) => {
    body();
    local.tee(left, i32.sub(left, 1));
    br_if(again);
  });
}

/** Repeats `body`, which moves the pointer, while the pointer is below `end`. */
export function whileBelow(pointer: Pointer, end: Pointer, body: () => void): void {
  block((done) => {
    i32.ge_u(pointer, end);
    br_if(done);
    loop((again) => {
      body();
      i32.lt_u(pointer, end);
      br_if(again);
    });
  });
}

/** Runs the body with the pointer at its place, then `step` bytes on, …, while it lies below the end. */
export function eachStep(
  pointer: Pointer,
  end: Pointer,
  step: number | Pointer,
  body: () => void,
): void {
  whileBelow(pointer, end, () => {
    body();
    advance(pointer, step);
  });
}

/** The vector at the pointer, `offset` bytes on. */
export const load = (at: Pointer, offset = 0): Vec => vec(() => v128.load({ offset }, at));
