// Adding from one layout to another. No part of the kernels, since only what has windows needs it.

import type { TypedArray } from '../tensor/dtype.js';
import type { Shape } from '../tensor/shape.js';
import type { Kernels, Layout } from './kernels.js';
import { accumulate as inJavaScript } from './reference/accumulate.js';
import { accumulate as inWebAssembly } from './wasm/accumulate.js';
import { hasSimd } from './wasm/index.js';

const atOnce = hasSimd() ? inWebAssembly : inJavaScript;

/**
 * out[to] += x[from] for every element of `shape`, one after the other; positions of `out` may repeat. Run at once, or noted
 * down by kernels that do so.
 */
export function accumulate(
  kernels: Kernels,
  x: TypedArray,
  from: Layout,
  out: TypedArray,
  to: Layout,
  shape: Shape,
): void {
  if (kernels.accumulate === undefined) atOnce(x, from, out, to, shape);
  else kernels.accumulate(x, from, out, to, shape);
}
