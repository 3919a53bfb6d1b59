// Every layer.

export { type AttentionOptions, attention, attentionWeights } from './attention.js';
export { BatchNorm, type BatchNormOptions, batchNorm } from './batch-norm.js';
export { Conv1d, Conv2d, conv1d, conv2d } from './conv.js';
export {
  ConvTranspose1d,
  ConvTranspose2d,
  convTranspose1d,
  convTranspose2d,
} from './conv-transpose.js';
export type { ConvolutionOptions, ConvolutionTransposeOptions } from './convolution.js';
export { Dense, type DenseOptions, dense } from './dense.js';
export { Dropout, type DropoutOptions, dropout } from './dropout.js';
export { Embedding, type EmbeddingOptions, embedding } from './embedding.js';
export { Flatten, flatten } from './flatten.js';
export { GroupNorm, type GroupNormOptions, groupNorm } from './group-norm.js';
export {
  LayerNorm,
  type LayerNormOptions,
  layerNorm,
  type NormalizedShape,
  RMSNorm,
  type RMSNormOptions,
  rmsNorm,
} from './layer-norm.js';
export {
  type AttendOptions,
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
} from './multi-head-attention.js';
export type { ParameterOptions } from './parameter.js';
export {
  AveragePool1d,
  AveragePool2d,
  averagePool1d,
  averagePool2d,
  GlobalAveragePool,
  GlobalMaxPool,
  type GlobalPoolOptions,
  globalAveragePool,
  globalMaxPool,
  MaxPool1d,
  MaxPool2d,
  maxPool1d,
  maxPool2d,
} from './pool.js';
export {
  LearnedPositions,
  type LearnedPositionsOptions,
  learnedPositions,
  type SinusoidalOptions,
  SinusoidalPositions,
  sinusoidal,
  sinusoidalPositions,
} from './positions.js';
export * from './recurrent/index.js';
export { Residual, type ResidualOptions, residual } from './residual.js';
export { type RotaryOptions, rotary } from './rotary.js';
export { Sequential, sequential } from './sequential.js';
export {
  TransformerEncoder,
  TransformerEncoderLayer,
  type TransformerOptions,
  transformerEncoder,
  transformerEncoderLayer,
} from './transformer.js';
export {
  type DecodeOptions,
  TransformerDecoder,
  TransformerDecoderLayer,
  transformerDecoder,
  transformerDecoderLayer,
} from './transformer-decoder.js';
export { Upsample, type UpsampleOptions, upsample } from './upsample.js';
