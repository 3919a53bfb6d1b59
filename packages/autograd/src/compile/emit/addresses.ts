// Where functions of a program read and write: pointers held in locals.

import {
  block,
  br,
  br_if,
  i32,
  type Local,
  local,
  loop,
  v128,
} from '../../kernels/wasm/assembler/index.js';
import type { LaneType } from '../../kernels/wasm/vector.js';

export const VECTOR_BYTES = 16;

export type Pointer = Local<'i32'>;
export type Vector = Local<'v128'>;

/** Pushes pointer + at. */
export function pushAddress(pointer: Pointer, at: Pointer | null): void {
  local.get(pointer);
  if (at === null) return;
  local.get(at);
  i32.add();
}

/** Pushes the vector at pointer + at. */
export function pushVector(pointer: Pointer, at: Pointer | null): void {
  pushAddress(pointer, at);
  v128.load({});
}

/** Pushes the single element at a pointer, in all lanes. */
export function pushSplat(dtype: LaneType, pointer: Pointer): void {
  local.get(pointer);
  if (dtype === 'float32') v128.load32_splat({});
  else v128.load64_splat({});
}

/** pointer += bytes. */
export function advance(pointer: Pointer, bytes: Pointer | number): void {
  local.get(pointer);
  if (typeof bytes === 'number') i32.const(bytes);
  else local.get(bytes);
  i32.add();
  local.set(pointer);
}

/** Runs `body` for at = its value, at + step, … below `limit`. */
export function whileBelow(at: Pointer, limit: Pointer, step: number, body: () => void): void {
  block(null, (done) => {
    loop(null, (again) => {
      local.get(at);
      local.get(limit);
      i32.ge_u();
      br_if(done);
      body();
      advance(at, step);
      br(again);
    });
  });
}

/** Runs `body` as often as `count` says, at least once; `count` runs down to 0. */
export function repeat(count: Pointer, body: () => void): void {
  loop(null, (again) => {
    body();
    local.get(count);
    i32.const(1);
    i32.sub();
    local.tee(count);
    br_if(again);
  });
}

/** at = 0. */
export function reset(at: Pointer): void {
  i32.const(0);
  local.set(at);
}
