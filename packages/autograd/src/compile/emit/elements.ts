// Single elements, loaded and stored by their size.

import { f32, f64, i32 } from '../../kernels/wasm/assembler/index.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import { type Pointer, pushAddress } from './addresses.js';

/** out[at] = x[at] for an element of 1, 4 or 8 bytes. */
export function moveElement(
  bytes: number,
  out: Pointer,
  x: Pointer,
  at: Pointer | null = null,
): void {
  pushAddress(out, at);
  pushAddress(x, at);
  if (bytes === 1) {
    i32.load8_u({});
    i32.store8({});
  } else if (bytes === 4) {
    i32.load({});
    i32.store({});
  } else {
    f64.load({});
    f64.store({});
  }
}

/** out[0] += x[0]. */
export function addElement(dtype: LaneType, out: Pointer, x: Pointer): void {
  pushAddress(out, null);
  for (const one of [out, x]) {
    pushAddress(one, null);
    if (dtype === 'float32') f32.load({});
    else f64.load({});
  }
  if (dtype === 'float32') {
    f32.add();
    f32.store({});
  } else {
    f64.add();
    f64.store({});
  }
}
