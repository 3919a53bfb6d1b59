// What can be sent to other threads: modules with all that they import, functions of native libraries by their names.

import { originOf } from '../wasm/module.js';

/** A module, and where each of its imports comes from. */
export interface Portable {
  readonly module: WebAssembly.Module;
  readonly imports: readonly PortableImport[];
}

/** An import `from.name`: a shared memory, a function of `Math`, or what another module exports. */
export interface PortableImport {
  readonly from: string;
  readonly name: string;
  readonly memory?: WebAssembly.Memory;
  readonly math?: string;
  readonly source?: { readonly of: Portable; readonly name: string };
}

/** A native library, as every thread of this process loads it. */
export interface Native {
  /** The file of koffi. */
  readonly koffi: string;
  /** The library's name or path. */
  readonly library: string;
  /** The types of the function's parameters, as koffi names them; it returns nothing. */
  readonly types: readonly string[];
}

const MATH = Object.getOwnPropertyNames(Math) as Extract<keyof Math, string>[];

function portableImport(from: string, name: string, value: unknown): PortableImport | null {
  if (value instanceof WebAssembly.Memory) return { from, name, memory: value };
  const math = MATH.find((key) => Math[key] === value);
  if (math !== undefined) return { from, name, math };
  const origin = typeof value === 'function' ? originOf(value) : undefined;
  if (origin === undefined) return null;
  const of = portableOf(origin.module, origin.imports);
  return of === null ? null : { from, name, source: { of, name: origin.name } };
}

/** The module for other threads; null if it calls JavaScript of this one. */
export function portableOf(
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): Portable | null {
  const found: PortableImport[] = [];
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const one = portableImport(from, name, imports[from][name]);
    if (one === null) return null;
    found.push(one);
  }
  return { module, imports: found };
}
