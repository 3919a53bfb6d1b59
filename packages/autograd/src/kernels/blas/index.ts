// The system's BLAS, where there is one.

export { type Blas, type BlasOrReason, loadBlas, systemBlas } from './library.js';
