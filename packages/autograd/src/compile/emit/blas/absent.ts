// What stands in the place of products by BLAS in bundles for a browser: there are none.

import type * as blas from './index.js';

export const leftToBlas: typeof blas.leftToBlas = () => false;
export const wantsBlas: typeof blas.wantsBlas = () => false;
export const blasBlocks: typeof blas.blasBlocks = () => null;
export const pairBlocks: typeof blas.pairBlocks = () => null;
export const pairProducts: typeof blas.pairProducts = (instructions) => ({
  instructions,
  pairs: new Set(),
});
export const readOutside: typeof blas.readOutside = () => new Set();
export const varyingOf: typeof blas.varyingOf = () => [];
