// Normalisation, embedding, attention and transformer layers against PyTorch's figures: outputs, gradients, running statistics;
// run at once, and compiled.
import { readFileSync } from 'node:fs';
import { compile, gelu, type Tensor, variable } from '@retrograd/autograd';
import type { Module } from '@retrograd/nn';
import * as library from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { disagreement, type Figure, tensorOf } from '../../../autograd/test/oracle/agreement.js';
import { optionsOf, stateOf } from './figures.js';

interface LayerFigures {
  readonly title: string;
  readonly call: readonly [factory: string, ...args: unknown[]];
  readonly training: boolean;
  readonly state: Readonly<Record<string, Figure>>;
  readonly inputs: readonly Figure[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly output: Figure;
  readonly weights: Figure;
  readonly inputGradients: readonly Figure[];
  readonly gradients: Readonly<Record<string, Figure>>;
  readonly buffers: Readonly<Record<string, Figure>>;
}

const { layers } = JSON.parse(
  readFileSync(new URL('./fixtures/layers.json', import.meta.url), 'utf8'),
) as { readonly layers: readonly LayerFigures[] };

describe("PyTorch's figures for layers", () => {
  it.each(layers.map((one) => [one.title, one] as const))('agree with %s', (_title, one) => {
    expect(complaintsAbout(one, false)).toEqual([]);
  });

  it.each(layers.map((one) => [one.title, one] as const))(
    'agree with %s, compiled',
    (_title, one) => {
      expect(complaintsAbout(one, true)).toEqual([]);
    },
  );
});

/** The layer of a figure, as it stood before the call. */
function layerOf({ call: [factory, ...args], state, training }: LayerFigures): Module {
  const make = (library as unknown as Record<string, (...args: unknown[]) => Module>)[factory];
  const named = args.map((arg) =>
    typeof arg === 'object' && arg !== null && 'activation' in arg
      ? { ...arg, activation: gelu }
      : arg,
  );
  return make(...named)
    .to('float64')
    .loadStateDict(stateOf(state))
    .train(training);
}

function complaintsAbout(one: LayerFigures, compiled: boolean): string[] {
  const layer = layerOf(one);
  const inputs = one.inputs.map((figure) => variable(tensorOf(figure)));
  const options = optionsOf(one.options);
  const weights = tensorOf(one.weights);
  const run = (): Tensor => {
    const y = layer.forward(...(inputs.map((cell) => cell.read()) as [Tensor]), options);
    y.mul(weights).sum().backward();
    return y;
  };
  const y = compiled ? compile(run)() : run();
  const cells = new Map(layer.namedVariables());
  const moving = inputs.filter(({ requiresGrad }) => requiresGrad);
  const differences: [string, Tensor | null | undefined, Figure][] = [
    ['output', y, one.output],
    ...moving.map((cell, i): [string, Tensor | null, Figure] => [
      `gradient of input ${i}`,
      cell.grad,
      one.inputGradients[i],
    ]),
    ...Object.entries(one.gradients).map(
      ([name, figure]): [string, Tensor | null | undefined, Figure] => [
        `gradient of ${name}`,
        cells.get(name)?.grad,
        figure,
      ],
    ),
    ...Object.entries(one.buffers).map(([name, figure]): [string, Tensor | undefined, Figure] => [
      name,
      cells.get(name)?.read(),
      figure,
    ]),
  ];
  return differences.flatMap(([what, got, figure]) => {
    const difference = got ? disagreement(got, figure) : 'missing';
    return difference === null ? [] : [`${what}: ${difference}`];
  });
}
