// The assembler: functions that write themselves as WebAssembly, and modules made of them.

export { func, type Label } from './builder.js';
export { block, br, br_if, call, if_, local, loop, memory, return_, select } from './control.js';
export { AssemblyError } from './error.js';
export { importFunc, importMemory, Module } from './module.js';
export { f32, f64, i32, i64 } from './numeric.js';
export { f32x4, f64x2, i8x16, i32x4, i64x2, v128 } from './simd.js';
export {
  $,
  type Func,
  type ImportFunc,
  type ImportMemory,
  type Local,
  type Type,
  type ValueType,
} from './types.js';
export { highProducts, isBelow, lowProducts, multiplyWords, signsOfTwo } from './wide.js';
