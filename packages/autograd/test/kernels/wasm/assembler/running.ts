// Assembled functions, started.

import {
  type Func,
  type ImportMemory,
  Module,
} from '../../../../src/kernels/wasm/assembler/index.js';

/** The exports of a module with these functions, to be called with any numbers. */
export function start(
  exports: Readonly<Record<string, Func>>,
  memory?: ImportMemory,
): Record<string, (...args: number[]) => number> {
  const assembled = Module({ exports, memory });
  const module = new WebAssembly.Module(assembled.toBytes() as BufferSource);
  const instance = new WebAssembly.Instance(module, assembled.importMap);
  return instance.exports as Record<string, (...args: number[]) => number>;
}
