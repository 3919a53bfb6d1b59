// Layers and whole networks against PyTorch's figures: one dense layer, and 20 full-batch steps from given parameters.
import { relu, sigmoid, type Tensor, tanh, variable } from '@retrograd/autograd';
import { dense, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import {
  disagreement,
  numbersDisagree,
  tensorOf,
} from '../../../autograd/test/oracle/agreement.js';
import {
  type DenseFigures,
  figures,
  lossNamed,
  optimizerNamed,
  stateOf,
  type TrainingFigures,
} from './figures.js';

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = { relu, sigmoid, tanh };

describe("PyTorch's figures for dense", () => {
  it.each(figures.dense.map((one) => [one.input.shape, one] as const))(
    'agree on an input of shape %j: output and all gradients',
    (_shape, one: DenseFigures) => {
      const [outFeatures, inFeatures] = one.weight.shape;
      const layer = dense(inFeatures, outFeatures).to('float64');
      layer.loadStateDict(stateOf({ weight: one.weight, bias: one.bias }));
      const input = variable(tensorOf(one.input));
      const output: Tensor = layer.forward(input.read());
      output.mul(tensorOf(one.weights)).sum().backward();
      expect(disagreement(output, one.output)).toBeNull();
      expect(disagreement(input.grad!, one.grads.input)).toBeNull();
      expect(disagreement(layer.weight.grad!, one.grads.weight)).toBeNull();
      expect(disagreement(layer.bias!.grad!, one.grads.bias)).toBeNull();
    },
  );
});

describe("PyTorch's figures for training", () => {
  it.each(
    figures.training.map((one) => [one.sizes.join('–'), one.loss, one.optimizer, one] as const),
  )(
    '%s with %s and %s: 20 losses and the trained parameters agree',
    (_sizes, _loss, _optimizer, one) => {
      const model = network(one).to('float64');
      model.loadStateDict(stateOf(one.state));
      const optimizer = optimizerNamed(one.optimizer)(model.parameters(), one.options);
      const loss = lossNamed(one.loss);
      const [input, target] = [tensorOf(one.input), tensorOf(one.target)];
      const losses = one.losses.map(() => {
        const value = loss(model.forward(input), target);
        value.backward();
        optimizer.step();
        return value.item();
      });
      expect(numbersDisagree(losses, one.losses, { each: true })).toBeNull();
      const trained = Object.entries(model.stateDict());
      expect(trained.map(([name]) => name).sort()).toEqual(Object.keys(one.trained).sort());
      for (const [name, value] of trained) {
        expect(disagreement(value as Tensor, one.trained[name]), name).toBeNull();
      }
    },
  );

  it('cover the loss going down', () => {
    for (const { losses } of figures.training) {
      expect(losses).toHaveLength(20);
      expect(losses[19]).toBeLessThan(losses[0]);
    }
  });
});

/** dense, activation, dense, …: each item counts as an index, as in PyTorch's Sequential. */
function network({ sizes, activations }: TrainingFigures) {
  return sequential(
    ...sizes.slice(1).flatMap((outFeatures, n) => {
      const layer = dense(sizes[n], outFeatures);
      return n < activations.length ? [layer, ACTIVATIONS[activations[n]]] : [layer];
    }),
  );
}
