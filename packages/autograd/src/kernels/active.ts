// Which kernels operations run on.

import type { Storage } from '../tensor/storage.js';
import { isSymbolic } from '../tensor/symbolic.js';
import { matmul } from './gemm.js';
import type { Kernels } from './kernels.js';
import { wasm } from './wasm/index.js';

export const kernels: Kernels = { ...wasm, matmul };

/** While a function is traced, the kernels that note down what they are asked to compute. */
export const traced: { kernels: Kernels | null } = { kernels: null };

/** The kernels for these inputs: those of the trace, if there is one and some input has no elements yet. */
export function kernelsFor(inputs: readonly { readonly storage: Storage }[]): Kernels {
  if (traced.kernels === null) return kernels;
  return inputs.some(({ storage }) => isSymbolic(storage)) ? traced.kernels : kernels;
}
