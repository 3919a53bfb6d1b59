// Every operation, by family.

export * from './activations.js';
export * from './arithmetic.js';
export { broadcastTo, cast } from './broadcast.js';
export { conv, convTranspose } from './convolution.js';
export * from './define-elementwise.js';
export * from './define-op.js';
export { diag, tril, triu } from './diagonal.js';
export { einsum } from './einsum.js';
export { gather, index, oneHot, scatterAdd, takeAlong } from './indexing.js';
export { concat, split, stack } from './join.js';
export * from './logic.js';
export { dot, type MatmulOptions, matmul, outer } from './matmul.js';
export { permute, transpose } from './permute.js';
export { averagePool, maxPool } from './pooling.js';
export {
  cumsum,
  logsumexp,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  variance,
} from './reduce.js';
export { repeat, reshape, squeeze, tile, unsqueeze } from './shape.js';
export type {
  AveragePoolOptions,
  ConvOptions,
  ConvTransposeOptions,
  FoldWindowsOptions,
  MaxPoolOptions,
  Padding,
  PerAxis,
  SlidingWindowsOptions,
  WindowOptions,
} from './signatures-windows.js';
export { flip, pad, slice } from './slice.js';
export { logSoftmax, softmax } from './softmax.js';
export { argmax, argmin, argsort, sort, topK } from './sort.js';
export * from './transcendental.js';
export { foldWindows, slidingWindows } from './windows.js';
