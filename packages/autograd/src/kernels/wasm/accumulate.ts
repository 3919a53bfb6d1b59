// Adding from one layout to another through the scratch memory.

import type { TypedArray } from '../../tensor/dtype.js';
import type { Shape } from '../../tensor/shape.js';
import type { Layout } from '../kernels.js';
import { accumulate as inJavaScript } from '../reference/accumulate.js';
import { asWords, LEAST_STRIDED } from './copy.js';
import { runStrided } from './strided.js';
import { ADD, walkOf } from './strided-code.js';
import { laneTypeOf } from './vector.js';

/** The reference's bits: what meets at one place is added in its order. */
export function accumulate(
  x: TypedArray,
  from: Layout,
  out: TypedArray,
  to: Layout,
  shape: Shape,
): void {
  const dtype = laneTypeOf(out);
  const sides = asWords(x, out, shape, LEAST_STRIDED);
  if (dtype === null || sides === null) inJavaScript(x, from, out, to, shape);
  else {
    const [source, target] = sides;
    runStrided(ADD, dtype, walkOf(shape, from, to), source, from.offset, target, to.offset);
  }
}
