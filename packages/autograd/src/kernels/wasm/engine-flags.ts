// What Node's engine can do once it is told to.

/** Turns relaxed SIMD on, process-wide: Node 20 has it behind a flag. False where there is no flag to set. */
export function allowRelaxedSimd(): boolean {
  const v8 = globalThis.process?.getBuiltinModule?.('node:v8');
  if (v8 === undefined) return false;
  try {
    v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
    return true;
  } catch {
    return false;
  }
}
