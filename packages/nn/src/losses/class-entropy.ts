// Cross-entropy where the target is class indices: of each row, one element is read.

import {
  defineElementwise,
  defineOp,
  type Kernels,
  type KernelView,
  type OpFunction,
  scatterAdd,
  softmax,
  type Tensor,
  zeros,
} from '@retrograd/autograd';
import type { LossOptions } from './loss.js';
import { gathered, type RowAttrs, spread } from './rows.js';
import { columnAndClasses, type Told } from './targets.js';

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

/** −s l, and 0 for 0: a loss is not −0. */
const surprisal = defineElementwise('surprisal', (l, scale) => l.mul(scale).neg().add(0));

type Lower = (
  inputs: readonly KernelView[],
  outputs: readonly KernelView[],
  attrs: RowAttrs,
  kernels: Kernels,
) => void;

/**
 * The row losses −ln p_y of ln p, or their scaled sum. The indices have been looked at, or are when a program runs: the
 * kernel reads at them as they are, as negative ones count from no end.
 */
const surprisals: Lower = ([logs, y], [loss], { byRow, scale }, kernels) => {
  const { dtype } = logs;
  const [rows, classes] = [y.data.length, logs.shape[y.shape.length]];
  let own = kernels.allocate(dtype, rows, true);
  kernels.takeAlong(logs.data, y.data, own, rows, classes, 1);
  if (!byRow) {
    const sum = kernels.allocate(dtype, 1, true);
    kernels.reduce('sum', own, sum, 1, rows, 1);
    own = sum;
  }
  const operands = [
    { storage: own, shape: loss.shape },
    { storage: scale, shape: [] },
  ];
  kernels.elementwise(surprisal.op.formula, operands, loss.data, loss.shape, dtype);
};

/** The same of logits. */
const surprisalsOfLogits: Lower = ([x, y], losses, attrs, kernels) => {
  const rows = y.data.length;
  const data = kernels.allocate(x.dtype, x.data.length, true);
  kernels.softmax(x.data, data, rows, x.shape[y.shape.length], 1, true);
  surprisals([{ ...x, data }, y], losses, attrs, kernels);
};

const lossOf = ([x, y]: readonly Pick<Tensor, 'shape' | 'dtype'>[], { byRow }: RowAttrs) => ({
  shape: byRow ? y.shape : [],
  dtype: x.dtype,
});

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
  output: lossOf,
  lower: surprisalsOfLogits,
  saves: { inputs: true },
  vjp: (g, { x: [x, y], attrs }) => [throughLogits(x, y, spread(g, attrs)), null],
  jvp: ([t], { x: [x, y], attrs }) => t && gathered(throughLogits(x, y, t), attrs),
});

/** ℓ = −x_y of each row: ∂ℓ/∂x_c = −[c = y]. */
export const surprisalOfClasses = defineOp<RowAttrs>({
  name: 'nll',
  notation: {
    value: ([x, y], attrs) => `${summed(attrs)}{${x}}_{${y}}`,
    gradient: (_i, g, [, y]) => `-${g}\\,${oneHot(y)}`,
  },
  output: lossOf,
  lower: surprisals,
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
