// What stands in the place of descents in bundles for a browser: only BLAS accumulates, so products are never fused with them.

import type * as descent from './descent.js';

export const fuseDescents: typeof descent.fuseDescents = (instructions) => [...instructions];
