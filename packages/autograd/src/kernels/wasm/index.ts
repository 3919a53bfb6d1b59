// SIMD kernels: the reference with its heavy loops in WebAssembly.

import type { Kernels } from '../kernels.js';
import { reference } from '../reference/index.js';
import { elementwise } from './elementwise.js';
import { hasSimd } from './module.js';

export { hasSimd };

const simd: Kernels = { ...reference, name: 'wasm', elementwise };

/** The kernels in WebAssembly; the reference itself where there is no WebAssembly or no SIMD. */
export const wasm: Kernels = hasSimd() ? simd : reference;
