// From assembled functions to running ones, and whether this machine can run them at all.

import {
  type Func,
  func,
  type ImportMemory,
  i32x4,
  type Local,
  Module,
  v128,
} from './assembler/index.js';

/** Where a function comes from that a module exports. */
export interface Origin {
  readonly module: WebAssembly.Module;
  readonly imports: WebAssembly.Imports;
  readonly name: string;
}

const origins = new WeakMap<object, Origin>();

/** Of a function that `instantiate` has made; other threads need it for modules that import the function. */
export const originOf = (exported: object): Origin | undefined => origins.get(exported);

type Functions = Readonly<Record<string, Func>>;

/** Compiles a module that exports `functions`: with what it takes to start it, and how many bytes it has. */
export function compileModule(functions: Functions, memory?: ImportMemory) {
  const assembled = Module({ exports: functions, memory });
  const bytes = assembled.toBytes();
  const module = new WebAssembly.Module(bytes as BufferSource);
  return { module, imports: assembled.importMap, bytes: bytes.length };
}

/** Compiles and starts a module that exports `functions`; imports are found by themselves. Synchronous. */
export function instantiate<F extends Functions>(
  functions: F,
  memory?: ImportMemory,
): { readonly [K in keyof F]: (...args: number[]) => void } {
  const { module, imports } = compileModule(functions, memory);
  const { exports } = new WebAssembly.Instance(module, imports);
  for (const [name, value] of Object.entries(exports))
    origins.set(value, { module, imports, name });
  return exports as { readonly [K in keyof F]: (...args: number[]) => void };
}

let supported: boolean | null = null;

/** Whether there is WebAssembly with 128-bit SIMD, and it may be compiled here. Tried once. */
export function hasSimd(): boolean {
  supported ??= compiles((x) => i32x4.add(x, x));
  return supported;
}

/** Whether there is WebAssembly with an instruction on vectors. */
export function compiles(instruction: (x: Local<'v128'>) => void): boolean {
  if (typeof WebAssembly !== 'object') return false;
  try {
    const probe = func({ in: [v128], out: [v128] }, ([x]) => instruction(x));
    compileModule({ probe });
    return true;
  } catch {
    return false;
  }
}
