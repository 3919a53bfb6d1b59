// Compiled functions.

export { type Compiled, compile } from './compile.js';
