// Comparisons, logic and choice. Results of comparisons are bool and carry no gradient.

import { defineElementwise, type ElementwiseOptions } from './define-elementwise.js';
import { defineBinary, defineUnary } from './define-named.js';
import type { WhereFn } from './signatures.js';

const PREDICATE: ElementwiseOptions = { integers: 'same', result: 'bool' };

/** a = b; NaN equals nothing. */
export const equal = defineBinary('equal', PREDICATE);

/** a ≠ b. */
export const notEqual = defineBinary('notEqual', PREDICATE);

/** a < b. */
export const less = defineBinary('less', PREDICATE);

/** a ≤ b. */
export const lessEqual = defineBinary('lessEqual', PREDICATE);

/** a > b. */
export const greater = defineBinary('greater', PREDICATE);

/** a ≥ b. */
export const greaterEqual = defineBinary('greaterEqual', PREDICATE);

/** Both are not 0. */
export const logicalAnd = defineBinary('logicalAnd', PREDICATE);

/** At least one is not 0. */
export const logicalOr = defineBinary('logicalOr', PREDICATE);

/** Exactly one is not 0. */
export const logicalXor = defineBinary('logicalXor', PREDICATE);

/** x is 0. */
export const logicalNot = defineUnary('logicalNot', PREDICATE);

/**
 * a where the condition is not 0, b elsewhere. Both are computed beforehand, so `where` does not shield gradients from
 * a NaN in the branch that is not taken: 0 · NaN is NaN. Make the other branch safe first, as in
 * `where(x.greater(0), where(x.greater(0), x, 1).log(), 0)`.
 */
export const where = defineElementwise<WhereFn>(
  'where',
  (condition, a, b) => condition.select(a, b),
  { integers: 'same', conditions: [0] },
);
