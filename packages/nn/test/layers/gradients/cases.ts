// The table of all layers whose derivatives are checked, by the names of their factories.

import { tanh } from '@retrograd/autograd';
import { batchNorm, dense, dropout, embedding, residual, sequential } from '@retrograd/nn';
import { ATTENTION } from './attention.js';
import { type GradientCases, int32, layer } from './case.js';
import { NORMALISATION } from './normalisation.js';
import { RECURRENT } from './recurrent.js';
import { SPATIAL } from './spatial.js';

const AT = int32([
  [0, 3, 3],
  [1, 0, 2],
]);

/** Every layer by its factory. A new one takes a line here. */
export const GRADIENT_CASES: GradientCases = {
  dense: [
    layer('with a bias', (rng) => dense(2, 3, { rng }), [[3, 2]]),
    layer('without a bias, on sequences', (rng) => dense(2, 1, { bias: false, rng }), [[2, 2, 2]]),
  ],
  dropout: [layer('of a third', (rng) => dropout(0.3, { rng }), [[3, 4]])],
  embedding: [
    layer(
      'read and used the other way round',
      (rng) => embedding(4, 2, { rng }),
      [],
      (own) => own.attend(own.forward(AT)),
    ),
    layer(
      'but for its padding',
      (rng) => embedding(4, 2, { paddingIndex: 3, rng }),
      [],
      (own) => own.forward(AT).mul(AT.notEqual(3).cast('float64').reshape([2, 3, 1])),
    ),
  ],
  residual: [
    layer('around two layers', (rng) => residual(sequential(dense(3, 3, { rng }), tanh)), [[2, 3]]),
    layer(
      'with a shortcut',
      (rng) => residual(dense(2, 1, { rng }), { shortcut: dense(2, 1, { bias: false, rng }) }),
      [[2, 2]],
    ),
  ],
  sequential: [
    layer(
      'of layers and functions',
      (rng) =>
        sequential(
          dense(2, 3, { rng }),
          batchNorm(3),
          tanh,
          dropout(0.3, { rng }),
          dense(3, 1, { rng }),
        ),
      [[4, 2]],
    ),
  ],
  ...SPATIAL,
  ...NORMALISATION,
  ...RECURRENT,
  ...ATTENTION,
};
