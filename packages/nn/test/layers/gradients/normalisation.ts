// Gradient checks of normalisations.

import { batchNorm, groupNorm, layerNorm, rmsNorm } from '@retrograd/nn';
import { type GradientCases, layer } from './case.js';

export const NORMALISATION: GradientCases = {
  batchNorm: [
    layer('of vectors', () => batchNorm(2), [[4, 2]]),
    layer('of sequences', () => batchNorm(2, { momentum: null }), [[2, 2, 3]]),
    layer('without parameters', () => batchNorm(2, { affine: false }), [[3, 2]]),
    layer('without statistics', () => batchNorm(2, { trackRunningStats: false }), [[3, 2]]),
  ],
  layerNorm: [
    layer('of one axis', () => layerNorm(4), [[2, 4]]),
    layer('of two axes', () => layerNorm([2, 3]), [[2, 2, 3]]),
    layer('without a bias', () => layerNorm(4, { bias: false }), [[2, 4]]),
  ],
  rmsNorm: [layer('of vectors', () => rmsNorm(4), [[2, 4]])],
  groupNorm: [layer('of signals', () => groupNorm(2, 4), [[2, 4, 2]])],
};
