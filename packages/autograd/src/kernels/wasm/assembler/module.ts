// From functions to the bytes of a module.

import { Bytes } from './bytes.js';
import {
  type AnyFunc,
  CODE_OF,
  type Func,
  type ImportFunc,
  type ImportMemory,
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

/** Writes a section: how many entries it has, and the entries. There is none without entries. */
function writeSection<Entry>(
  out: Bytes,
  section: number,
  entries: readonly Entry[],
  write: (content: Bytes, entry: Entry) => void,
): void {
  if (entries.length === 0) return;
  const content = new Bytes();
  content.unsigned(entries.length);
  for (const entry of entries) write(content, entry);
  out.byte(section);
  out.sized(content);
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

function writeType(out: Bytes, { type: { args, results } }: AnyFunc): void {
  out.byte(FUNCTION_TYPE);
  for (const types of [args, results]) {
    out.unsigned(types.length);
    for (const type of types) out.byte(CODE_OF[type]);
  }
}

function writeLimits(out: Bytes, { min, max, shared = false }: Limits): void {
  out.byte((shared ? 2 : 0) | (max === undefined ? 0 : 1));
  out.unsigned(min);
  if (max !== undefined) out.unsigned(max);
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
  const functions = [...imported, ...own];
  const numbers = new Map<AnyFunc, number>(functions.map((one, k) => [one, k]));
  /** The number of a function, which is also that of its type. */
  const writeNumber = (into: Bytes, one: AnyFunc): void =>
    into.unsigned(numbers.get(one) as number);

  const importMap: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  /** Writes where an import is looked for. */
  const writePath = (
    into: Bytes,
    module: string,
    name: string,
    value: WebAssembly.ImportValue | undefined,
  ): void => {
    into.text(module);
    into.text(name);
    importMap[module] ??= {};
    if (value !== undefined) importMap[module][name] = value;
  };

  const out = new Bytes();
  out.append(HEADER);
  writeSection(out, TYPES, functions, writeType);
  writeSection(out, IMPORTS, [...imported, ...(memory ? [memory] : [])], (into, one) => {
    if (one.kind === 'importMemory') {
      writePath(into, one.module ?? '', 'memory', one.value);
      into.byte(MEMORY_KIND);
      writeLimits(into, one.limits);
    } else {
      writePath(into, '', `f${numbers.get(one)}`, one.value);
      into.byte(FUNCTION_KIND);
      writeNumber(into, one);
    }
  });
  writeSection(out, FUNCTIONS, own, writeNumber);
  writeSection(out, EXPORTS, Object.entries(exports), (into, [name, one]) => {
    into.text(name);
    into.byte(FUNCTION_KIND);
    writeNumber(into, one);
  });
  const body = new Bytes();
  writeSection(out, CODE, own, (into, { locals, code, calls }) => {
    body.length = 0;
    body.append(locals);
    let done = 0;
    for (const { at, target } of calls) {
      body.append(code.subarray(done, at));
      writeNumber(body, target);
      done = at;
    }
    body.append(code.subarray(done));
    into.sized(body);
  });
  return { toBytes: () => out.toBytes(), importMap };
}
