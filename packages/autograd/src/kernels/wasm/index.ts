// SIMD kernels: the reference with its heavy loops in WebAssembly.

import type { Kernels } from '../kernels.js';
import { reference } from '../reference/index.js';
import { copy } from './copy.js';
import { elementwise } from './elementwise.js';
import { hasSimd } from './module.js';
import { reduce, softmax } from './softmax.js';

export { hasSimd };

const simd: Kernels = {
  ...reference,
  name: 'wasm',
  elementwise,
  reduce,
  softmax,
  copy,
};

/**
 * The kernels in WebAssembly; the reference itself where there is no WebAssembly or no SIMD.
 *
 * Arithmetic, roots, rounding, comparisons, extremes and copies give the reference's bits. The transcendental functions (at
 * most 4 ulp here, the accuracy of `Math` there), 1/√x and sums differ from it in the last places. The result of an
 * element or a row is the same alone and among others; only sums down columns may be cut differently where there are
 * more columns.
 */
export const wasm: Kernels = hasSimd() ? simd : reference;
