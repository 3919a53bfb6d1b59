import { describe, expect, it } from 'vitest';
import { candidates, wishOf } from '../../../src/kernels/blas/find.js';

describe('looking for BLAS', () => {
  it('any library will do unless RETROGRAD_BLAS says otherwise', () => {
    expect(wishOf({})).toEqual({ kind: 'any' });
    expect(wishOf({ RETROGRAD_BLAS: ' ' })).toEqual({ kind: 'any' });
    expect(wishOf({ RETROGRAD_BLAS: 'off' })).toEqual({ kind: 'off' });
    expect(wishOf({ RETROGRAD_BLAS: '/opt/b.so' })).toEqual({ kind: 'path', path: '/opt/b.so' });
  });

  it('each system has its own names, and an active conda environment adds its folder', () => {
    expect(candidates('linux', {})[0]).toBe('libopenblas.so.0');
    expect(candidates('darwin', {})[0]).toContain('Accelerate');
    expect(candidates('win32', {}).every((name) => name.endsWith('.dll'))).toBe(true);
    expect(candidates('linux', { CONDA_PREFIX: '/c' })).toContain('/c/lib/libopenblas.so.0');
    expect(candidates('win32', { CONDA_PREFIX: 'C:' })).toContain('C:\\Library\\bin\\openblas.dll');
  });
});
