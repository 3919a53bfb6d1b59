// @retrograd/nn: layers, losses, optimizers, training.

export * from './data/index.js';
export { StateError } from './errors.js';
export {
  constantInit,
  type FloatDType,
  heNormal,
  heUniform,
  type Initializer,
  orthogonal,
  xavierNormal,
  xavierUniform,
  zerosInit,
} from './init.js';
export { type InitializeOptions, initialize } from './initialize.js';
export * from './layers/index.js';
export * from './losses/index.js';
export * from './metrics.js';
export * from './minimize/index.js';
export { type Layer, type LoadOptions, Module, type StateDict } from './module.js';
export * from './optim/index.js';
export * from './regularization.js';
export { type LayerSummary, ModelSummary } from './summary.js';
export * from './training/index.js';
export type { Chain, ChainGives, ChainTakes, LayerFunction, Sized } from './typed-chain.js';
