// Gradient checks of attention, positions and transformers.

import { gelu, tanh, tensor } from '@retrograd/autograd';
import {
  attention,
  attentionWeights,
  learnedPositions,
  multiHeadAttention,
  rotary,
  sinusoidalPositions,
  transformerDecoder,
  transformerDecoderLayer,
  transformerEncoder,
  transformerEncoderLayer,
} from '@retrograd/nn';
import { firstOrder, type GradientCases, layer, PADDING, plain } from './case.js';

/** Of two queries the second may look at nothing. */
const MASK = tensor([
  [true, false, true],
  [false, false, false],
]);
/** Added to the scores of three queries and keys. */
const BIAS = tensor(
  [
    [0.3, -0.5, 0],
    [0, 0.2, Number.NEGATIVE_INFINITY],
    [1, 0, 0],
  ],
  { dtype: 'float64' },
);

/** With a small ε two features would be ±1 behind a normalisation, whatever they are in front of it. */
const EPSILON = { epsilon: 0.5 } as const;
const NORM_LAST = { feedForward: 2, dropout: 0.3, activation: tanh, ...EPSILON } as const;
const NORM_FIRST = {
  feedForward: 1,
  activation: gelu,
  normFirst: true,
  bias: false,
  ...EPSILON,
} as const;

export const ATTENTION: GradientCases = {
  attention: [
    plain('masked', (q, k, v) => attention(q, k, v, { mask: MASK }), [
      [1, 2, 2],
      [3, 2],
      [3, 2],
    ]),
    plain('causal, biased', (q, k, v) => attention(q, k, v, { mask: BIAS, causal: true }), [
      [3, 2],
      [3, 2],
      [3, 1],
    ]),
  ],
  attentionWeights: [
    plain('scaled', (q, k) => attentionWeights(q, k, { scale: 0.3 }), [
      [2, 2],
      [3, 2],
    ]),
  ],
  multiHeadAttention: [
    layer(
      'causal, with rotary positions, dropping',
      (rng) =>
        multiHeadAttention(4, 2, { causal: true, rotary: true, dropout: 0.3, bias: false, rng }),
      [[1, 3, 4]],
    ),
    layer(
      'of a sequence to another one with padding',
      (rng) => multiHeadAttention(2, 2, { rng }),
      [
        [2, 2, 2],
        [2, 3, 2],
        [2, 3, 2],
      ],
      (own, q, k, v) => own.forward(q, k, v, { paddingMask: PADDING, mask: MASK }),
    ),
  ],
  transformerEncoderLayer: [
    firstOrder(
      layer(
        'norm last, with padding',
        (rng) => transformerEncoderLayer(2, 2, { ...NORM_LAST, rng }),
        [[2, 3, 2]],
        (own, x) => own.forward(x, { paddingMask: PADDING }),
      ),
    ),
    layer(
      'norm first, causal, without biases',
      (rng) => transformerEncoderLayer(2, 1, { ...NORM_FIRST, causal: true, rng }),
      [[3, 2]],
    ),
  ],
  transformerDecoderLayer: [
    firstOrder(
      layer(
        'norm last, with padding in its memory',
        (rng) => transformerDecoderLayer(2, 1, { ...NORM_LAST, rng }),
        [
          [2, 2, 2],
          [2, 3, 2],
        ],
        (own, x, memory) => own.forward(x, memory, { memoryPaddingMask: PADDING }),
      ),
    ),
    layer(
      'norm first, without biases',
      (rng) => transformerDecoderLayer(2, 1, { ...NORM_FIRST, rng }),
      [
        [3, 2],
        [2, 2],
      ],
      (own, x, memory) => own.forward(x, memory, { mask: BIAS }),
    ),
  ],
  transformerEncoder: [
    firstOrder(
      layer('of two layers', (rng) => transformerEncoder(2, 1, 2, { ...NORM_FIRST, rng }), [
        [2, 2],
      ]),
    ),
  ],
  transformerDecoder: [
    firstOrder(
      layer(
        'of two layers',
        (rng) => transformerDecoder(2, 1, 2, { ...NORM_FIRST, rng }),
        [
          [2, 2],
          [2, 2],
        ],
        (own, x, memory) => own.forward(x, memory),
      ),
    ),
  ],
  rotary: [plain('with an offset', (x) => rotary(x, { offset: 3, base: 10 }), [[2, 3, 4]])],
  sinusoidalPositions: [layer('of a sequence', () => sinusoidalPositions(), [[3, 2]])],
  learnedPositions: [
    layer('of shorter sequences', (rng) => learnedPositions(4, 2, { rng }), [[2, 3, 2]]),
  ],
};
