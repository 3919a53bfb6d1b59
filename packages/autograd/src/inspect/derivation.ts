// The tape as mathematics: each operation's formula, and how gradients come back through it, in LaTeX.

import { ElementwiseOp } from '../ops/define-elementwise.js';
import { toLatex } from '../scalar/index.js';
import { Node } from '../tape/node.js';
import { visitTape } from '../tape/order.js';
import type { Operand } from '../tensor/operand.js';
import type { Origin } from '../tensor/origin.js';
import { notationOf } from './notation.js';

/** Names for the points of a tape: x₁, x₂, … for leaves, z₁, z₂, … for results. */
function namesOf(order: readonly Origin[]): string[] {
  let leaves = 0;
  let results = 0;
  return order.map((origin) => (origin instanceof Node ? `z_{${++results}}` : `x_{${++leaves}}`));
}

const bar = (name: string): string => `\\bar{${name[0]}}${name.slice(1)}`;

function formulaOf(node: Node, inputs: readonly string[]): string {
  const { op, attrs } = node;
  if (op instanceof ElementwiseOp) {
    const { formula } = op;
    const isProduct = formula.op === 'mul' && formula.args.every((arg) => arg.op === 'argument');
    return isProduct ? inputs.join(' \\odot ') : toLatex(formula, inputs);
  }
  const notation = notationOf(op);
  if (notation !== null) return notation.value(inputs, attrs as never);
  return `\\operatorname{${op.name}}(${inputs.join(', ')})`;
}

function gradientOf(node: Node, i: number, inputs: readonly string[], y: string): string | null {
  const { op, attrs } = node;
  const g = bar(y);
  if (op instanceof ElementwiseOp) {
    const partial = op.partial(i);
    if (partial === null) return null;
    const sources = partial.sources.map((source) => (source < 0 ? y : inputs[source]));
    const factor = toLatex(partial.factor, ['', ...sources]);
    if (factor === '1') return g;
    return `${g} \\odot ${partial.factor.op === 'argument' ? factor : `\\left(${factor}\\right)`}`;
  }
  const notation = notationOf(op);
  if (notation !== null) return notation.gradient(i, g, inputs, y, attrs as never);
  return `\\left(\\frac{\\partial\\,\\operatorname{${op.name}}}{\\partial ${inputs[i]}}\\right)^{\\!\\top} ${g}`;
}

/**
 * The derivation of a value's gradients in LaTeX (amsmath's `aligned`): the operations in the order in which they ran,
 * then the gradients in the opposite one, as the replay accumulates them. c stands for constants.
 */
export function toDerivation(value: Operand): string {
  const { origin } = value.read();
  if (origin === null || !value.read().requiresGrad) return '';
  return visitTape([origin], null, ({ order }) => {
    const names = namesOf(order);
    const nodes = order.filter((point): point is Node => point instanceof Node);
    const named = (node: Node) =>
      node.inputs.map((input) => (input === null ? 'c' : names[input.position]));
    const forward = nodes.map(
      (node) => `${names[node.position]} &= ${formulaOf(node, named(node))}`,
    );
    const last = names[names.length - 1];
    const backward = [...nodes].reverse().flatMap((node) => {
      const inputs = named(node);
      return inputs.flatMap((input, i) => {
        if (node.inputs[i] === null) return [];
        const gradient = gradientOf(node, i, inputs, names[node.position]);
        return gradient === null ? [] : [`${bar(input)} &\\mathrel{+}= ${gradient}`];
      });
    });
    const lines = [...forward, `${bar(last)} &= 1`, ...backward];
    return `\\begin{aligned}\n${lines.join(' \\\\\n')}\n\\end{aligned}`;
  });
}
