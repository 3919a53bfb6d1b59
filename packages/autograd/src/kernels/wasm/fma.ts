// Whether multiply and add can be one instruction here.

import { f32x4 } from './assembler/index.js';
import { allowRelaxedSimd } from './engine-flags.js';
import { compiles } from './module.js';

const compilesFma = (): boolean => compiles((x) => f32x4.relaxed_madd(x, x, x));

let fma: boolean | null = null;

/** Whether there is a fused multiply-add (relaxed SIMD). On Node 20 that takes a flag, set here, process-wide. */
export function hasFma(): boolean {
  fma ??= compilesFma() || (allowRelaxedSimd() && compilesFma());
  return fma;
}
