// From functions to the bytes of a module.

import { Bytes } from './bytes.js';
import {
  type AnyFunc,
  CODE_OF,
  type Func,
  type FunctionType,
  type ImportFunc,
  type ImportMemory,
  type ImportPath,
  type Limits,
  type Type,
} from './types.js';

/** A function to be called; `value` is JavaScript's, or exported by another module. */
export function importFunc(
  signature: { readonly in: readonly Type[]; readonly out: readonly Type[] },
  value: (...args: number[]) => unknown,
): ImportFunc {
  const kinds = (types: readonly Type[]) => types.map(({ kind }) => kind);
  const type = { args: kinds(signature.in), results: kinds(signature.out) };
  return { kind: 'importFunction', type, value };
}

/** The memory that a module works on. */
export const importMemory = (limits: Limits, value?: WebAssembly.Memory): ImportMemory => ({
  kind: 'importMemory',
  limits,
  value,
});

/** Magic number and version. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Sections, in their order (§5.5.2), and kinds of what is imported and exported. */
const TYPES = 1;
const IMPORTS = 2;
const FUNCTIONS = 3;
const EXPORTS = 7;
const CODE = 10;
const FUNCTION_KIND = 0x00;
const MEMORY_KIND = 0x02;
const FUNCTION_TYPE = 0x60;

/** A list that is written as the number of its entries and the entries. */
class Entries {
  readonly bytes = new Bytes();
  count = 0;

  /** Where to write one more. */
  next(): Bytes {
    this.count++;
    return this.bytes;
  }

  writeTo(out: Bytes, section: number): void {
    if (this.count === 0) return;
    const content = new Bytes();
    content.unsigned(this.count);
    content.append(this.bytes.view());
    out.byte(section);
    out.sized(content);
  }
}

/** The distinct signatures. */
class Signatures {
  readonly entries = new Entries();
  readonly #known = new Map<string, number>();

  indexOf({ args, results }: FunctionType): number {
    const key = `${args.join()}:${results.join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const index = this.#known.size;
    this.#known.set(key, index);
    const out = this.entries.next();
    out.byte(FUNCTION_TYPE);
    for (const types of [args, results]) {
      out.unsigned(types.length);
      for (const type of types) out.byte(CODE_OF[type]);
    }
    return index;
  }
}

/** All functions that can be reached, callers first. */
function reachable(roots: readonly Func[]): { imported: ImportFunc[]; own: Func[] } {
  const seen = new Set<AnyFunc>(roots);
  // A set that grows while it is visited.
  for (const one of seen)
    if (one.kind === 'function') for (const { target } of one.calls) seen.add(target);
  const imported: ImportFunc[] = [];
  const own: Func[] = [];
  for (const one of seen) {
    if (one.kind === 'function') own.push(one);
    else imported.push(one);
  }
  return { imported, own };
}

/** What to give WebAssembly so that each import is found. */
class ImportMap {
  readonly map: Record<string, Record<string, WebAssembly.ImportValue>> = {};

  /** Writes where the import is looked for; `name` if it has none. */
  add(
    out: Bytes,
    { module = '', string }: ImportPath,
    name: string,
    value: WebAssembly.ImportValue | undefined,
  ): void {
    const own = string ?? name;
    out.text(module);
    out.text(own);
    this.map[module] ??= {};
    if (value !== undefined) this.map[module][own] = value;
  }
}

function writeMemory(out: Bytes, { min, max, shared = false }: Limits): void {
  out.byte(MEMORY_KIND);
  out.byte((shared ? 2 : 0) | (max === undefined ? 0 : 1));
  out.unsigned(min);
  if (max !== undefined) out.unsigned(max);
}

/** A function's locals and code, now that functions have numbers. */
function writeBody(out: Bytes, body: Bytes, run: Func, numbers: ReadonlyMap<AnyFunc, number>) {
  body.length = 0;
  body.append(run.locals);
  let done = 0;
  for (const { at, target } of run.calls) {
    body.append(run.code.subarray(done, at));
    body.unsigned(numbers.get(target) as number);
    done = at;
  }
  body.append(run.code.subarray(done));
  out.sized(body);
}

/** A module with the exported functions and all that they call. `importMap` has the values of its imports. */
export function Module({
  exports,
  memory,
}: {
  readonly exports: Readonly<Record<string, Func>>;
  readonly memory?: ImportMemory;
}): { toBytes(): Uint8Array; readonly importMap: WebAssembly.Imports } {
  const { imported, own } = reachable(Object.values(exports));
  const numbers = new Map<AnyFunc, number>();
  for (const one of [...imported, ...own]) numbers.set(one, numbers.size);
  const types = new Signatures();
  const importMap = new ImportMap();
  const [imports, functions, names, code] = Array.from({ length: 4 }, () => new Entries());
  imported.forEach((one, k) => {
    const out = imports.next();
    importMap.add(out, one, `f${k}`, one.value);
    out.byte(FUNCTION_KIND);
    out.unsigned(types.indexOf(one.type));
  });
  if (memory !== undefined) {
    const out = imports.next();
    importMap.add(out, memory, 'memory', memory.value);
    writeMemory(out, memory.limits);
  }
  for (const [name, run] of Object.entries(exports)) {
    const out = names.next();
    out.text(name);
    out.byte(FUNCTION_KIND);
    out.unsigned(numbers.get(run) as number);
  }
  const body = new Bytes();
  for (const one of own) {
    functions.next().unsigned(types.indexOf(one.type));
    writeBody(code.next(), body, one, numbers);
  }
  const toBytes = (): Uint8Array => {
    const out = new Bytes();
    out.append(HEADER);
    types.entries.writeTo(out, TYPES);
    imports.writeTo(out, IMPORTS);
    functions.writeTo(out, FUNCTIONS);
    names.writeTo(out, EXPORTS);
    code.writeTo(out, CODE);
    return out.toBytes();
  };
  return { toBytes, importMap: importMap.map };
}
