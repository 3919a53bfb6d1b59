// SIMD kernels: the reference with its heavy loops in WebAssembly.

import type { Kernels } from '../kernels.js';
import { reference } from '../reference/index.js';
import { copy } from './copy.js';
import { elementwise } from './elementwise.js';
import { hasSimd } from './module.js';
import { reduce, softmax } from './softmax.js';

export { hasSimd };

const simd: Kernels = { ...reference, name: 'wasm', elementwise, reduce, softmax, copy };

/** The kernels in WebAssembly; the reference itself where there is no WebAssembly or no SIMD. */
export const wasm: Kernels = hasSimd() ? simd : reference;
