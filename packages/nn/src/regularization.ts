// Penalties on the size of weights, to be added to a loss.

import { ArgumentError, type Tensor, tensor, Variable } from '@retrograd/autograd';
import { Module } from './module.js';

/** A model, or cells, such as those of its first layer only. */
export type Penalised = Module | readonly Variable[];

/** Weights are the cells of two axes and more: biases are left out. */
function weightsOf(op: string, source: Penalised, lambda: number): Variable[] {
  if (!(lambda >= 0 && lambda < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(
      `${op}: lambda is finite and not negative, got ${String(lambda)}. Pass the strength of the penalty.`,
    );
  }
  const cells = source instanceof Module ? source.parameters() : source;
  if (!Array.isArray(cells) || !cells.every((cell) => cell instanceof Variable)) {
    throw new ArgumentError(
      `${op}: takes a model or an array of variables, got ${typeof source}. Pass model.parameters().`,
    );
  }
  return cells.filter((cell) => cell.rank >= 2);
}

function total(penalties: readonly Tensor[], factor: number): Tensor<[]> {
  if (penalties.length === 0) return tensor(0);
  return penalties.reduce((sum, penalty) => sum.add(penalty)).mul(factor) as Tensor<[]>;
}

/**
 * (λ/2) Σ θ² over the weights (cells of two axes and more, so biases are left out); its gradient is λθ. For the cost
 * (1/m) Σ L + (λ/2m) Σ θ² over m samples, pass λ/m beside a loss that takes the mean over rows.
 *
 * ```ts
 * const cost = crossEntropy(model.forward(x), y).add(l2(model, 1e-3));
 * ```
 *
 * @throws ArgumentError unless λ is finite and not negative.
 */
export function l2(source: Penalised, lambda: number): Tensor<[]> {
  const weights = weightsOf('l2', source, lambda);
  return total(
    weights.map((weight) => weight.square().sum()),
    lambda / 2,
  );
}

/**
 * λ Σ |θ| over the weights (cells of two axes and more); its gradient is λ sign θ, 0 at 0.
 * @throws ArgumentError unless λ is finite and not negative.
 */
export function l1(source: Penalised, lambda: number): Tensor<[]> {
  const weights = weightsOf('l1', source, lambda);
  return total(
    weights.map((weight) => weight.abs().sum()),
    lambda,
  );
}
