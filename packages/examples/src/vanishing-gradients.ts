// Why did deep networks refuse to learn for so long, and what changed?
//
// Each layer on the way back multiplies the error by (Wˡ⁺¹)ᵀ and by σ′(zˡ). The sigmoid's slope is
// at most ¼, so that what reaches the first of ten layers is a millionth of what left the last: its
// weights stand still. tanh has slope 1 at 0, ReLU has slope 1 or 0; with weights that begin as
// Glorot (for tanh) and He (for ReLU) have it, the size of an error stays what it is. With larger
// weights it grows in every layer instead, and descent overshoots. Nothing has to be believed:
// `observe` writes the norms of δˡ and ∂J/∂Wˡ down, layer by layer, in every pass.

import { type Operand, relu, rng, sigmoid, type Tensor, tanh } from '@retrograd/autograd';
import {
  dense,
  heNormal,
  type Initializer,
  mse,
  sequential,
  sgd,
  train,
  xavierNormal,
} from '@retrograd/nn';
import { exponential, logBar, table, whenRun } from './show.js';

const tripled: Initializer = (shape, random, dtype) => heNormal(shape, random, dtype).mul(3);

const CASES: Readonly<Record<string, { sigma: (z: Operand) => Tensor; init: Initializer }>> = {
  'sigmoid, Glorot': { sigma: sigmoid, init: xavierNormal },
  'tanh, Glorot': { sigma: tanh, init: xavierNormal },
  'relu, He': { sigma: relu, init: heNormal },
  'relu, three times He': { sigma: relu, init: tripled },
};

export interface LayerFigures {
  /** ‖δˡ‖ and ‖∂J/∂Wˡ‖ in the first pass, l = 2 … L. */
  readonly delta: readonly number[];
  readonly weight: readonly number[];
  /** What `train` says of them by itself. */
  readonly warnings: readonly string[];
}

export interface Options {
  /** How many hidden layers. */
  readonly depth?: number;
  readonly width?: number;
  readonly seed?: number;
}

/** One pass on random samples through deep networks that differ in σ and in how their weights begin. */
export async function observeDepth(options: Options = {}): Promise<Record<string, LayerFigures>> {
  const { depth = 10, width = 32, seed = 1 } = options;
  const random = rng(seed);
  const x = random.normal([64, width], { dtype: 'float64' });
  const y = random.normal([64, 1], { dtype: 'float64' });
  const figures: Record<string, LayerFigures> = {};
  for (const [name, { sigma, init }] of Object.entries(CASES)) {
    const settings = { init, rng: rng(seed + 1), dtype: 'float64' } as const;
    const hidden = Array.from({ length: depth }, () => [dense(width, width, settings), sigma]);
    const model = sequential(...hidden.flat(), dense(width, 1, settings));
    const warnings: string[] = [];
    const { history } = await train(
      model,
      { x, y },
      {
        loss: mse,
        optimizer: sgd(model.parameters(), { lr: 0 }),
        mode: 'batch',
        epochs: 1,
        observe: true,
        onWarning: (message) => warnings.push(message),
      },
    );
    figures[name] = {
      delta: history.layers.map(({ delta }) => delta[0]),
      weight: history.layers.map(({ weight }) => weight[0]),
      warnings,
    };
  }
  return figures;
}

/** How much of an error is left (or has been added) when it arrives at the first layer: ‖δ²‖ / ‖δᴸ⁻¹‖. */
export function arriving({ delta }: LayerFigures): number {
  return delta[0] / delta[delta.length - 2];
}

export async function main(): Promise<void> {
  const figures = await observeDepth();
  for (const [name, layers] of Object.entries(figures)) {
    // Bars over a hundred million: what halves them has lost four orders of magnitude.
    const most = Math.max(...layers.delta, ...layers.weight);
    const rows = layers.delta.map((delta, i) => [
      String(i + 2),
      logBar(delta, most * 1e-8, most),
      exponential(delta),
      logBar(layers.weight[i], most * 1e-8, most),
      exponential(layers.weight[i]),
    ]);
    console.log(
      `${name}: at the first layer arrives ${exponential(arriving(layers))} of the error\n`,
    );
    console.log(`${table(['l', '‖δˡ‖, log scale', '', '‖∂J/∂Wˡ‖, log scale', ''], rows)}\n`);
    for (const warning of layers.warnings) console.log(`${warning}\n`);
  }
}

whenRun(import.meta.url, main);
