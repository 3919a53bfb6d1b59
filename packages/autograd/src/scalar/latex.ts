// scalar/latex: a formula as it is set in a book.

import type { Expr, ExprOp } from './expr.js';
import * as p from './print.js';

/** What LaTeX needs to know of a part besides its text. */
interface LatexPiece extends p.Piece {
  /** Of a function that is squared as tanh²(x): its name and its argument with parentheses. */
  readonly call?: readonly [head: string, argument: string];
  /** Of a truth value: the condition, without the Iverson bracket that makes a number of it. */
  readonly condition?: p.Piece;
  /** Of a choice: the rows of its cases. */
  readonly rows?: readonly string[];
  /** Of a choice: the row of its last case. */
  readonly otherwise?: string;
}

const TALL = /\\frac|\\begin|\\left/;

const parenthesised = (text: string): string =>
  TALL.test(text) ? `\\left(${text}\\right)` : `(${text})`;

const wrap = (piece: p.Piece, least: number): string =>
  piece.binding >= least ? piece.text : parenthesised(piece.text);

const between = (open: string, text: string, close: string): LatexPiece =>
  p.atom(TALL.test(text) ? `\\left${open}${text}\\right${close}` : `${open}${text}${close}`);

// ---- Numbers --------------------------------------------------------------------------------------------------------

const NAMED_CONSTANTS: readonly (readonly [number, string])[] = [
  [Infinity, '\\infty'],
  [Math.PI, '\\pi'],
  [Math.E, 'e'],
  [0.5, '\\frac{1}{2}'],
  [Math.SQRT2, '\\sqrt{2}'],
  [Math.SQRT1_2, '\\frac{1}{\\sqrt{2}}'],
  [2 / Math.sqrt(Math.PI), '\\frac{2}{\\sqrt{\\pi}}'],
  [Math.sqrt(2 / Math.PI), '\\sqrt{\\frac{2}{\\pi}}'],
];

function constantPiece(value: number): LatexPiece {
  if (Number.isNaN(value)) return p.atom('\\mathrm{NaN}');
  const magnitude = Math.abs(value);
  let { text, binding } = p.atom(String(magnitude));
  const named = NAMED_CONSTANTS.find(([constant]) => constant === magnitude);
  const [mantissa, exponent] = text.split('e');
  if (named !== undefined) {
    text = named[1];
  } else if (exponent !== undefined) {
    const power = `10^{${Number(exponent)}}`;
    text = mantissa === '1' ? power : `${mantissa} \\cdot ${power}`;
    binding = mantissa === '1' ? p.POWER : p.PRODUCT;
  }
  const negative = value < 0 || Object.is(value, -0);
  return negative ? { text: `-${text}`, binding: p.SUM } : { text, binding };
}

// ---- Functions, conditions, choices ---------------------------------------------------------------------------------

/** Ops whose names are LaTeX's own, as commands. */
const COMMANDS: ReadonlySet<ExprOp> = new Set<ExprOp>([
  'log',
  'sin',
  'cos',
  'tan',
  'sinh',
  'cosh',
  'tanh',
]);

/** Ops that LaTeX writes otherwise; those in neither list go by their names. */
const FUNCTIONS: { readonly [op in ExprOp]?: string } = {
  asin: '\\arcsin',
  acos: '\\arccos',
  atan: '\\arctan',
  sigmoid: '\\sigma',
  logSigmoid: '\\log \\sigma',
  maximum: '\\max',
  minimum: '\\min',
};

/** Not all functions may be squared as f²(x): log²(x) is read in two ways. */
const squaredByHead = (op: ExprOp): boolean =>
  op === 'sigmoid' || op === 'erf' || (COMMANDS.has(op) && op !== 'log');

const CONDITIONS: { readonly [op in ExprOp]?: readonly [string, number] } = {
  less: ['<', p.ORDER],
  lessEqual: ['\\le', p.ORDER],
  greater: ['>', p.ORDER],
  greaterEqual: ['\\ge', p.ORDER],
  equal: ['=', p.ORDER],
  notEqual: ['\\ne', p.ORDER],
  logicalAnd: ['\\land', p.AND],
  logicalOr: ['\\lor', p.OR],
  logicalXor: ['\\oplus', p.OR],
};

/** [condition], which is 1 where the condition holds and 0 elsewhere (Iverson's bracket). */
const iverson = (condition: p.Piece): LatexPiece => ({
  ...between('[', condition.text, ']'),
  condition,
});

const conditionOf = (piece: LatexPiece): p.Piece =>
  piece.condition ?? { text: `${wrap(piece, p.SUM)} \\ne 0`, binding: p.ORDER };

function choice(test: LatexPiece, a: LatexPiece, b: LatexPiece): LatexPiece {
  const rows = [`${a.text} & \\text{if } ${conditionOf(test).text}`, ...(b.rows ?? [])];
  const otherwise = b.otherwise ?? b.text;
  const lines = [...rows, `${otherwise} & \\text{otherwise}`].join(' \\\\ ');
  return {
    text: `\\begin{cases} ${lines} \\end{cases}`,
    binding: p.CHOICE,
    rows,
    otherwise,
  };
}

// ---- Arithmetic -----------------------------------------------------------------------------------------------------

const isNumber = (node: Expr): boolean => node.op === 'constant';

/** Side by side; with a dot where a number on the right would run into what stands before it. */
function product(a: LatexPiece, b: LatexPiece): LatexPiece {
  const right = wrap(b, p.PRODUCT);
  const dot = /^(\d|\\frac\{\d+\}\{\d)/.test(right) ? '\\cdot ' : '';
  return { text: `${wrap(a, p.PRODUCT)} ${dot}${right}`, binding: p.PRODUCT };
}

/** A number before what it multiplies, its sign before all. */
function scaled(factor: number, b: LatexPiece): LatexPiece {
  if (!(factor < 0)) return product(constantPiece(factor), b);
  return { text: `-${product(constantPiece(-factor), b).text}`, binding: p.SUM };
}

function power(a: LatexPiece, exponent: string): LatexPiece {
  if (a.call !== undefined && /^[2-9]$/.test(exponent)) {
    return { text: `${a.call[0]}^{${exponent}}${a.call[1]}`, binding: p.POWER };
  }
  const base = a.binding < p.ATOM || a.text.startsWith('\\frac') ? parenthesised(a.text) : a.text;
  return { text: `${base}^{${exponent}}`, binding: p.POWER };
}

function write(node: Expr, args: readonly LatexPiece[], names: readonly string[]): LatexPiece {
  const { op } = node;
  const [a, b, c] = args;
  switch (op) {
    case 'argument':
      return p.atom(p.argumentName(node.index, names, (i) => `x_{${i}}`));
    case 'constant':
      return constantPiece(node.value);
    case 'add':
      return isNumber(node.args[1]) && node.args[1].value < 0
        ? { text: `${wrap(a, p.SUM)} ${b.text.replace('-', '- ')}`, binding: p.SUM }
        : { text: `${wrap(a, p.SUM)} + ${wrap(b, p.PRODUCT)}`, binding: p.SUM };
    case 'sub':
      return { text: `${wrap(a, p.SUM)} - ${wrap(b, p.PRODUCT)}`, binding: p.SUM };
    case 'neg':
      return { text: `-${wrap(a, p.PRODUCT)}`, binding: p.SUM };
    case 'mul':
      if (a === b) return power(a, '2');
      return isNumber(node.args[1]) && !isNumber(node.args[0])
        ? scaled(node.args[1].value, a)
        : isNumber(node.args[0])
          ? scaled(node.args[0].value, b)
          : product(a, b);
    case 'div':
      return p.atom(`\\frac{${a.text}}{${b.text}}`);
    case 'pow':
      return power(a, b.text);
    case 'exp':
      return { text: `e^{${a.text}}`, binding: p.POWER };
    case 'expm1':
      return { text: `e^{${a.text}} - 1`, binding: p.SUM };
    case 'log1p':
      return p.atom(`\\log${parenthesised(`1 + ${wrap(a, p.PRODUCT)}`)}`);
    case 'sqrt':
      return p.atom(`\\sqrt{${a.text}}`);
    case 'rsqrt':
      return p.atom(`\\frac{1}{\\sqrt{${a.text}}}`);
    case 'abs':
      return p.atom(`\\left|${a.text}\\right|`);
    case 'floor':
      return between('\\lfloor ', a.text, '\\rfloor ');
    case 'ceil':
      return between('\\lceil ', a.text, '\\rceil ');
    case 'select':
      return choice(a, b, c);
    case 'logicalNot':
      return iverson({ text: `\\lnot ${parenthesised(conditionOf(a).text)}`, binding: p.SIGN });
    case 'logicalAnd':
    case 'logicalOr':
    case 'logicalXor': {
      const [symbol, binding] = CONDITIONS[op] as readonly [string, number];
      const sides = [conditionOf(a), conditionOf(b)].map((side) => wrap(side, binding + 1));
      return iverson({ text: sides.join(` ${symbol} `), binding });
    }
  }
  const relation = CONDITIONS[op];
  if (relation !== undefined) {
    const [symbol, binding] = relation;
    return iverson({ text: `${wrap(a, p.SUM)} ${symbol} ${wrap(b, p.SUM)}`, binding });
  }
  const head = FUNCTIONS[op] ?? (COMMANDS.has(op) ? `\\${op}` : `\\operatorname{${op}}`);
  const argument = parenthesised(args.map((arg) => arg.text).join(', '));
  const call = squaredByHead(op) ? ([head, argument] as const) : undefined;
  return { text: `${head}${argument}`, binding: p.ATOM, call };
}

/**
 * A formula in LaTeX (mathematics mode, amsmath): fractions, powers, `\tanh`, `\sigma` for the sigmoid, cases for a
 * choice, Iverson's bracket for a comparison used as a number. Arguments are called `names[index]`, by default
 * x, y, z, x₃, x₄, …. Formulas that would be very long as a tree name their shared parts t₁, t₂, … in an `aligned`.
 */
export function toLatex(f: Expr, names: readonly string[] = []): string {
  const { bindings, text } = p.print(
    f,
    (node, args) => write(node, args, names),
    (k) => `t_{${k}}`,
  );
  if (bindings.length === 0) return text;
  const lines = [...bindings.map(([name, part]) => `${name} &= ${part}`), `& ${text}`];
  return `\\begin{aligned} ${lines.join(' \\\\ ')} \\end{aligned}`;
}
