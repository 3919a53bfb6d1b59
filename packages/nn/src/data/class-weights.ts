// Data: classes that are rare count for more.

import { ArgumentError, type Operand, type Tensor, tensor } from '@retrograd/autograd';

/**
 * Weights of classes by which all of them count alike: N / (C · N_c), 1 on average over the samples. The classes are
 * int32 [N]; one that has no sample has the weight 0.
 *
 * ```ts
 * crossEntropy(logits, labels, { classWeights: balancedWeights(labels, 3) });
 * ```
 */
export function balancedWeights(labels: Operand, classes: number): Tensor<[number]> {
  const counts = new Float64Array(classes);
  const data = labels.read().data();
  for (const label of data) counts[checkLabel('balancedWeights', label, classes)]++;
  const present = counts.filter((count) => count > 0).length;
  return tensor(counts.map((count) => (count === 0 ? 0 : data.length / (present * count))));
}

/** The weight of each sample's class: float64 [N]. */
export function weightsOfLabels(
  op: string,
  labels: Operand,
  classWeights: ArrayLike<number>,
): Tensor {
  const data = labels.read().data();
  const weights = Float64Array.from(
    data,
    (label) => classWeights[checkLabel(op, label, classWeights.length)],
  );
  return tensor(weights) as Tensor;
}

function checkLabel(op: string, label: number, classes: number): number {
  if (Number.isInteger(label) && label >= 0 && label < classes) return label;
  throw new ArgumentError(
    `${op}: targets are class indices 0 … ${classes - 1}, got ${label}. Check the labels, or the number of weights.`,
  );
}
