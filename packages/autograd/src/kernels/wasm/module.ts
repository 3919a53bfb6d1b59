// From assembled functions to running ones, and whether this machine can run them at all.

import { noteOrigins } from '../threads/index.js';
import {
  type Func,
  func,
  type ImportMemory,
  i32x4,
  Module,
  type ValueType,
  v128,
} from './assembler/index.js';

type Functions = Readonly<Record<string, Func<ValueType[], ValueType[]>>>;

/** Compiles and starts a module that exports `functions`; imports are found by themselves. Synchronous. */
export function instantiate<F extends Functions>(
  functions: F,
  memory?: ImportMemory,
): { readonly [K in keyof F]: (...args: number[]) => void } {
  const assembled = Module({ exports: functions, memory });
  const module = new WebAssembly.Module(assembled.toBytes() as BufferSource);
  const instance = new WebAssembly.Instance(module, assembled.importMap);
  noteOrigins(instance, module, assembled.importMap);
  return instance.exports as { readonly [K in keyof F]: (...args: number[]) => void };
}

let supported: boolean | null = null;

/** Whether there is WebAssembly with 128-bit SIMD, and it may be compiled here. Tried once. */
export function hasSimd(): boolean {
  supported ??= trySimd();
  return supported;
}

function trySimd(): boolean {
  if (typeof WebAssembly !== 'object') return false;
  try {
    const probe = func({ in: [v128], out: [v128] }, ([x]) => {
      i32x4.add(x, x);
    });
    new WebAssembly.Module(Module({ exports: { probe } }).toBytes() as BufferSource);
    return true;
  } catch {
    return false;
  }
}
