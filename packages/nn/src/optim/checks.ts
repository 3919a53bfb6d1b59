// Optimizers: what is refused at the door.

import { ArgumentError, type Shape, ShapeError, type Tensor, Variable } from '@retrograd/autograd';
import { formatShape, StateError } from '../errors.js';

/** A list of cells, each once. */
export function checkParameters(name: string, parameters: Iterable<Variable>): Variable[] {
  if (typeof (parameters as { [Symbol.iterator]?: unknown })?.[Symbol.iterator] !== 'function') {
    throw new ArgumentError(
      `${name}: parameters are a list of variables, got ${typeof parameters}. Pass model.parameters().`,
    );
  }
  const cells = [...new Set(parameters)];
  cells.forEach((cell, i) => {
    if (cell instanceof Variable) return;
    throw new ArgumentError(
      `${name}: parameters are variables, got ${describe(cell)} at ${i}. ` +
        'Make cells with variable(…), or pass model.parameters().',
    );
  });
  if (cells.length === 0) {
    throw new ArgumentError(
      `${name}: takes at least one parameter, got none. Does the model have parameters yet?`,
    );
  }
  return cells;
}

function describe(value: unknown): string {
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? value.constructor.name
      : typeof value;
}

export function checkNames(
  name: string,
  expected: readonly string[],
  got: readonly string[],
): void {
  const missing = expected.filter((key) => !got.includes(key));
  const unexpected = got.filter((key) => !expected.includes(key));
  if (missing.length === 0 && unexpected.length === 0) return;
  const parts = [
    ...(missing.length > 0 ? [`missing ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`unexpected ${unexpected.join(', ')}`] : []),
  ];
  throw new StateError(
    `${name}: a state has one value for each cell, got ${parts.join('; ')}. ` +
      'Load it where options and parameters are the same.',
  );
}

export function checkShapeOf(name: string, key: string, shape: Shape, got: Tensor): void {
  if (got.shape.join() === shape.join()) return;
  throw new ShapeError(
    `${name}: ${key} has shape ${formatShape(shape)}, got ${formatShape(got.shape)}. ` +
      'Load it where the parameters are the same, in the same order.',
  );
}

/** An option that is a finite number within [least, below), or an ArgumentError that names it. */
export function checkNumber(
  op: string,
  name: string,
  value: number,
  least = Number.NEGATIVE_INFINITY,
  below = Number.POSITIVE_INFINITY,
): number {
  if (Number.isFinite(value) && value >= least && value < below) return value;
  const from = Number.isFinite(least) ? ` of at least ${least}` : '';
  const to = Number.isFinite(below) ? ` and below ${below}` : '';
  throw new ArgumentError(
    `${op}: ${name} is a finite number${from}${to}, got ${String(value)}. Check the option.`,
  );
}

/** A whole number of at least `least`, or an ArgumentError that names it. */
export function checkWhole(op: string, name: string, value: number, least: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ArgumentError(
    `${op}: ${name} is a whole number of at least ${least}, got ${String(value)}. Check the option.`,
  );
}

/** β₁ and β₂, both in [0, 1). */
export function checkBetas(
  name: string,
  betas: readonly [number, number] = [0.9, 0.999],
): readonly [number, number] {
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new ArgumentError(`${name}: betas are two numbers, got ${String(betas)}. Pass [β₁, β₂].`);
  }
  betas.forEach((beta, i) => {
    checkNumber(name, `betas[${i}]`, beta, 0, 1);
  });
  return [betas[0], betas[1]];
}
