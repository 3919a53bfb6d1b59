// What stands in the place of the system's BLAS in bundles for a browser: there is none.

import type { BlasOrReason } from './library.js';

export type { Blas, BlasOrReason } from './library.js';

export const systemBlas = (): BlasOrReason => ({
  blas: null,
  reason: 'A browser has no system library.',
});
