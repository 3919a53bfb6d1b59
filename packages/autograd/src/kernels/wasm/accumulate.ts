// Adding from one layout to another through the scratch memory.

import type { TypedArray } from '../../tensor/dtype.js';
import { type Shape, sizeOf } from '../../tensor/shape.js';
import { collapse } from '../broadcast-loops.js';
import type { Layout } from '../kernels.js';
import { accumulate as inJavaScript } from '../reference/accumulate.js';
import { asWords, LEAST_STRIDED } from './copy.js';
import { runStrided } from './strided.js';
import { ADD } from './strided-code.js';

/** The reference's bits: what meets at one place is added in its order. */
export function accumulate(
  x: TypedArray,
  from: Layout,
  out: TypedArray,
  to: Layout,
  shape: Shape,
): void {
  const floats = out instanceof Float32Array || out instanceof Float64Array;
  const worthIt = floats && sizeOf(shape) >= LEAST_STRIDED && x.constructor === out.constructor;
  const source = worthIt ? asWords(x) : null;
  const target = worthIt ? asWords(out) : null;
  if (source === null || target === null) {
    inJavaScript(x, from, out, to, shape);
    return;
  }
  const [sizes, [fromSteps, toSteps]] = collapse(shape, [from.strides, to.strides]);
  const walk = { sizes, from: fromSteps, to: toSteps };
  const dtype = out instanceof Float32Array ? 'float32' : 'float64';
  runStrided(ADD, dtype, walk, source, from.offset, target, to.offset);
}
