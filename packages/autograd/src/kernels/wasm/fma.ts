// Whether multiply and add can be one instruction here.

import { f32x4, func, Module, v128 } from './assembler/index.js';
import { allowRelaxedSimd } from './engine-flags.js';

const validates = (build: () => Uint8Array): boolean =>
  typeof WebAssembly === 'object' && WebAssembly.validate(build() as BufferSource);

const usesFma = (): Uint8Array => {
  const probe = func({ in: [v128], out: [v128] }, ([x]) => {
    f32x4.relaxed_madd(x, x, x);
  });
  return Module({ exports: { probe } }).toBytes();
};

let fma: boolean | null = null;

/** Whether there is a fused multiply-add (relaxed SIMD). On Node 20 that takes a flag, set here, process-wide. */
export function hasFma(): boolean {
  fma ??= validates(usesFma) || (allowRelaxedSimd() && validates(usesFma));
  return fma;
}
