// Which kernels there are, and what becomes of them where WebAssembly is not to be had.

import { afterEach, describe, expect, it, vi } from 'vitest';

// The next file is loaded before its first test puts the globals back.
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const load = async () => {
  vi.resetModules();
  const { wasm } = await import('../../../src/kernels/wasm/index.js');
  const { reference } = await import('../../../src/kernels/reference/index.js');
  return { wasm, reference };
};

describe('the kernels in WebAssembly', () => {
  it('are there where SIMD is, and lack none of the reference’s', async () => {
    const { wasm, reference } = await load();
    expect(wasm.name).toBe('wasm');
    expect(Object.keys(wasm).sort()).toEqual(Object.keys(reference).sort());
  });

  it('are the reference without WebAssembly', async () => {
    vi.stubGlobal('WebAssembly', undefined);
    const { wasm, reference } = await load();
    expect(wasm).toBe(reference);
  });

  it('are the reference where modules with vectors are refused', async () => {
    class Refused {
      constructor() {
        throw new WebAssembly.CompileError('no vectors here');
      }
    }
    vi.stubGlobal('WebAssembly', { ...WebAssembly, Module: Refused });
    const { wasm, reference } = await load();
    expect(wasm).toBe(reference);
  });
});
