// From a formula on one number to the same formula on vectors.

import { type Expr, type ExprOp, nodesOf } from '../../scalar/index.js';
import { call } from './assembler/index.js';
import { inlineMath, MATH_NAMES, type MathName, mathFunction } from './math/library.js';
import { type HostName, onFirstLane } from './math/numbers.js';
import { type Lanes, type Vec, vec } from './vector.js';

/** A value as a number, or as a mask that stands for 1 and 0, or both. */
interface Value {
  readonly number: () => Vec;
  /** Ones where it isn't 0. */
  readonly test: () => Vec;
}

const once = (make: () => Vec): (() => Vec) => {
  let made: Vec | null = null;
  return () => {
    made ??= make();
    return made;
  };
};

const ofNumber = (l: Lanes, number: Vec): Value => ({
  number: () => number,
  test: once(() => l.ne(number, 0)),
});

const ofMask = (l: Lanes, mask: Vec): Value => ({
  number: once(() => l.and(mask, 1)),
  test: () => mask,
});

type OnVectors = (...operands: Vec[]) => Vec;

/** What lanes do to vectors. */
type Operation = {
  [K in keyof Lanes]: Lanes[K] extends OnVectors ? K : never;
}[keyof Lanes];

const apply = (l: Lanes, operation: Operation, operands: Vec[]): Vec => {
  const run: OnVectors = l[operation];
  return run(...operands);
};

type Operations = { readonly [op in ExprOp]?: Operation };

const ARITHMETIC: Operations = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  div: 'div',
  maximum: 'max',
  minimum: 'min',
  neg: 'neg',
  abs: 'abs',
  sqrt: 'sqrt',
  floor: 'floor',
  ceil: 'ceil',
  trunc: 'trunc',
  round: 'nearest',
};

/** From numbers to masks. */
const COMPARISONS: Operations = {
  less: 'lt',
  lessEqual: 'le',
  greater: 'gt',
  greaterEqual: 'ge',
  equal: 'eq',
  notEqual: 'ne',
};

export const isComparison = (op: ExprOp): boolean => COMPARISONS[op] !== undefined;

/** From masks to masks. */
const LOGIC: Operations = {
  logicalAnd: 'and',
  logicalOr: 'or',
  logicalXor: 'xor',
  logicalNot: 'not',
};

/** Arithmetic in two steps. */
const COMPOSED: { readonly [op in ExprOp]?: (l: Lanes, a: Vec) => Vec } = {
  rsqrt: (l, a) => l.div(1, l.sqrt(a)),
  // ±1 by the sign, but zeros and NaN stay.
  sign: (l, a) => l.choose(l.gt(l.abs(a), 0), l.or(l.and(a, -0), 1), a),
};

const MATH: ReadonlySet<ExprOp> = new Set<ExprOp>(MATH_NAMES);

export const isMath = (op: ExprOp): boolean => MATH.has(op);

/** How functions are computed that have no instruction of their own. */
interface Mathematics {
  readonly has: (op: ExprOp) => boolean;
  readonly of: (op: ExprOp, l: Lanes, args: readonly Vec[]) => Vec;
}

const CALLED: Mathematics = {
  has: isMath,
  of: (op, { dtype }, args) => {
    const run = mathFunction(op as MathName, dtype);
    return vec(() => call(run), args);
  },
};

const WRITTEN: Mathematics = {
  has: isMath,
  of: (op, l, args) => inlineMath(op as MathName, l, args[0]) ?? CALLED.of(op, l, args),
};

/** With more mathematics than this a formula calls it, instead of having a copy of its own that has to be compiled. */
const MOST_INLINE = 2;

function valueAt(
  node: Expr,
  l: Lanes,
  args: readonly Vec[],
  known: ReadonlyMap<Expr, Value>,
  mathematics: Mathematics,
): Value {
  const { op } = node;
  if (op === 'argument') return ofNumber(l, args[node.index]);
  if (op === 'constant') return ofNumber(l, l.number(node.value));
  const operands = node.args.map((arg) => known.get(arg) as Value);
  if (op === 'select') {
    const [condition, a, b] = operands;
    return ofNumber(l, l.choose(condition.test(), a.number(), b.number()));
  }
  const logic = LOGIC[op];
  if (logic !== undefined) {
    const tests = operands.map((operand) => operand.test());
    return ofMask(l, apply(l, logic, tests));
  }
  const numbers = operands.map((operand) => operand.number());
  if (mathematics.has(op)) return ofNumber(l, mathematics.of(op, l, numbers));
  const comparison = COMPARISONS[op];
  if (comparison !== undefined) return ofMask(l, apply(l, comparison, numbers));
  const arithmetic = ARITHMETIC[op];
  if (arithmetic !== undefined) return ofNumber(l, apply(l, arithmetic, numbers));
  return ofNumber(l, (COMPOSED[op] as (l: Lanes, a: Vec) => Vec)(l, numbers[0]));
}

function graphOf(l: Lanes, f: Expr, args: readonly Vec[], mathematics: Mathematics): Vec {
  const known = new Map<Expr, Value>();
  for (const node of nodesOf(f)) known.set(node, valueAt(node, l, args, known, mathematics));
  return (known.get(f) as Value).number();
}

/** f of vectors, as a graph. Mathematics is written out where there is little of it, else called: the bits are the same. */
export function formulaOn(l: Lanes, f: Expr, args: readonly Vec[]): Vec {
  const functions = nodesOf(f).filter(({ op }) => isMath(op));
  return graphOf(l, f, args, functions.length <= MOST_INLINE ? WRITTEN : CALLED);
}

/** Transcendental functions differ by a few units in the last place from JavaScript's, 1/√x is rounded twice here. */
const differs = (op: ExprOp): boolean => isMath(op) || op === 'rsqrt';

/** Whether vectors and plain JavaScript give the same bits: nothing but correctly rounded operations. */
export function isExact(f: Expr): boolean {
  return nodesOf(f).every(({ op }) => !differs(op));
}

/** f of the numbers in the first lanes, with the bits that plain JavaScript gives. */
export function formulaOnNumbers(l: Lanes, f: Expr, args: readonly Vec[]): Vec {
  const of: Mathematics['of'] = (op, lanes, own) => onFirstLane(op as HostName, lanes, own);
  return graphOf(l, f, args, { has: differs, of });
}
