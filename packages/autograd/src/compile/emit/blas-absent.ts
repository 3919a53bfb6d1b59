// What stands in the place of products by BLAS in bundles for a browser: there are none.

import type { DescentCall, Instruction } from '../instruction.js';
import type * as blas from './blas.js';

export const leftToBlas: typeof blas.leftToBlas = () => false;
export const wantsBlas: typeof blas.wantsBlas = () => false;
export const blasBlocks: typeof blas.blasBlocks = () => null;
export const setRate: typeof blas.setRate = () => {};
export const readsRate = (_: Instruction['call']): _ is DescentCall => false;
