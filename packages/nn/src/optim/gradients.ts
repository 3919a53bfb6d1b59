// Optimizers: what is done to gradients between backward() and step(): clipped, and gathered over micro-batches.

import {
  ArgumentError,
  defineElementwise,
  noGrad,
  stack,
  Tensor,
  tensor,
  type Variable,
} from '@retrograd/autograd';
import { checkNumber, checkParameters } from './checks.js';

export interface ClipOptions {
  /** Which norm: 2, 1, ∞ or any other order > 0. Default: 2. */
  norm?: number;
}

/** 1 unless the norm n is above the limit c, else c/n: nothing is lost of gradients that fit. */
const clipFactor = defineElementwise('clipFactor', (n, limit) =>
  n.greater(limit).select(limit.div(n), n.mul(0).add(1)),
);

function withGradients(op: string, parameters: Iterable<Variable>): Variable[] {
  return checkParameters(op, parameters).filter(({ grad }) => grad !== null);
}

function normOf(op: string, cells: readonly Variable[], ord: number): Tensor<[]> {
  if (!(ord > 0)) {
    throw new ArgumentError(
      `${op}: norm is an order above 0, got ${String(ord)}. Pass 2, 1 or Infinity.`,
    );
  }
  if (cells.length === 0) return tensor(0);
  const norms = cells.map(({ grad }) => norm(grad as Tensor, ord));
  return (norms.length === 1 ? norms[0] : norm(stack(norms), ord)) as Tensor<[]>;
}

/** The norm of no elements is 0, of whatever order. */
function norm(x: Tensor, ord: number): Tensor {
  return x.size === 0 ? x.sum() : x.norm(undefined, { ord });
}

/**
 * The norm of all gradients taken together, as one long vector; 0 if there are none. Nothing changes.
 * @throws ArgumentError unless the order is above 0.
 */
export function gradNorm(parameters: Iterable<Variable>, options: ClipOptions = {}): Tensor<[]> {
  const { norm: ord = 2 } = options;
  return noGrad(() => normOf('gradNorm', withGradients('gradNorm', parameters), ord));
}

/**
 * Scales the gradients down, all by the same factor, so that their norm taken together is at most `maxNorm` (Pascanu et
 * al. 2013); gradients that fit are left as they are to the last bit. Works within a compiled function. What is not
 * finite shows: a norm of NaN makes all of them NaN, one of ∞ (an overflow of squares too) makes them 0, NaN where ∞ was.
 * @returns The norm before, a scalar tensor.
 * @throws ArgumentError unless `maxNorm` is finite and ≥ 0, and the order is above 0.
 */
export function clipGradNorm(
  parameters: Iterable<Variable>,
  maxNorm: number,
  options: ClipOptions = {},
): Tensor<[]> {
  checkNumber('clipGradNorm', 'maxNorm', maxNorm, 0);
  const cells = withGradients('clipGradNorm', parameters);
  return noGrad(() => {
    const total = normOf('clipGradNorm', cells, options.norm ?? 2);
    const factor = clipFactor(total, maxNorm);
    scale(cells, factor);
    return total;
  });
}

/**
 * Brings every number of every gradient within −limit … limit; NaN stays NaN. Works within a compiled function.
 * @throws ArgumentError unless `limit` is finite and ≥ 0.
 */
export function clipGradValue(parameters: Iterable<Variable>, limit: number): void {
  checkNumber('clipGradValue', 'limit', limit, 0);
  noGrad(() => {
    for (const cell of withGradients('clipGradValue', parameters)) {
      cell.grad = (cell.grad as Tensor).clamp(-limit, limit);
    }
  });
}

function scale(cells: readonly Variable[], factor: Tensor): void {
  for (const cell of cells) {
    const g = cell.grad as Tensor;
    cell.grad = g.mul(factor.cast(g.dtype));
  }
}

export interface AccumulateOptions<B> {
  /** How much each micro-batch counts, such as its rows where the last one is smaller. Default: all alike. */
  weight?: (batch: B, i: number) => number;
}

/**
 * The gradient of the (weighted) mean of the losses of micro-batches, of which only one at a time is on the tape:
 * `backward()` of each in turn, into the gradients that `optimizer.step()` then takes. With mean losses and rows as
 * weights it is the gradient of the whole batch. Works within a compiled function.
 *
 * ```ts
 * const parts = split(x, 4).map((part, i) => ({ x: part, y: labels[i] }));
 * const loss = accumulate(parts, ({ x, y }) => crossEntropy(model.forward(x), y));
 * optimizer.step();
 * ```
 *
 * @returns The mean of the losses, detached.
 * @throws ArgumentError if there are no batches, a loss is no tensor, or weights are negative or all 0.
 */
export function accumulate<B>(
  batches: Iterable<B>,
  lossOf: (batch: B, i: number) => Tensor,
  options: AccumulateOptions<B> = {},
): Tensor<[]> {
  const all = [...batches];
  if (all.length === 0) {
    throw new ArgumentError('accumulate: takes at least one batch, got none. Pass some.');
  }
  const { weight = () => 1 } = options;
  const weights = all.map((batch, i) =>
    checkNumber('accumulate', `weight of batch ${i}`, weight(batch, i), 0),
  );
  const total = weights.reduce((a, b) => a + b);
  if (total === 0) {
    throw new ArgumentError('accumulate: some weight is above 0, got only 0. Check the weights.');
  }
  const losses = all.map((batch, i) => {
    const loss: unknown = lossOf(batch, i);
    if (!(loss instanceof Tensor)) {
      throw new ArgumentError(
        `accumulate: a loss is a scalar tensor, got ${typeof loss}. Return it from the function.`,
      );
    }
    const part = loss.mul(weights[i] / total);
    part.backward();
    return part.detach();
  });
  return losses.reduce((a, b) => a.add(b)) as Tensor<[]>;
}
