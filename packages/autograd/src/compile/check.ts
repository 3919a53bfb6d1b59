// A program beside the function that it was made of: do they still do the same?

import { TraceError } from '../errors.js';
import { formatShape, sameShape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { leavesOf } from '../transforms/tree.js';
import type { Program } from './program.js';
import { unobserved } from './tap.js';

/** max|a − b| / max|b| that rounding explains. */
const TOLERANCE = { float32: 1e-5, float64: 1e-12, int32: 0, bool: 0 } as const;

interface Found {
  readonly what: string;
  readonly value: Tensor;
}

function found(result: unknown, program: Program): Found[] {
  const results = leavesOf(result).map(({ path, value }) => ({
    what: `the result${path === '' ? '' : ` at ${path}`}`,
    value: value.read(),
  }));
  const cells = program.cells.map((cell, i) => ({
    what: `cell ${i} of shape ${formatShape(cell.shape)}`,
    value: cell.read(),
  }));
  return [...results, ...cells];
}

/** Why two values are not the same; null if they are, up to rounding. */
function difference(a: Tensor, b: Tensor): string | null {
  if (a.dtype !== b.dtype || !sameShape(a.shape, b.shape)) {
    return `${a.dtype} ${formatShape(a.shape)} instead of ${b.dtype} ${formatShape(b.shape)}`;
  }
  const [x, y] = [a.data(), b.data()];
  let largest = 0;
  for (const value of y) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  const slack = TOLERANCE[b.dtype] * largest;
  for (let i = 0; i < x.length; i++) {
    if (!Object.is(x[i], y[i]) && !(Math.abs(x[i] - y[i]) <= slack)) {
      return `${x[i]} instead of ${y[i]} at element ${i}`;
    }
  }
  return null;
}

/** Runs `fn` and puts the program's variables and generators back as they were. */
export function puttingBack<R>(program: Program, fn: () => R): R {
  const restore = program.remember();
  try {
    return fn();
  } finally {
    restore();
  }
}

/**
 * Runs the function eagerly, puts everything back, runs the program, and compares results and cells.
 * @returns the program's result. @throws TraceError that names the first that differs.
 */
export function runBoth(
  program: Program,
  eagerly: () => unknown,
  inputs: readonly Tensor[],
): unknown {
  const wanted = puttingBack(program, () => found(unobserved(eagerly), program));
  const result = program.run(inputs);
  const got = found(result, program);
  for (let i = 0; i < Math.max(wanted.length, got.length); i++) {
    const wrong =
      wanted[i] === undefined || got[i] === undefined
        ? 'another structure'
        : difference(got[i].value, wanted[i].value);
    if (wrong === null) continue;
    throw new TraceError(
      `check: a program computes what its function does, got ${wrong} for ${(got[i] ?? wanted[i]).what}. ` +
        'A JavaScript value that the function reads has changed since it was traced: pass it in, or keep it in a variable.',
    );
  }
  return result;
}
