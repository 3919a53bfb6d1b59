import * as fromPackage from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { backendInfo } from '../../src/kernels/backend.js';
import { loadBlas } from '../../src/kernels/blas/index.js';
import { matmul } from '../../src/kernels/gemm.js';
import { hasFma } from '../../src/kernels/wasm/fma.js';
import { expectProducts, FLOATING } from './matmul-problems.js';

describe('the product for every size', () => {
  it.each(FLOATING)('agrees with the reference on each side of the crossovers, %s', (dtype) => {
    expectProducts(
      dtype,
      matmul,
      [
        [1, 1, 1],
        [2, 2, 4],
        [16, 16, 16],
        [33, 65, 70],
      ],
      60,
    );
  });

  it('says what it runs on, and why not on BLAS', () => {
    const info = backendInfo();
    const { blas } = loadBlas(process.env, process.platform);
    expect(info.library).toBe(blas?.library ?? null);
    expect(info.gemm).toBe(blas === null ? 'wasm' : 'blas');
    expect(info.blasMissing === null).toBe(blas !== null);
    expect(info).toMatchObject({ simd: true, fma: hasFma() });
  });

  it('is told by the package itself', () => {
    expect(fromPackage.backendInfo()).toEqual(backendInfo());
  });
});
