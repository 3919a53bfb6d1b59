// Convolutions, pools and upsampling against PyTorch's figures: outputs and all gradients.
import { readFileSync } from 'node:fs';
import { type Tensor, variable } from '@retrograd/autograd';
import type { Module } from '@retrograd/nn';
import * as library from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { disagreement, type Figure, tensorOf } from '../../../autograd/test/oracle/agreement.js';
import { stateOf } from './figures.js';

interface Case {
  readonly layer: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly input: Figure;
  readonly state: Readonly<Record<string, Figure>>;
  readonly output: Figure;
  readonly weights: Figure;
  readonly grads: Readonly<Record<string, Figure>>;
}

const { cases } = JSON.parse(
  readFileSync(new URL('./fixtures/convolution.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Case[] };

function layerOf({ layer, args, options, state }: Case): Module {
  const factory = (library as unknown as Record<string, (...rest: unknown[]) => Module>)[layer];
  return factory(...args, options)
    .to('float64')
    .loadStateDict(stateOf(state));
}

/** The output, and the gradients by the input and by the cells, by name. */
function run(layer: Module, input: Tensor, weights: Tensor): Record<string, Tensor> {
  const x = variable(input);
  const output = layer.forward(x.read());
  output.mul(weights).sum().backward();
  const cells = layer.namedParameters().map(([name, cell]) => [name, cell.grad as Tensor]);
  const result = { output, input: x.grad as Tensor, ...Object.fromEntries(cells) };
  layer.clearGrad();
  return result;
}

const titled = cases.map((one) => {
  const text = JSON.stringify([...one.args, one.options]).slice(1, -1);
  return [`${one.layer}(${text}) on [${one.input.shape.join(', ')}]`, one] as const;
});

describe("PyTorch's figures are those of", () => {
  it.each(titled)('%s', (_title, one) => {
    const layer = layerOf(one);
    const found = run(layer, tensorOf(one.input), tensorOf(one.weights));
    for (const [name, figure] of Object.entries({ output: one.output, ...one.grads })) {
      expect(disagreement(found[name], figure), name).toBeNull();
    }
  });
});
