// Every layer.

export { Dense, type DenseOptions, dense } from './dense.js';
export { Dropout, type DropoutOptions, dropout } from './dropout.js';
export { Flatten, flatten } from './flatten.js';
export * from './recurrent/index.js';
export { Sequential, sequential } from './sequential.js';
