// Training: what looks wrong with gradients, said while there is time to do something about it.

import { noGrad, type Variable } from '@retrograd/autograd';
import type { Module } from '../module.js';

/** Gradients by the size of their weights: below the first beside others above the second, they have vanished. */
const VANISHED = 1e-8;
const ALIVE = 1e-4;

/** Above this a step leaves nothing of the weights, whatever the learning rate. */
const EXPLODED = 1e6;

interface Slope {
  readonly name: string;
  /** ‖∂J/∂W‖ / ‖W‖ */
  readonly relative: number;
}

/**
 * Looks at the gradients that wait at the weights of a model; biases follow their weights.
 * @returns what to do about gradients that vanish, explode or are no numbers; null if they are sound.
 */
export function gradientProblem(op: string, model: Module): string | null {
  const slopes = model
    .namedParameters()
    .filter(([, cell]) => cell.rank >= 2 && cell.grad !== null)
    .map(([name, cell]): Slope => ({ name, relative: relativeNorm(cell) }));
  const broken = slopes.find(({ relative }) => !Number.isFinite(relative));
  if (broken !== undefined) {
    return (
      `${op}: gradients are finite, got NaN or ∞ in the gradient of ${broken.name} in the first step. ` +
      'Look for a logarithm or a division that reaches 0, or for inputs that are no numbers.'
    );
  }
  const steep = slopes.filter(({ relative }) => relative > EXPLODED);
  if (steep.length > 0) {
    return (
      `${op}: gradients explode, got one of ${shown(steep[0])} times its weights in ${steep[0].name}. ` +
      'Standardize the inputs, clip with clipGradNorm, or start from smaller weights.'
    );
  }
  const flat = slopes.filter(({ relative }) => relative < VANISHED);
  if (flat.length > 0 && slopes.some(({ relative }) => relative > ALIVE)) {
    return (
      `${op}: gradients vanish, got one of ${shown(flat[0])} times its weights in ${flat[0].name}. ` +
      'Use relu with heUniform, normalisation layers or residual connections in place of many saturating layers.'
    );
  }
  return null;
}

const shown = ({ relative }: Slope): string => relative.toExponential(1);

/** ‖∂J/∂W‖ / ‖W‖; 1 where the weights are all 0. */
function relativeNorm(cell: Variable): number {
  return noGrad(() => {
    const size = cell.value.norm().item();
    const slope = cell.grad?.norm().item() ?? 0;
    if (size === 0) return Number.isFinite(slope) ? 1 : slope;
    return slope / size;
  });
}
