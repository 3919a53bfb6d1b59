// Compiled functions.

export { type Compiled, compile } from './compile.js';
export { type ExplainedKernel, Explanation } from './explain.js';
export { observe, type TapHandler, tap } from './tap.js';
