// Where generators come from: a seed, and the kernels that draw their large tensors.

import { ArgumentError } from '../errors.js';
import { Generator } from '../tensor/random.js';
import { drawInto } from './wasm/draw.js';

/**
 * A random generator from a seed (a whole number up to 2⁵³). The same seed gives the same numbers, everywhere.
 * @throws ArgumentError if the seed is not a non-negative whole number.
 */
export function rng(seed: number): Generator {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ArgumentError(
      `rng: a seed is a whole number ≥ 0, got ${seed}. Pass for example rng(42).`,
    );
  }
  return new Generator(seed | 0, Math.floor(seed / 0x100000000) | 0, drawInto);
}
