// Training: gradients watched layer by layer, so that one sees them vanish, explode or stall.

import { noGrad, type Operand, type Tensor } from '@retrograd/autograd';
import { Dense } from '../layers/index.js';
import type { Module } from '../module.js';

/** The norms of one dense layer's gradients, a figure an epoch: the mean over the epoch's iterations. */
export interface LayerNorms {
  /** The path to the layer in the model: '0', 'encoder.2'. */
  readonly name: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  /** ‖δˡ‖ = ‖∂J/∂zˡ‖, over all units and all samples of a step. */
  readonly delta: readonly number[];
  /** ‖∂J/∂Wˡ‖. */
  readonly weight: readonly number[];
}

/** A mean that grows by one number at a time; NaN of none. */
class RunningMean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  /** The mean since the last call. */
  take(): number {
    const mean = this.#sum / this.#count;
    this.#sum = 0;
    this.#count = 0;
    return mean;
  }
}

/** Hooks on the outputs and the weights of all dense layers of a model, until `end()`. */
export class GradientWatch {
  readonly layers: readonly LayerNorms[];
  readonly #onWeights: (() => void)[] = [];
  readonly #closeEpoch: (() => void)[] = [];
  readonly #unhook: (() => void)[] = [];

  constructor(model: Module) {
    this.layers = model
      .namedModules()
      .flatMap(([name, module]) => (module instanceof Dense ? [this.#watch(name, module)] : []));
  }

  #watch(name: string, layer: Dense): LayerNorms {
    const delta: number[] = [];
    const weight: number[] = [];
    const meanDelta = new RunningMean();
    const meanWeight = new RunningMean();
    const forward: (x: Operand<number[]>) => Tensor = layer.forward.bind(layer);
    // Not enumerable, so that it isn't taken for one of the layer's own fields.
    Object.defineProperty(layer, 'forward', {
      configurable: true,
      value: (x: Operand<number[]>): Tensor => {
        const z = forward(x);
        if (z.requiresGrad) {
          z.registerHook((g) => {
            meanDelta.add(normOf(g));
          });
        }
        return z;
      },
    });
    this.#unhook.push(() => Reflect.deleteProperty(layer, 'forward'));
    this.#onWeights.push(() => {
      if (layer.weight.grad !== null) meanWeight.add(normOf(layer.weight.grad));
    });
    this.#closeEpoch.push(() => {
      delta.push(meanDelta.take());
      weight.push(meanWeight.take());
    });
    const { inFeatures, outFeatures } = layer;
    return { name, inFeatures, outFeatures, delta, weight };
  }

  /** Measures the gradients that wait at the weights: after a backward pass, before the update. */
  measureWeights(): void {
    for (const measure of this.#onWeights) measure();
  }

  /** Adds the means since the last epoch to the figures. */
  endEpoch(): void {
    for (const close of this.#closeEpoch) close();
  }

  /** Takes the hooks away. */
  end(): void {
    for (const unhook of this.#unhook) unhook();
  }
}

function normOf(g: Operand): number {
  return noGrad(() => g.norm().item());
}
