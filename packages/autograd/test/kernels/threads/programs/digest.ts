// All bits of a tensor as one number.
import type { Tensor } from '../../../../src/index.js';

export function digest(x: Tensor): number {
  const { buffer, byteOffset, byteLength } = x.data();
  const words = new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
  return words.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 0);
}
