// scalar: formulas on one number, their derivatives, their kernels and their printed form.

export { closureKernel } from './closure.js';
export { derivative, isOne } from './derivative.js';
export {
  argument,
  type BinaryOp,
  constant,
  Expr,
  type ExprLike,
  type ExprOp,
  isZero,
  select,
  type UnaryOp,
} from './expr.js';
export { generateKernel, kernelSource } from './generate.js';
export { argumentsOf, nodesOf, renumber, replace, size, substitute } from './graph.js';
export { kernelOf, type Loop, type ScalarKernel } from './kernel.js';
export { toLatex } from './latex.js';
export { toSource } from './source.js';
export * as special from './special.js';
