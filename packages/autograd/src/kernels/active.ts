// Which kernels operations run on.

import type { Storage } from '../tensor/storage.js';
import { isSymbolic } from '../tensor/symbolic.js';
import { matmul } from './gemm.js';
import type { Kernels } from './kernels.js';
import { wasm } from './wasm/index.js';

export const kernels: Kernels = { ...wasm, matmul };

/** What runs at once: the kernels above, or what stands in front of them to count for a while. */
export const running: { kernels: Kernels } = { kernels };

/** While a function is traced, the kernels that note down what they are asked to compute. */
export const traced: { kernels: Kernels | null } = { kernels: null };

/** The kernels for these inputs: those of the trace, if there is one and some input has no elements yet. */
export function kernelsFor(inputs: readonly { readonly storage: Storage }[]): Kernels {
  if (traced.kernels === null) return running.kernels;
  return inputs.some(({ storage }) => isSymbolic(storage)) ? traced.kernels : running.kernels;
}
