// Products of a program that the system's BLAS does.

export { type Paired, pairProducts } from './pairs.js';
export {
  blasBlocks,
  leftToBlas,
  type Moving,
  moveTo,
  movingOf,
  pairBlocks,
  readOutside,
  readsRate,
  setRate,
  wantsBlas,
} from './products.js';
