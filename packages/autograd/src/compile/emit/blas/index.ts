// Products of a program that the system's BLAS does.

export { type Paired, pairProducts } from './pairs.js';
export {
  blasBlocks,
  leftToBlas,
  pairBlocks,
  readOutside,
  varyingOf,
  wantsBlas,
} from './products.js';
