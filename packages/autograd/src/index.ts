// @retrograd/autograd: tensors, the tape, operations and their derivatives.
// Floor by floor: bundles keep this order, and compress better where what is alike stands together.

// ── Errors ────────────────────────────────────────────────────────────────────────────────────────

export {
  ArgumentError,
  AsyncScopeError,
  AuditError,
  AxisError,
  DTypeError,
  GradcheckError,
  IndexError,
  MemoryError,
  NondifferentiableError,
  NoPathError,
  ReleasedTapeError,
  RetrogradError,
  RuleError,
  ShapeError,
  TraceError,
} from './errors.js';

// ── Tensors ───────────────────────────────────────────────────────────────────────────────────────

export {
  arange,
  type CreationOptions,
  eye,
  full,
  fullLike,
  linspace,
  type NestedArray,
  ones,
  onesLike,
  tensor,
  variable,
  zeros,
  zerosLike,
} from './tensor/creation.js';
export type { DType, TypedArray } from './tensor/dtype.js';
export { Operand, type TensorLike } from './tensor/operand.js';
export type { GradientHook } from './tensor/origin.js';
export type { Shape } from './tensor/shape.js';
export { peek, Tensor } from './tensor/tensor.js';
export type * from './tensor/typed-shape.js';
export { Variable, type VariableOptions } from './tensor/variable.js';

// ── Formulas ──────────────────────────────────────────────────────────────────────────────────────

export {
  constant,
  derivative,
  Expr,
  type ExprLike,
  select,
  toLatex,
  toSource,
} from './scalar/index.js';

// ── Kernels ───────────────────────────────────────────────────────────────────────────────────────

export { type BackendInfo, backendInfo } from './kernels/backend.js';
export type { Kernels, KernelView } from './kernels/kernels.js';
export { setThreads } from './kernels/wasm/gemm-threads.js';

// ── Random numbers ────────────────────────────────────────────────────────────────────────────────

export { rng } from './kernels/random.js';
export {
  Generator,
  type GeneratorState,
  type NormalOptions,
  type UniformOptions,
} from './tensor/random.js';

// ── Compiled functions ────────────────────────────────────────────────────────────────────────────

export * from './compile/index.js';

// ── The tape ──────────────────────────────────────────────────────────────────────────────────────

export { type BackwardOptions, backward, detach } from './tape/backward.js';
export type { Tape } from './tape/listing.js';
export type { Adjoint, TapeEntry } from './tape/node.js';
export { noGrad } from './tape/state.js';

// ── Transforms of functions ───────────────────────────────────────────────────────────────────────

export * from './transforms/index.js';

// ── Operations, as functions and as methods ───────────────────────────────────────────────────────

import './ops/methods.js';

export * from './ops/index.js';

// ── Looking inside ────────────────────────────────────────────────────────────────────────────────

export * from './inspect/index.js';
