// scalar/expr: a formula on one number, an immutable graph in which equal formulas are the same object.

import { ArgumentError } from '../errors.js';
import { OPS } from './meaning.js';

/** Ops of one operand; each is a method of its name, as are those of two. */
export type UnaryOp =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'log1p'
  | 'expm1'
  | 'sqrt'
  | 'rsqrt'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'erf'
  | 'sigmoid'
  | 'softplus'
  | 'logSigmoid'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'trunc'
  | 'logicalNot';

/** Ops of two operands. */
export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'less'
  | 'lessEqual'
  | 'greater'
  | 'greaterEqual'
  | 'equal'
  | 'notEqual'
  | 'logicalAnd'
  | 'logicalOr'
  | 'logicalXor';

/** What a node of a formula computes. */
export type ExprOp = 'argument' | 'constant' | UnaryOp | BinaryOp | 'select';

/** A formula, or a number that stands for a constant. */
export type ExprLike = Expr | number;

/**
 * A formula on numbers, built by chaining: `x.mul(x).add(1).log()`. Immutable. Equal formulas are the same object, so
 * formulas are compared by `===`, and what is derived from a node (its derivatives, its kernels) is kept on the node.
 *
 * Nothing is simplified: `x.mul(0)` stays, because 0·∞ is NaN. Truth is a number, 1 or 0; whatever isn't 0 is true.
 */
export class Expr {
  /** Grows with creation: the operands of a node have smaller ids than the node. */
  declare readonly id: number;
  declare readonly op: ExprOp;
  declare readonly args: readonly Expr[];
  /** Of a `constant`; NaN elsewhere. */
  declare readonly value: number;
  /** Of an `argument`; −1 elsewhere. */
  declare readonly index: number;

  /**
   * The nodes whose youngest operand is this one. A user hangs off its youngest operand and refers, by that, only to
   * older ones: a node never keeps alive what was built on anything younger than itself. So `x.mul(c)` for ever new
   * constants c hangs off each c, not off x, and goes when c goes.
   * @internal
   */
  users: Map<number | string, Expr> | null = null;
  /** Derivatives by argument index. @internal */
  derivatives: Map<number, Expr> | null = null;
  /** The last walk that came by. @internal */
  walk = 0;
  /** Kernels by arity and dtype, typed as what they are where they are made. @internal */
  kernels: unknown[] | null = null;

  declare readonly add: (b: ExprLike) => Expr;
  declare readonly sub: (b: ExprLike) => Expr;
  declare readonly mul: (b: ExprLike) => Expr;
  declare readonly div: (b: ExprLike) => Expr;
  /** aᵇ as in IEEE 754: 1ᵇ = a⁰ = 1 even for NaN. */
  declare readonly pow: (b: ExprLike) => Expr;
  /** The greater of two; NaN if either is. At a tie each operand gets half of the derivative. */
  declare readonly maximum: (b: ExprLike) => Expr;
  /** The lesser of two; NaN if either is. At a tie each operand gets half of the derivative. */
  declare readonly minimum: (b: ExprLike) => Expr;

  declare readonly neg: () => Expr;
  /** |x|; its derivative at 0 is 0. */
  declare readonly abs: () => Expr;
  /** −1, 0 or 1; its derivative is 0. */
  declare readonly sign: () => Expr;
  declare readonly sqrt: () => Expr;
  /** 1/√x. */
  declare readonly rsqrt: () => Expr;
  declare readonly exp: () => Expr;
  declare readonly log: () => Expr;
  declare readonly log1p: () => Expr;
  declare readonly expm1: () => Expr;
  declare readonly sin: () => Expr;
  declare readonly cos: () => Expr;
  declare readonly tan: () => Expr;
  declare readonly asin: () => Expr;
  declare readonly acos: () => Expr;
  declare readonly atan: () => Expr;
  declare readonly sinh: () => Expr;
  declare readonly cosh: () => Expr;
  declare readonly tanh: () => Expr;
  /** 2/√π ∫₀ˣ exp(−t²) dt. */
  declare readonly erf: () => Expr;
  /** 1/(1 + e⁻ˣ). */
  declare readonly sigmoid: () => Expr;
  /** log(1 + eˣ). */
  declare readonly softplus: () => Expr;
  /** log(1/(1 + e⁻ˣ)). */
  declare readonly logSigmoid: () => Expr;
  declare readonly floor: () => Expr;
  declare readonly ceil: () => Expr;
  /** To the nearest integer, ties to the even one. */
  declare readonly round: () => Expr;
  declare readonly trunc: () => Expr;

  declare readonly less: (b: ExprLike) => Expr;
  declare readonly lessEqual: (b: ExprLike) => Expr;
  declare readonly greater: (b: ExprLike) => Expr;
  declare readonly greaterEqual: (b: ExprLike) => Expr;
  declare readonly equal: (b: ExprLike) => Expr;
  declare readonly notEqual: (b: ExprLike) => Expr;
  declare readonly logicalAnd: (b: ExprLike) => Expr;
  declare readonly logicalOr: (b: ExprLike) => Expr;
  declare readonly logicalXor: (b: ExprLike) => Expr;
  declare readonly logicalNot: () => Expr;

  /** `a` where this isn't 0, else `b`. Only the branch taken is differentiated, so a NaN of the other can't leak. */
  declare readonly select: (a: ExprLike, b: ExprLike) => Expr;

  /** @internal Use `argument`, `constant` and the methods, which intern. */
  constructor(op: ExprOp, args: readonly Expr[], value: number, index: number) {
    this.id = nextId++;
    this.op = op;
    this.args = args;
    this.value = value;
    this.index = index;
  }

  /** x·x. */
  square(): Expr {
    return make('mul', [this, this]);
  }
  /** 1/x. */
  reciprocal(): Expr {
    return make('div', [ONE, this]);
  }
}

// ---- Interning ----------------------------------------------------------------------------------------------------

let nextId = 0;

/** A number for each op seen, to key nodes by numbers. */
const opcodes = new Map<ExprOp, number>();
const opcode = (op: ExprOp): number => {
  const known = opcodes.get(op);
  if (known !== undefined) return known;
  opcodes.set(op, opcodes.size);
  return opcodes.size - 1;
};

/** The node `op(args)`, the one that exists if there is one. @internal */
export function make(op: ExprOp, args: readonly Expr[]): Expr {
  let host = args[0];
  for (const arg of args) if (arg.id > host.id) host = arg;
  const [a, b] = args;
  // Of one or two operands, one is the host: a number holds the op, the side and the other's id (2⁴⁶ nodes fit).
  const key =
    args.length === 1
      ? opcode(op)
      : args.length === 2
        ? opcode(op) + 64 * (1 + (host === a ? 0 : 1) + 2 * (host === a ? b.id : a.id))
        : `${op} ${args.map((arg) => arg.id).join(' ')}`;
  host.users ??= new Map();
  let node = host.users.get(key);
  if (node === undefined) {
    node = new Expr(op, args, NaN, -1);
    host.users.set(key, node);
  }
  return node;
}

const lift = (x: ExprLike): Expr => (typeof x === 'number' ? constant(x) : x);

const methods = Expr.prototype as {
  -readonly [op in (typeof OPS)[number]]: (...operands: ExprLike[]) => Expr;
};
for (const op of OPS) {
  methods[op] = function (this: Expr, ...operands) {
    return make(op, [this, ...operands.map(lift)]);
  };
}

const argumentNodes = new Map<number, Expr>();

/** The argument at position `index` = 0, 1, … of a formula. Throws an `ArgumentError` for anything else. */
export function argument(index: number): Expr {
  let node = argumentNodes.get(index);
  if (node === undefined) {
    if (!Number.isInteger(index) || index < 0) {
      throw new ArgumentError(
        `argument: an index is 0, 1, 2, …, got ${index}. Pass the position of the argument.`,
      );
    }
    node = new Expr('argument', [], NaN, index);
    argumentNodes.set(index, node);
  }
  return node;
}

// Constants are interned in two generations of bounded size: those not asked for while a generation filled are dropped,
// and with them all that hangs off them. Whoever still holds a formula on a dropped constant keeps a correct formula;
// only its sharing with formulas built later is lost. A few constants that rules are made of are never dropped.
const GENERATION = 1024;
const pinned = new Map<number, Expr>();
let recent = new Map<number, Expr>();
let older = new Map<number, Expr>();
const negativeZero = new Expr('constant', [], -0, -1); // Maps take −0 for 0

/** The constant `value`; NaN, infinities and −0 are constants like others. */
export function constant(value: number): Expr {
  if (value === 0) return Object.is(value, -0) ? negativeZero : ZERO;
  let node = pinned.get(value) ?? recent.get(value);
  if (node !== undefined) return node;
  node = older.get(value) ?? new Expr('constant', [], value, -1);
  if (recent.size >= GENERATION) {
    older = recent;
    recent = new Map();
  }
  recent.set(value, node);
  return node;
}

const pin = (value: number): Expr => {
  const node = new Expr('constant', [], value, -1);
  pinned.set(value, node);
  return node;
};

export const ZERO = pin(0);
export const ONE = pin(1);
export const HALF = pin(0.5);
for (const value of [-1, 2, -2, 3, -0.5, 2 / Math.sqrt(Math.PI), Infinity, -Infinity, NaN])
  pin(value);

/** `a` where `condition` isn't 0, else `b`. Only the branch taken is differentiated. */
export function select(condition: ExprLike, a: ExprLike, b: ExprLike): Expr {
  return lift(condition).select(a, b);
}

/** Whether a formula is the constant 0 (of either sign): a structural zero. */
export const isZero = (e: Expr): boolean => e.op === 'constant' && e.value === 0;
