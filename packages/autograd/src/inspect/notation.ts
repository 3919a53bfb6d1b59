// How the library's operations are written in LaTeX. Not in their declarations, as most programs write nothing.

import { broadcastOp, reshapeOp, sumOp } from '../ops/broadcast.js';
import type { OpFunction } from '../ops/define-op.js';
import { matmulOp } from '../ops/matmul.js';
import { permuteOp } from '../ops/permute.js';
import { logSoftmaxOp, softmaxOp } from '../ops/softmax.js';
import { accumulateOp } from '../tape/accumulate.js';
import type { Notation, Op } from '../tape/node.js';
import { rebindOp } from '../transforms/level.js';

const flipped = (x: string, transposed: boolean): string => (transposed ? `${x}^{\\top}` : x);

const entry = <A>({ op }: OpFunction<A>, notation: Notation<A>): [Op, Notation] => [op, notation];

const NOTATIONS = new Map<Op, Notation>([
  entry(matmulOp, {
    value: ([a, b], { transposeA, transposeB }) =>
      `${flipped(a, transposeA)} ${flipped(b, transposeB)}`,
    gradient: (i, g, [a, b], _y, { transposeA: ta, transposeB: tb }) => {
      if (i === 0) return ta ? `${flipped(b, tb)} ${g}^{\\top}` : `${g} ${flipped(b, !tb)}`;
      return tb ? `${g}^{\\top} ${flipped(a, ta)}` : `${flipped(a, !ta)} ${g}`;
    },
  }),
  entry(sumOp, {
    value: ([x], { axes }) => `\\textstyle\\sum_{${axes.join(',')}} ${x}`,
    gradient: (_i, g) => `${g}\\,\\mathbf{1}`,
  }),
  entry(broadcastOp, {
    value: ([x], { shape }) => `\\operatorname{broadcast}_{[${shape.join(',')}]}(${x})`,
    gradient: (_i, g) => `\\textstyle\\sum_{\\text{repeated}} ${g}`,
  }),
  entry(reshapeOp, {
    value: ([x], { shape }) => `\\operatorname{reshape}_{[${shape.join(',')}]}(${x})`,
    gradient: (_i, g) => `\\operatorname{reshape}(${g})`,
  }),
  entry(permuteOp, {
    value: ([x], { axes }) =>
      axes.length === 2 ? `${x}^{\\top}` : `\\operatorname{permute}_{(${axes.join(',')})}(${x})`,
    gradient: (_i, g, _inputs, _y, { axes }) =>
      axes.length === 2 ? `${g}^{\\top}` : `\\operatorname{permute}^{-1}(${g})`,
  }),
  entry(softmaxOp, {
    value: ([x]) => `\\operatorname{softmax}(${x})`,
    gradient: (_i, g, _x, y) =>
      `${y} \\odot \\left(${g} - \\textstyle\\sum ${g} \\odot ${y}\\right)`,
  }),
  entry(logSoftmaxOp, {
    value: ([x]) => `\\ln\\operatorname{softmax}(${x})`,
    gradient: (_i, g, _x, y) => `${g} - e^{${y}} \\textstyle\\sum ${g}`,
  }),
  [accumulateOp, { value: ([a, b]) => `${a} + ${b}`, gradient: (_i, g) => g }],
  [rebindOp, { value: ([x]) => x, gradient: (_i, g) => g }],
]);

/** How an operation is written; null for its plain name. What it declares itself comes first. */
export function notationOf(op: Op): Notation | null {
  return op.notation ?? NOTATIONS.get(op) ?? null;
}
