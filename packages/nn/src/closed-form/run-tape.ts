// The tape's side of the comparison: the model as it runs, with what flows back through each layer.

import {
  type Adjoint,
  NoPathError,
  type Tensor,
  tensor,
  type Variable,
  zerosLike,
} from '@retrograd/autograd';
import type { LossOptions } from './losses.js';
import type { TapeLoss } from './read-data.js';
import type { ReadLayer } from './read-model.js';
import { unfrozen, withGradientsKept } from './tape-points.js';

/** λ Σ R(θ) over the weights, as tensors. */
export type TapePenalty = (weights: readonly Variable[]) => Tensor;

/** What the tape has for one layer. */
export interface TapeLayer {
  readonly z: Tensor;
  readonly a: Tensor;
  readonly delta: Tensor;
  readonly weightGradient: Tensor;
  readonly biasGradient: Tensor | null;
}

export interface TapeRun {
  readonly loss: Tensor;
  readonly layers: readonly TapeLayer[];
}

/** The library's losses are told their options; any other is called as it is. */
function called(loss: TapeLoss, output: Tensor, y: Tensor, options: LossOptions): Tensor {
  if (loss.lossName === undefined) return loss(output, y);
  const { classWeights, ...rest } = options;
  const weights =
    classWeights === undefined
      ? {}
      : { classWeights: tensor(Float64Array.from(classWeights), { dtype: 'float64' }) };
  const told = loss as (output: Tensor, y: Tensor, options: object) => Tensor;
  return told(output, y, { ...rest, ...weights });
}

/**
 * Runs the layers one by one, as the model does, and the tape back from J. Gradients that stand in the cells, or in any
 * other leaf, are left as they are.
 */
export function runTape(
  layers: readonly ReadLayer[],
  x: Tensor,
  y: Tensor,
  loss: TapeLoss,
  options: LossOptions,
  penalty: TapePenalty | null,
  penalized: readonly ReadLayer[],
): TapeRun {
  const cells = layers.flatMap(({ dense }) => [
    dense.weight as Variable,
    ...(dense.bias === null ? [] : [dense.bias as Variable]),
  ]);
  return unfrozen(cells, () => {
    const passed: { readonly z: Tensor; readonly a: Tensor }[] = [];
    let a: Tensor = x;
    for (const { dense, functions } of layers) {
      const z: Tensor = dense.forward(a);
      if (!z.requiresGrad) throw switchedOff();
      a = functions.reduce((value, f) => f(value), z);
      passed.push({ z, a });
    }
    let J = called(loss, a, y, options);
    if (penalty !== null) {
      J = J.add(penalty(penalized.map(({ dense }) => dense.weight as Variable)));
    }

    const deltas = passed.map((): Adjoint => null);
    const unhook = passed.map(({ z }, i) =>
      z.registerHook((g) => {
        deltas[i] = g;
      }),
    );
    try {
      return withGradientsKept(J, () => {
        J.backward();
        return {
          loss: J,
          layers: layers.map(({ dense: { weight, bias } }, i) => ({
            ...passed[i],
            delta: deltas[i] ?? zerosLike(passed[i].z),
            weightGradient: gradientOf(weight),
            biasGradient: bias === null ? null : gradientOf(bias),
          })),
        };
      });
    } finally {
      for (const remove of unhook) remove();
    }
  });
}

function switchedOff(): NoPathError {
  return new NoPathError(
    'compareBackprop: the tape records the model, got a tape that is switched off by noGrad. ' +
      'Call it outside of noGrad.',
  );
}

/** What has arrived in a cell; zeros where nothing has. */
function gradientOf(cell: Variable): Tensor {
  return cell.grad ?? zerosLike(cell);
}
