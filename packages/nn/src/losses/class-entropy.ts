// Cross-entropy where the target is class indices: of each row, one element is read.

import {
  defineElementwise,
  defineOp,
  logSoftmax,
  type OpFunction,
  scatterAdd,
  softmax,
  type Tensor,
  zeros,
} from '@retrograd/autograd';
import type { LossOptions } from './loss.js';
import { gathered, type RowAttrs, spread } from './rows.js';
import { columnAndClasses, type Told } from './targets.js';

/**
 * x_y of each row x. The indices have been looked at, or are when a program runs: the kernel is called as it is, for
 * negative ones count from no end.
 */
const ofClass = defineOp({
  name: 'ofClass',
  output: ([x, y]) => ({ shape: y.shape, dtype: x.dtype }),
  lower: ([x, y], [own], _attrs, kernels) => {
    const [rows, classes] = [y.data.length, x.shape[x.shape.length - 1]];
    kernels.takeAlong(x.data, y.data, own.data, rows, classes, 1);
  },
  vjp: 'nondifferentiable',
});

/** w_y of weights w [C], for each of the indices y. */
const weightOfClass: OpFunction = defineOp({
  name: 'weightOfClass',
  output: ([w, y]) => ({ shape: y.shape, dtype: w.dtype }),
  lower: ([w, y], [own], _attrs, kernels) => {
    kernels.gather(w.data, y.data, own.data, 1, w.data.length, 1);
  },
  saves: { inputs: [1] },
  vjp: (g, node) => [scatterAdd(zeros(node.inputShape(0), { dtype: g.dtype }), node.x[1], g), null],
  jvp: ([t], { x: [, y] }) => t && weightOfClass(t, y),
});

/** −l, and 0 for 0: a loss is not −0. */
const surprisal = defineElementwise('surprisal', (l) => l.neg().add(0));
const scaledSurprisal = defineElementwise('surprisal', (l, scale) => l.mul(scale).neg().add(0));

/** The row losses −ln p_y, or their scaled sum. */
function surprisals(logs: Tensor, y: Tensor, { byRow, scale }: RowAttrs): Tensor {
  const own = ofClass(logs, y);
  return byRow ? surprisal(own) : scaledSurprisal(own.sum(), scale);
}

const slopeOfLogits = defineElementwise('crossEntropy.slope', (p, y, c, g) =>
  p.sub(y.equal(c).select(1, 0)).mul(g),
);
const slopeOfLogs = defineElementwise('nll.slope', (y, c, g) => y.equal(c).select(g.neg(), 0));

/** (softmax(x)_c − [c = y]) g */
const throughLogits = (x: Tensor, y: Tensor, g: Tensor): Tensor =>
  slopeOfLogits(softmax(x), ...columnAndClasses(y, x), g);

/** −[c = y] g */
const throughLogs = (x: Tensor, y: Tensor, g: Tensor): Tensor =>
  slopeOfLogs(...columnAndClasses(y, x), g);

const summed = ({ byRow }: RowAttrs): string => (byRow ? '-' : '-\\textstyle\\sum ');
const oneHot = (y: string): string => `\\operatorname{onehot}(${y})`;

/** ℓ = −ln softmax(x)_y of each row: ∂ℓ/∂x_c = softmax(x)_c − [c = y]. */
export const entropyOfClasses = defineOp<RowAttrs>({
  name: 'crossEntropy',
  notation: {
    value: ([x, y], attrs) => `${summed(attrs)}\\ln\\operatorname{softmax}(${x})_{${y}}`,
    gradient: (_i, g, [x, y]) => `${g}\\,(\\operatorname{softmax}(${x}) - ${oneHot(y)})`,
  },
  forward: ([x, y], attrs) => surprisals(logSoftmax(x), y, attrs),
  saves: { inputs: true },
  vjp: (g, { x: [x, y], attrs }) => [throughLogits(x, y, spread(g, attrs)), null],
  jvp: ([t], { x: [x, y], attrs }) => t && gathered(throughLogits(x, y, t), attrs),
});

/** ℓ = −x_y of each row: ∂ℓ/∂x_c = −[c = y]. */
export const surprisalOfClasses = defineOp<RowAttrs>({
  name: 'nll',
  notation: {
    value: ([x, y], attrs) => `${summed(attrs)}${x}_{${y}}`,
    gradient: (_i, g, [, y]) => `-${g}\\,${oneHot(y)}`,
  },
  forward: ([x, y], attrs) => surprisals(x, y, attrs),
  saves: { inputs: true },
  vjp: (g, { x: [x, y], attrs }) => [throughLogs(x, y, spread(g, attrs)), null],
  jvp: ([t], { x: [x, y], attrs }) => t && gathered(throughLogs(x, y, t), attrs),
});

/** w ℓ, and 0 where w is, however large ℓ. */
const weigh = defineElementwise('weigh', (w, l) => w.equal(0).select(0, w.mul(l)));

/** Applies a row loss of class indices: Σ w_y ℓ / Σ w_y is the mean, as in PyTorch. */
export function overClasses(
  rowLoss: OpFunction<RowAttrs>,
  { prediction: x, target: y, weights }: Told,
  { reduction = 'mean' }: LossOptions,
): Tensor {
  if (weights === null) {
    const scale = reduction === 'mean' ? 1 / y.size : 1;
    return rowLoss(x, y, { byRow: reduction === 'none', scale });
  }
  const w = weightOfClass(weights, y);
  const rows = weigh(w, rowLoss(x, y, { byRow: true, scale: 1 }));
  if (reduction === 'none') return rows;
  return reduction === 'sum' ? rows.sum() : rows.sum().div(w.sum());
}
