// The table of all layers whose derivatives are checked: by the name of the factory, each with its options of interest.

import { type Generator, gelu, type Shape, type Tensor, tanh, tensor } from '@retrograd/autograd';
import {
  attention,
  attentionWeights,
  averagePool1d,
  averagePool2d,
  batchNorm,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  dense,
  dropout,
  embedding,
  flatten,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  gru,
  gruCell,
  lastStep,
  layerNorm,
  learnedPositions,
  lstm,
  lstmCell,
  type Module,
  maxPool1d,
  maxPool2d,
  multiHeadAttention,
  residual,
  rmsNorm,
  rnn,
  rnnCell,
  rotary,
  sequential,
  sinusoidalPositions,
  transformerDecoder,
  transformerDecoderLayer,
  transformerEncoder,
  transformerEncoderLayer,
  upsample,
} from '@retrograd/nn';

/** A layer, or a function that is used like one, and how it is called. */
export interface GradientCase {
  /** What is special about it. */
  readonly what: string;
  readonly make: (rng: Generator) => Module | null;
  /** The shapes of the floating inputs, by each of which is differentiated. */
  readonly inputs: readonly Shape[];
  readonly forward: (layer: Module | null, ...inputs: Tensor[]) => unknown;
}

/** A layer of one input, unless `forward` says otherwise. */
function layer<M extends Module>(
  what: string,
  make: (rng: Generator) => M,
  inputs: readonly Shape[],
  forward: (own: M, ...inputs: Tensor[]) => unknown = (own, x) => own.forward(x),
): GradientCase {
  return { what, make, inputs, forward: forward as GradientCase['forward'] };
}

function plain(
  what: string,
  fn: (...inputs: Tensor[]) => unknown,
  inputs: readonly Shape[],
): GradientCase {
  return { what, make: () => null, inputs, forward: (_, ...given) => fn(...given) };
}

const int32 = (values: number[] | number[][]): Tensor =>
  tensor(values as number[], { dtype: 'int32' });

/** Which of two sequences' steps are there. */
const PADDING = tensor([
  [true, true, true],
  [true, false, true],
]);
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

const SPATIAL: Readonly<Record<string, readonly GradientCase[]>> = {
  conv1d: [
    layer(
      'strided, padded, in groups',
      (rng) => conv1d(2, 2, 3, { stride: 2, padding: 1, groups: 2, rng }),
      [[2, 2, 5]],
    ),
    layer('dilated, without bias', (rng) => conv1d(1, 2, 2, { dilation: 2, bias: false, rng }), [
      [1, 1, 5],
    ]),
  ],
  conv2d: [
    layer('of as many positions', (rng) => conv2d(2, 3, [2, 1], { padding: 'same', rng }), [
      [1, 2, 3, 2],
    ]),
    layer(
      'strided, dilated, in groups',
      (rng) => conv2d(2, 2, 2, { stride: [2, 1], dilation: [1, 2], groups: 2, rng }),
      [[1, 2, 3, 4]],
    ),
  ],
  convTranspose1d: [
    layer(
      'strided, with a larger output',
      (rng) => convTranspose1d(2, 2, 3, { stride: 2, outputPadding: 1, rng }),
      [[2, 2, 3]],
    ),
  ],
  convTranspose2d: [
    layer('padded', (rng) => convTranspose2d(2, 1, 2, { padding: 1, rng }), [[1, 2, 3, 2]]),
    layer(
      'strided, dilated, in groups, without bias',
      (rng) => convTranspose2d(2, 2, 2, { stride: 2, dilation: 2, groups: 2, bias: false, rng }),
      [[1, 2, 2, 2]],
    ),
  ],
  maxPool1d: [layer('overlapping', () => maxPool1d(2, { stride: 1 }), [[1, 2, 4]])],
  maxPool2d: [layer('padded', () => maxPool2d(2, { padding: 1 }), [[1, 1, 4, 3]])],
  averagePool1d: [
    layer('padded', () => averagePool1d(3, { padding: 1, countIncludePad: false }), [[1, 2, 5]]),
  ],
  averagePool2d: [layer('overlapping', () => averagePool2d([1, 2], { stride: 1 }), [[1, 2, 2, 3]])],
  globalAveragePool: [layer('of images', () => globalAveragePool(), [[2, 2, 2, 2]])],
  globalMaxPool: [
    layer('of signals', () => globalMaxPool({ keepDims: true }), [[2, 2, 3]]),
    layer('of images', () => globalMaxPool(), [[1, 2, 2, 2]]),
  ],
  upsample: [
    layer('nearest', () => upsample([2, 1.5]), [[1, 2, 2, 3]]),
    layer('linear', () => upsample(2, { mode: 'linear' }), [[1, 2, 4]]),
    layer('bilinear', () => upsample(1.5, { mode: 'bilinear' }), [[1, 1, 3, 2]]),
    layer('with aligned corners', () => upsample(2, { mode: 'bilinear', alignCorners: true }), [
      [1, 1, 2, 3],
    ]),
  ],
  flatten: [layer('of images', () => flatten(), [[2, 2, 1, 2]])],
};

const NORMALISATION: Readonly<Record<string, readonly GradientCase[]>> = {
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

/** Recurrent layers one like the other; `state` makes a state of the parts that are given. */
function recurrent<M extends Module>(
  make: (features: number, units: number, options: object) => M,
  states: number,
  run: (own: M, x: Tensor, state: Tensor[] | null, options: object) => unknown,
): readonly GradientCase[] {
  const parts = (...shape: number[]) => Array.from({ length: states }, () => shape);
  return [
    layer(
      'deep, dropping between layers',
      (rng) => make(1, 2, { layers: 2, dropout: 0.4, rng }),
      [[2, 2, 1]],
      (own, x) => run(own, x, null, {}),
    ),
    layer(
      'both ways, over sequences of several lengths',
      (rng) => make(2, 1, { bidirectional: true, bias: false, rng }),
      [[2, 3, 2]],
      (own, x) => run(own, x, null, { lengths: int32([3, 1]) }),
    ),
    layer(
      'from a state, over sequences with gaps',
      (rng) => make(1, 2, { rng }),
      [[2, 3, 1], ...parts(1, 2, 2)],
      (own, x, ...state) => run(own, x, state, { mask: PADDING }),
    ),
  ];
}

const RECURRENT: Readonly<Record<string, readonly GradientCase[]>> = {
  rnn: [
    ...recurrent(rnn, 1, (own, x, state, options) =>
      own.run(x, { ...options, ...(state && { state: state[0] }) }),
    ),
    layer('with relu', (rng) => rnn(1, 2, { activation: 'relu', rng }), [[1, 3, 1]]),
  ],
  gru: recurrent(gru, 1, (own, x, state, options) =>
    own.run(x, { ...options, ...(state && { state: state[0] }) }),
  ),
  lstm: recurrent(lstm, 2, (own, x, state, options) =>
    own.run(x, { ...options, ...(state && { state: { hidden: state[0], cell: state[1] } }) }),
  ),
  rnnCell: [
    layer(
      'from a state',
      (rng) => rnnCell(2, 2, { rng }),
      [
        [2, 2],
        [2, 2],
      ],
      (own, x, h) => own.step(x, h),
    ),
  ],
  gruCell: [
    layer(
      'from a state',
      (rng) => gruCell(2, 2, { rng }),
      [
        [2, 2],
        [2, 2],
      ],
      (own, x, h) => own.step(x, h),
    ),
  ],
  lstmCell: [
    layer(
      'from a state',
      (rng) => lstmCell(2, 2, { rng }),
      [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
      (own, x, hidden, cell) => own.step(x, { hidden, cell }),
    ),
  ],
  lastStep: [
    layer(
      'of sequences of several lengths',
      () => lastStep(),
      [[2, 3, 2]],
      (own, x) => own.forward(x, { lengths: [2, 0] }),
    ),
    layer(
      'of sequences with gaps',
      () => lastStep(),
      [[2, 3, 2]],
      (own, x) => own.forward(x, { mask: PADDING }),
    ),
  ],
};

const ATTENTION: Readonly<Record<string, readonly GradientCase[]>> = {
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
      (rng) => multiHeadAttention(4, 2, { causal: true, rotary: true, dropout: 0.3, rng }),
      [[1, 3, 4]],
    ),
    layer(
      'of a sequence to another one with padding',
      (rng) => multiHeadAttention(2, 2, { bias: false, rng }),
      [
        [2, 2, 2],
        [2, 3, 2],
        [2, 3, 2],
      ],
      (own, q, k, v) => own.forward(q, k, v, { paddingMask: PADDING, mask: MASK }),
    ),
  ],
  transformerEncoderLayer: [
    layer(
      'norm last, with padding',
      (rng) =>
        transformerEncoderLayer(2, 1, { feedForward: 3, dropout: 0.3, activation: tanh, rng }),
      [[2, 3, 2]],
      (own, x) => own.forward(x, { paddingMask: PADDING }),
    ),
    layer(
      'norm first, causal, without biases',
      (rng) =>
        transformerEncoderLayer(2, 1, {
          feedForward: 2,
          activation: gelu,
          normFirst: true,
          causal: true,
          bias: false,
          rng,
        }),
      [[3, 2]],
    ),
  ],
  transformerDecoderLayer: [
    layer(
      'norm last, with padding in its memory',
      (rng) =>
        transformerDecoderLayer(2, 1, { feedForward: 2, dropout: 0.3, activation: tanh, rng }),
      [
        [2, 2, 2],
        [2, 3, 2],
      ],
      (own, x, memory) => own.forward(x, memory, { memoryPaddingMask: PADDING }),
    ),
    layer(
      'norm first, without biases',
      (rng) =>
        transformerDecoderLayer(2, 2, {
          feedForward: 2,
          activation: gelu,
          normFirst: true,
          bias: false,
          rng,
        }),
      [
        [3, 2],
        [2, 2],
      ],
      (own, x, memory) => own.forward(x, memory, { mask: BIAS }),
    ),
  ],
  transformerEncoder: [
    layer(
      'of two layers, norm first',
      (rng) => transformerEncoder(2, 1, 2, { feedForward: 2, normFirst: true, rng }),
      [[2, 2]],
    ),
  ],
  transformerDecoder: [
    layer(
      'of two layers, norm first',
      (rng) => transformerDecoder(2, 1, 2, { feedForward: 1, normFirst: true, rng }),
      [
        [2, 2],
        [2, 2],
      ],
      (own, x, memory) => own.forward(x, memory),
    ),
  ],
  rotary: [plain('with an offset', (x) => rotary(x, { offset: 3, base: 10 }), [[2, 3, 4]])],
  sinusoidalPositions: [layer('of a sequence', () => sinusoidalPositions(), [[3, 2]])],
  learnedPositions: [
    layer('of shorter sequences', (rng) => learnedPositions(4, 2, { rng }), [[2, 3, 2]]),
  ],
};

const AT = int32([
  [0, 3, 3],
  [1, 0, 2],
]);

/** Every layer by its factory. A new one takes a line here. */
export const GRADIENT_CASES: Readonly<Record<string, readonly GradientCase[]>> = {
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
      [[3, 2]],
    ),
  ],
  ...SPATIAL,
  ...NORMALISATION,
  ...RECURRENT,
  ...ATTENTION,
};
