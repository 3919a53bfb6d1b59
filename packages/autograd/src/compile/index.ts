// Compiled functions.

export { type Compiled, compile } from './compile.js';
export { type ExplainedKernel, Explanation } from './explain.js';
