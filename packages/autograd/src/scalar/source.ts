// scalar/source: a formula as one would type it.

import type { Expr } from './expr.js';
import * as p from './print.js';

/** Infix operators: the symbol, its binding, and what each side must bind like to stand without parentheses. */
const INFIX: { readonly [op: string]: readonly [string, number, number, number] } = {
  add: ['+', p.SUM, p.SUM, p.PRODUCT],
  sub: ['-', p.SUM, p.SUM, p.PRODUCT],
  mul: ['*', p.PRODUCT, p.PRODUCT, p.SIGN],
  div: ['/', p.PRODUCT, p.PRODUCT, p.SIGN],
  pow: ['**', p.POWER, p.ATOM, p.SIGN],
  less: ['<', p.ORDER, p.SUM, p.SUM],
  lessEqual: ['<=', p.ORDER, p.SUM, p.SUM],
  greater: ['>', p.ORDER, p.SUM, p.SUM],
  greaterEqual: ['>=', p.ORDER, p.SUM, p.SUM],
  equal: ['===', p.EQUALITY, p.ORDER, p.ORDER],
  notEqual: ['!==', p.EQUALITY, p.ORDER, p.ORDER],
  logicalAnd: ['&&', p.AND, p.AND, p.EQUALITY],
  logicalOr: ['||', p.OR, p.OR, p.AND],
};

const FUNCTIONS: { readonly [op: string]: string } = {
  maximum: 'max',
  minimum: 'min',
  logicalXor: 'xor',
};

const wrap = (piece: p.Piece, least: number): string =>
  piece.binding >= least ? piece.text : `(${piece.text})`;

function constantPiece(value: number): p.Piece {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return { text, binding: text.startsWith('-') ? p.SIGN : p.ATOM };
}

function write(node: Expr, args: readonly p.Piece[], names: readonly string[]): p.Piece {
  const { op } = node;
  const [a, b, c] = args;
  if (op === 'argument') return p.atom(p.argumentName(node.index, names, (i) => `x${i}`));
  if (op === 'constant') return constantPiece(node.value);
  if (op === 'neg') return { text: `-${wrap(a, p.ATOM)}`, binding: p.SIGN };
  if (op === 'logicalNot') return { text: `!${wrap(a, p.ATOM)}`, binding: p.SIGN };
  if (op === 'select') {
    const text = `${wrap(a, p.OR)} ? ${wrap(b, p.OR)} : ${wrap(c, p.CHOICE)}`;
    return { text, binding: p.CHOICE };
  }
  if (op === 'mul' && a === b && a.binding < p.ATOM) {
    return { text: `(${a.text}) ** 2`, binding: p.POWER };
  }
  const infix = INFIX[op];
  if (infix !== undefined) {
    const [symbol, binding, left, right] = infix;
    return { text: `${wrap(a, left)} ${symbol} ${wrap(b, right)}`, binding };
  }
  return p.atom(`${FUNCTIONS[op] ?? op}(${args.map((arg) => arg.text).join(', ')})`);
}

/**
 * A formula as JavaScript-like text with no more parentheses than needed: `x * (1 - tanh(x) * tanh(x))`. Arguments are
 * called `names[index]`, by default x, y, z, x3, x4, …. Formulas that would be very long as a tree begin with lines that
 * name shared parts: `t1 = …`.
 */
export function toSource(f: Expr, names: readonly string[] = []): string {
  const { bindings, text } = p.print(
    f,
    (node, args) => write(node, args, names),
    (k) => `t${k}`,
  );
  return [...bindings.map(([name, part]) => `${name} = ${part}`), text].join('\n');
}
