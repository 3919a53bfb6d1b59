// scalar/derivative: the table of derivatives, and the chain rule over a formula's graph.

import { constant, type Expr, HALF, isZero, ONE, select, ZERO } from './expr.js';
import { nodesOf } from './graph.js';

// ---- Sums and products of derivatives -----------------------------------------------------------------------------
// Zeros and ones that come from the structure of a derivative are dropped here, and nowhere else.

export const isOne = (e: Expr): boolean => e.op === 'constant' && e.value === 1;
const isConstant = (e: Expr): boolean => e.op === 'constant';

function negated(a: Expr): Expr {
  if (isZero(a)) return ZERO;
  if (isConstant(a)) return constant(-a.value);
  if (a.op === 'neg') return a.args[0];
  return a.neg();
}

function plus(a: Expr, b: Expr): Expr {
  if (isZero(a)) return b;
  if (isZero(b)) return a;
  if (isConstant(a) && isConstant(b)) return constant(a.value + b.value);
  if (a === b) return times(constant(2), a);
  if (b.op === 'neg') return a.sub(b.args[0]);
  if (a.op === 'neg') return b.sub(a.args[0]);
  return a.add(b);
}

function times(a: Expr, b: Expr): Expr {
  if (isZero(a) || isZero(b)) return ZERO;
  if (isOne(a)) return b;
  if (isOne(b)) return a;
  if (isConstant(b) && !isConstant(a)) return times(b, a);
  if (a.op === 'neg') return negated(times(a.args[0], b));
  if (b.op === 'neg') return negated(times(a, b.args[0]));
  if (isConstant(a)) {
    if (a.value === -1) return negated(b);
    if (isConstant(b)) return constant(a.value * b.value);
    if (b.op === 'mul' && isConstant(b.args[0])) {
      const product = a.value * b.args[0].value;
      if (Number.isFinite(product) && product !== 0) return times(constant(product), b.args[1]);
    }
  }
  if (a.op === 'div' && isOne(a.args[0])) return b.div(a.args[1]); // (1/x)·t rounds once as t/x
  return a.mul(b);
}

/** A branch that both ways agree on is no branch. */
function choose(condition: Expr, a: Expr, b: Expr): Expr {
  return a === b ? a : select(condition, a, b);
}

// ---- The table ----------------------------------------------------------------------------------------------------

/**
 * The partial derivatives of an op by its operands, as functions of the node itself `y` and its operands `a`, `b`.
 * Where a rule is cheaper in terms of the result it uses `y`: whoever has the result can put it in y's place.
 */
type Partial = (y: Expr, a: Expr, b: Expr) => Expr;

/** Ops that are constant between their jumps: their derivatives are 0. */
type Step =
  | ('sign' | 'floor' | 'ceil' | 'round' | 'trunc')
  | ('less' | 'lessEqual' | 'greater' | 'greaterEqual' | 'equal' | 'notEqual')
  | ('logicalAnd' | 'logicalOr' | 'logicalXor' | 'logicalNot');

const PARTIALS: Readonly<
  Record<Exclude<Expr['op'], Special | Step>, readonly Partial[]> & { [op in Step]?: undefined }
> = {
  add: [() => ONE, () => ONE],
  sub: [() => ONE, () => constant(-1)],
  mul: [(_y, _a, b) => b, (_y, a) => a],
  div: [(_y, _a, b) => ONE.div(b), (y, _a, b) => y.div(b).neg()],
  pow: [powByBase, powByExponent],

  neg: [() => constant(-1)],
  abs: [(_y, a) => a.sign()],

  exp: [(y) => y],
  expm1: [(y) => y.add(1)],
  log: [(_y, a) => ONE.div(a)],
  log1p: [(_y, a) => ONE.div(a.add(1))],
  sqrt: [(y) => HALF.div(y)],
  rsqrt: [(y, a) => constant(-0.5).mul(y.div(a))], // −½·x^(−3/2)

  sin: [(_y, a) => a.cos()],
  cos: [(_y, a) => a.sin().neg()],
  tan: [(y) => y.square().add(1)],
  asin: [(_y, a) => oneMinusSquare(a).rsqrt()],
  acos: [(_y, a) => oneMinusSquare(a).rsqrt().neg()],
  atan: [(_y, a) => ONE.div(a.square().add(1))],
  sinh: [(_y, a) => a.cosh()],
  cosh: [(_y, a) => a.sinh()],
  tanh: [(y) => ONE.sub(y.square())],

  erf: [(_y, a) => constant(2 / Math.sqrt(Math.PI)).mul(a.square().neg().exp())],
  sigmoid: [(y) => y.mul(ONE.sub(y))],
  softplus: [(_y, a) => a.sigmoid()],
  logSigmoid: [(_y, a) => a.neg().sigmoid()], // 1 − σ(x), without the cancellation
};

/** 1 − x² as (1 − x)(1 + x), which doesn't cancel near ±1. */
function oneMinusSquare(x: Expr): Expr {
  return ONE.sub(x).mul(x.add(1));
}

/**
 * p·x^(p−1), and 0 where p = 0, so that x⁰ isn't 0·∞ at x = 0. The exception is no wider than that infinity (or a NaN):
 * at p = 0 and any other x the product is 0 by itself, and its derivative by p, x^(p−1), must not be lost.
 */
function powByBase(_y: Expr, x: Expr, p: Expr): Expr {
  if (!isConstant(p)) {
    const power = x.pow(p.sub(1));
    return select(p.equal(0).logicalAnd(power.abs().less(Infinity).logicalNot()), 0, p.mul(power));
  }
  if (p.value === 0) return ZERO;
  if (p.value === 1) return ONE;
  if (p.value === 2) return constant(2).mul(x);
  if (p.value === 3) return constant(3).mul(x.square());
  return p.mul(x.pow(p.value - 1));
}

/** y·log x, and 0 where x = 0 and p ≥ 0: 0ᵖ stays 0 as p varies, but log 0 = −∞. */
function powByExponent(y: Expr, x: Expr, p: Expr): Expr {
  return select(x.equal(0).logicalAnd(p.greaterEqual(0)), 0, y.mul(x.log()));
}

// ---- Ops whose branches shield each other ---------------------------------------------------------------------------
// A product 0·t with the branch not taken would let its infinities in, so these choose between derivatives.

type Special = 'argument' | 'constant' | 'select' | 'maximum' | 'minimum';

/** t where the operand is the one taken (or either is NaN), ½t at a tie, 0 elsewhere. */
function ifTaken(beaten: Expr, tie: Expr, t: Expr): Expr {
  return isZero(t) ? ZERO : select(beaten, 0, choose(tie, times(HALF, t), t));
}

function maximumDerivative([a, b]: readonly Expr[], [da, db]: readonly Expr[]): Expr {
  const tie = a.equal(b);
  return plus(ifTaken(a.less(b), tie, da), ifTaken(a.greater(b), tie, db));
}

function minimumDerivative([a, b]: readonly Expr[], [da, db]: readonly Expr[]): Expr {
  const tie = a.equal(b);
  return plus(ifTaken(a.greater(b), tie, da), ifTaken(a.less(b), tie, db));
}

// ---- The chain rule -------------------------------------------------------------------------------------------------

function derivativeOfNode(node: Expr, index: number): Expr {
  const { op, args } = node;
  if (op === 'constant') return ZERO;
  if (op === 'argument') return node.index === index ? ONE : ZERO;

  const inner = args.map((arg) => arg.derivatives?.get(index) as Expr);
  if (op === 'select') return choose(args[0], inner[1], inner[2]);
  if (op === 'maximum') return maximumDerivative(args, inner);
  if (op === 'minimum') return minimumDerivative(args, inner);

  let sum = ZERO;
  PARTIALS[op]?.forEach((partial, k) => {
    if (!isZero(inner[k])) sum = plus(sum, times(partial(node, args[0], args[1]), inner[k]));
  });
  return sum;
}

/**
 * ∂f/∂(argument `index`), as a formula; kept on the nodes, so that asking again costs nothing and what formulas share
 * is shared by their derivatives. Higher orders are derivatives of derivatives.
 *
 * Kinks: abs′(0) = 0; `maximum` and `minimum` split ½ at a tie; roundings, `sign` and comparisons have derivative 0;
 * `select` differentiates only the branch taken; ∂xᵖ/∂p = 0 where x = 0 and p ≥ 0; sqrt′(0) = ∞.
 * The node f itself occurs in its derivative where that is cheaper (tanh′ = 1 − y²): `substitute` it by an argument to
 * reuse a result that is at hand.
 */
export function derivative(f: Expr, index: number): Expr {
  const missing = nodesOf(f, (node) => node.derivatives?.has(index) ?? false);
  for (const node of missing) {
    const d = derivativeOfNode(node, index);
    node.derivatives ??= new Map();
    node.derivatives.set(index, d);
  }
  return f.derivatives?.get(index) as Expr;
}
