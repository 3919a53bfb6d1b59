// Single elements, loaded and stored by their size.

import { f32, f64, i32, local } from '../../kernels/wasm/assembler/index.js';
import type { Pointer } from '../../kernels/wasm/statements.js';
import { COPY } from '../../kernels/wasm/strided-code.js';
import type { LaneType } from '../../kernels/wasm/vector.js';

/** out[0] = x[0] for an element of 1, 4 or 8 bytes. */
export function moveElement(bytes: number, out: Pointer, x: Pointer): void {
  if (bytes === 1) i32.store8({}, out, i32.load8_u({}, x));
  else COPY.word(bytes === 4 ? 'float32' : 'float64', x, out);
}

/** out[0] += x[0]. */
export function addElement(dtype: LaneType, out: Pointer, x: Pointer): void {
  const lane = dtype === 'float32' ? f32 : f64;
  local.get(out);
  lane.load({}, out);
  lane.load({}, x);
  lane.add();
  lane.store({});
}
