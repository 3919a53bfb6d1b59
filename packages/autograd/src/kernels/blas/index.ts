// The system's BLAS, where there is one.

export { blasGemm } from './gemm.js';
export { type Blas, type BlasOrReason, loadBlas, systemBlas } from './library.js';
