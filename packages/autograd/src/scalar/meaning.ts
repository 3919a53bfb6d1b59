// scalar/meaning: what each op computes, in floating point, on int32 and on truth values; as a function and as JavaScript.

import { DTypeError } from '../errors.js';
import type { DType } from '../tensor/dtype.js';
import type { BinaryOp, ExprOp, UnaryOp } from './expr.js';
import * as special from './special.js';
import { tableOf } from './table.js';

/** The functions that generated code calls by name, besides those of `Math`. */
export const HELPERS = {
  erf: special.erf,
  sigmoid: special.sigmoid,
  softplus: special.softplus,
  logSigmoid: special.logSigmoid,
  roundHalfEven: special.roundHalfEven,
  power: special.power,
  integerPower: special.integerPower,
};

/** Of one number. */
type MathFunction = Exclude<UnaryOp & keyof Math, 'round'>;
type SpecialFunction = UnaryOp & keyof typeof HELPERS;

/** What an op does to numbers: `run` and the expression `code` give the same bits. */
export interface Meaning {
  readonly run: (a: number, b: number, c: number) => number;
  readonly code: (a: string, b: string, c: string) => string;
  /** The result is exact wherever the operands are, so float32 has nothing to round. */
  readonly exact: boolean;
  /** JavaScript for "the result isn't 0"; null where the result isn't a truth value. */
  readonly test: ((a: string, b: string) => string) | null;
}

type Table = { readonly [op in UnaryOp | BinaryOp | 'select']?: Meaning };

const rounded = (run: Meaning['run'], code: Meaning['code']): Meaning => ({
  run,
  code,
  exact: false,
  test: null,
});

const exact = (run: Meaning['run'], code: Meaning['code']): Meaning => ({
  run,
  code,
  exact: true,
  test: null,
});

const call = (name: MathFunction): Meaning => rounded(Math[name], (a) => `Math.${name}(${a})`);

const exactCall = (name: MathFunction): Meaning => exact(Math[name], (a) => `Math.${name}(${a})`);

const helper = (name: SpecialFunction): Meaning => rounded(HELPERS[name], (a) => `${name}(${a})`);

const truth = (
  run: (a: number, b: number) => boolean,
  test: (a: string, b: string) => string,
): Meaning => ({
  run: (a, b) => (run(a, b) ? 1 : 0),
  code: (a, b) => `(${test(a, b)} ? 1 : 0)`,
  exact: true,
  test,
});

const identity = exact(
  (a) => a,
  (a) => a,
);

/** Comparisons, logic and choice mean the same everywhere. Whatever isn't 0 is true, NaN too. */
const TRUTH = {
  less: truth(
    (a, b) => a < b,
    (a, b) => `${a} < ${b}`,
  ),
  lessEqual: truth(
    (a, b) => a <= b,
    (a, b) => `${a} <= ${b}`,
  ),
  greater: truth(
    (a, b) => a > b,
    (a, b) => `${a} > ${b}`,
  ),
  greaterEqual: truth(
    (a, b) => a >= b,
    (a, b) => `${a} >= ${b}`,
  ),
  equal: truth(
    (a, b) => a === b,
    (a, b) => `${a} === ${b}`,
  ),
  notEqual: truth(
    (a, b) => a !== b,
    (a, b) => `${a} !== ${b}`,
  ),
  logicalAnd: truth(
    (a, b) => a !== 0 && b !== 0,
    (a, b) => `(${a} !== 0 && ${b} !== 0)`,
  ),
  logicalOr: truth(
    (a, b) => a !== 0 || b !== 0,
    (a, b) => `(${a} !== 0 || ${b} !== 0)`,
  ),
  logicalXor: truth(
    (a, b) => (a !== 0) !== (b !== 0),
    (a, b) => `(${a} !== 0) !== (${b} !== 0)`,
  ),
  logicalNot: truth(
    (a) => a === 0,
    (a) => `${a} === 0`,
  ),
  select: exact(
    (a, b, c) => (a !== 0 ? b : c),
    (a, b, c) => `(${a} !== 0 ? ${b} : ${c})`,
  ),
} satisfies Table;

/** NaN propagates; +0 is above −0. */
const EXTREMES = {
  maximum: exact(
    (a, b) => Math.max(a, b),
    (a, b) => `Math.max(${a}, ${b})`,
  ),
  minimum: exact(
    (a, b) => Math.min(a, b),
    (a, b) => `Math.min(${a}, ${b})`,
  ),
} satisfies Table;

const FLOAT: Required<Table> = {
  ...TRUTH,
  ...EXTREMES,
  add: rounded(
    (a, b) => a + b,
    (a, b) => `(${a} + ${b})`,
  ),
  sub: rounded(
    (a, b) => a - b,
    (a, b) => `(${a} - ${b})`,
  ),
  mul: rounded(
    (a, b) => a * b,
    (a, b) => `(${a} * ${b})`,
  ),
  div: rounded(
    (a, b) => a / b,
    (a, b) => `(${a} / ${b})`,
  ),
  pow: rounded(special.power, (a, b) => `power(${a}, ${b})`),

  neg: exact(
    (a) => -a,
    (a) => `(-${a})`,
  ),
  ...tableOf(['abs', 'sign', 'floor', 'ceil', 'trunc'], exactCall),
  round: exact(special.roundHalfEven, (a) => `roundHalfEven(${a})`),

  ...tableOf(['exp', 'expm1', 'log', 'log1p', 'sqrt'], call),
  ...tableOf(['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh'], call),
  ...tableOf(['erf', 'sigmoid', 'softplus', 'logSigmoid'], helper),
  rsqrt: rounded(
    (a) => 1 / Math.sqrt(a),
    (a) => `(1 / Math.sqrt(${a}))`,
  ),
};

/** All that a formula can do to numbers. */
export const OPS = Object.keys(FLOAT) as readonly (keyof Required<Table>)[];

/** Wraps around at ±2³¹. */
const INT32: Table = {
  ...TRUTH,
  ...EXTREMES,
  add: exact(
    (a, b) => (a + b) | 0,
    (a, b) => `((${a} + ${b}) | 0)`,
  ),
  sub: exact(
    (a, b) => (a - b) | 0,
    (a, b) => `((${a} - ${b}) | 0)`,
  ),
  mul: exact(Math.imul, (a, b) => `Math.imul(${a}, ${b})`),
  pow: exact(special.integerPower, (a, b) => `integerPower(${a}, ${b})`),
  neg: exact(
    (a) => -a | 0,
    (a) => `(-${a} | 0)`,
  ),
  abs: exact(
    (a) => Math.abs(a) | 0,
    (a) => `(Math.abs(${a}) | 0)`,
  ),
  sign: exactCall('sign'),
  floor: identity,
  ceil: identity,
  round: identity,
  trunc: identity,
};

const TABLES: Readonly<Record<DType, Table>> = {
  float32: FLOAT,
  float64: FLOAT,
  int32: INT32,
  bool: TRUTH,
};

/** What `op` computes on numbers of `dtype`. Throws a `DTypeError` where that is nothing sensible. */
export function meaningOf(op: Exclude<ExprOp, 'argument' | 'constant'>, dtype: DType): Meaning {
  const meaning = TABLES[dtype][op];
  if (meaning !== undefined) return meaning;
  throw new DTypeError(
    `${op}: a formula on ${dtype} is made of ${
      dtype === 'bool' ? 'comparisons, logic and select' : 'integer ops'
    } only, got ${op}. Cast to float32 first.`,
  );
}

/** The constant `value` as a number of `dtype`. Throws a `DTypeError` for a fraction in int32 and all but 0 and 1 in bool. */
export function constantOf(value: number, dtype: DType): number {
  if (dtype === 'float64') return value;
  if (dtype === 'float32') return Math.fround(value);
  if (dtype === 'int32' ? Number.isInteger(value) : value === 0 || value === 1) return value | 0;
  throw new DTypeError(
    `constant: a formula on ${dtype} takes ${
      dtype === 'bool' ? 'the constants 0 and 1' : 'whole constants'
    } only, got ${value}. Cast to float32 first.`,
  );
}
