// Comparisons, logic and choice. Results of comparisons are bool and carry no gradient.

import { defineElementwise, type ElementwiseOptions } from './define-elementwise.js';
import type { BinaryFn, UnaryFn, WhereFn } from './signatures.js';

const PREDICATE: ElementwiseOptions = { integers: 'same', result: 'bool' };

/** a = b; NaN equals nothing. */
export const equal = defineElementwise<BinaryFn<'equal'>>('equal', (a, b) => a.equal(b), PREDICATE);

/** a ≠ b. */
export const notEqual = defineElementwise<BinaryFn<'notEqual'>>(
  'notEqual',
  (a, b) => a.notEqual(b),
  PREDICATE,
);

/** a < b. */
export const less = defineElementwise<BinaryFn<'less'>>('less', (a, b) => a.less(b), PREDICATE);

/** a ≤ b. */
export const lessEqual = defineElementwise<BinaryFn<'lessEqual'>>(
  'lessEqual',
  (a, b) => a.lessEqual(b),
  PREDICATE,
);

/** a > b. */
export const greater = defineElementwise<BinaryFn<'greater'>>(
  'greater',
  (a, b) => a.greater(b),
  PREDICATE,
);

/** a ≥ b. */
export const greaterEqual = defineElementwise<BinaryFn<'greaterEqual'>>(
  'greaterEqual',
  (a, b) => a.greaterEqual(b),
  PREDICATE,
);

/** Both are not 0. */
export const logicalAnd = defineElementwise<BinaryFn<'logicalAnd'>>(
  'logicalAnd',
  (a, b) => a.logicalAnd(b),
  PREDICATE,
);

/** At least one is not 0. */
export const logicalOr = defineElementwise<BinaryFn<'logicalOr'>>(
  'logicalOr',
  (a, b) => a.logicalOr(b),
  PREDICATE,
);

/** Exactly one is not 0. */
export const logicalXor = defineElementwise<BinaryFn<'logicalXor'>>(
  'logicalXor',
  (a, b) => a.logicalXor(b),
  PREDICATE,
);

/** x is 0. */
export const logicalNot = defineElementwise<UnaryFn>(
  'logicalNot',
  (x) => x.logicalNot(),
  PREDICATE,
);

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
