// Every layer.

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
export { Flatten, flatten } from './flatten.js';
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
export * from './recurrent/index.js';
export { Sequential, sequential } from './sequential.js';
export { Upsample, type UpsampleOptions, upsample } from './upsample.js';
