// Every layer against finite differences, by its inputs and all of its parameters, in training and in evaluation, eagerly
// and compiled. The table is in gradients/cases.ts.

import { rng, type Tensor } from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { Module } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import * as layers from '../../src/layers/index.js';
import type { GradientCase } from './gradients/case.js';
import { GRADIENT_CASES } from './gradients/cases.js';

/** What is exported beside layers: a table of numbers that depends on nothing. */
const NO_LAYERS = ['sinusoidal'];

const CASES = Object.entries(GRADIENT_CASES).flatMap(([factory, cases]) =>
  cases.map((one) => [`${factory}, ${one.what},`, factory, one] as const),
);

/** A layer in float64 whose cells hold nothing that is special, such as ones and zeros. */
function started({ make }: GradientCase): Module | null {
  const layer = make(rng(1))?.to('float64') ?? null;
  const random = rng(2);
  for (const cell of layer?.namedVariables().map(([, own]) => own) ?? []) {
    if (cell.dtype !== 'float64') continue;
    const shape = [...cell.shape];
    // Running statistics are positive, as variances are.
    cell.assign(
      cell.requiresGrad
        ? random.normal(shape, { dtype: 'float64', std: 0.7 })
        : random.uniform(shape, { dtype: 'float64', low: 0.5, high: 1.5 }),
    );
  }
  return layer;
}

describe.each(CASES)('%s', (_, factory, one) => {
  it.each(['training', 'evaluation'])('agrees with finite differences in %s', (mode) => {
    const layer = started(one);
    layer?.train(mode === 'training');
    const random = rng(3);
    const inputs = one.inputs.map((shape) => random.normal([...shape], { dtype: 'float64' }));
    const report = gradcheck((...given: Tensor[]) => one.forward(layer, ...given), inputs, {
      name: factory,
      order: mode === 'training' ? one.order : 1,
      modes: ['reverse', 'forward', 'compiled'],
      variables: Object.fromEntries(layer?.namedVariables() ?? []),
      generators: layer?.namedGenerators().map(([, generator]) => generator),
    });
    const judged = report.lines.filter((line) => line.mode === 'compiled backward');
    expect(judged.map(({ by }) => by)).toEqual([
      ...inputs.map((_, i) => `input ${i}`),
      ...(layer?.namedParameters() ?? []).map(([name]) => `variable ${name}`),
    ]);
  });
});

describe('the table of gradient checks', () => {
  it('names every layer', () => {
    const factories = Object.entries(layers)
      .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
      .map(([name]) => name)
      .filter((name) => !NO_LAYERS.includes(name));
    expect(Object.keys(GRADIENT_CASES).sort()).toEqual(factories.sort());
  });

  it('makes a layer of every class', () => {
    const made = CASES.flatMap(([, , one]) => one.make(rng(1))?.modules() ?? []);
    const unseen = Object.entries(layers).filter(
      ([, value]) =>
        typeof value === 'function' &&
        value.prototype instanceof Module &&
        !made.some((layer) => layer instanceof value),
    );
    expect(unseen.map(([name]) => name)).toEqual([]);
  });
});
