// The tape against the closed form, over every loss, activation, depth, batch, layout, form and penalty.
import { binaryCrossEntropy, crossEntropy, halfSquaredError, mse } from '@retrograd/nn';
import { closedForm, compareBackprop, type Form, type Layout } from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import { type ActivationName, inputs, labels, network, relative, targets } from './support.js';

const LOSSES = { halfSquaredError, mse, crossEntropy, binaryCrossEntropy } as const;
type LossName = keyof typeof LOSSES;

const ACTIVATIONS: readonly ActivationName[] = ['identity', 'sigmoid', 'tanh', 'relu'];
const DEPTHS = [1, 2, 3, 4, 5, 6];
const BATCHES = [1, 7, 32];
const LAYOUTS: readonly Layout[] = ['rows', 'columns'];
const FORMS: readonly Form[] = ['components', 'jacobians', 'matrices'];
const PENALTIES = [0, 0.3];
const TOLERANCE = 1e-12;

const combinations = (Object.keys(LOSSES) as LossName[]).flatMap((loss) =>
  ACTIVATIONS.map((activation) => [loss, activation] as const),
);

/** A network, a batch and a loss that go together; losses from logits have no activation at the output. */
function problem(name: LossName, activation: ActivationName, depth: number, samples: number) {
  const fromLogits = name === 'crossEntropy' || name === 'binaryCrossEntropy';
  const model = network(depth, activation, { atOutput: !fromLogits, seed: depth });
  const y = name === 'crossEntropy' ? labels(samples) : targets(samples);
  return [model, inputs(samples), y, LOSSES[name]] as const;
}

describe('compareBackprop', () => {
  it.each(combinations)(
    'agrees for %s with %s at every depth, batch, layout and penalty',
    (loss, activation) => {
      let compared = 0;
      for (const depth of DEPTHS) {
        for (const samples of BATCHES) {
          const [model, x, y, fn] = problem(loss, activation, depth, samples);
          for (const layout of LAYOUTS) {
            for (const regularization of PENALTIES) {
              const report = compareBackprop(model, x, y, fn, { layout, regularization });
              report.assertClose(TOLERANCE);
              expect(report.rows).toHaveLength(5 * depth + 1);
              compared++;
            }
          }
        }
      }
      expect(compared).toBe(72);
    },
  );

  it.each(combinations)('has gradients that are not zero for %s with %s', (loss, activation) => {
    for (const depth of DEPTHS) {
      for (const samples of BATCHES) {
        const { layers } = closedForm(...problem(loss, activation, depth, samples));
        for (const { weightGradient } of layers) {
          expect(Math.max(...weightGradient.data.map(Math.abs))).toBeGreaterThan(1e-9);
        }
      }
    }
  });

  it.each(combinations)('agrees in all three forms for %s with %s', (loss, activation) => {
    for (const depth of DEPTHS) {
      const [model, x, y, fn] = problem(loss, activation, depth, 7);
      for (const layout of LAYOUTS) {
        const regularization = 0.3;
        const [first, ...others] = FORMS.map((form) =>
          closedForm(model, x, y, fn, { layout, form, regularization }),
        );
        for (const other of others) {
          expect(Math.abs(other.loss - first.loss)).toBeLessThanOrEqual(TOLERANCE * first.loss);
          other.layers.forEach((layer, i) => {
            for (const key of ['z', 'a', 'delta', 'weightGradient'] as const) {
              expect(layer[key].shape).toEqual(first.layers[i][key].shape);
              expect(relative(layer[key].data, first.layers[i][key].data)).toBeLessThan(TOLERANCE);
            }
            const [db, dbFirst] = [layer.biasGradient, first.layers[i].biasGradient];
            expect(relative(db!, dbFirst!)).toBeLessThan(TOLERANCE);
          });
        }
        compareBackprop(model, x, y, fn, {
          layout,
          form: 'components',
          regularization,
        }).assertClose();
        compareBackprop(model, x, y, fn, {
          layout,
          form: 'jacobians',
          regularization,
        }).assertClose();
      }
    }
  });

  it.each(combinations)("agrees under 'sum' as under 'mean' for %s with %s", (loss, activation) => {
    const [model, x, y, fn] = problem(loss, activation, 3, 7);
    for (const regularization of PENALTIES) {
      compareBackprop(model, x, y, fn, { reduction: 'sum', regularization }).assertClose();
    }
    const [sum, mean] = (['sum', 'mean'] as const).map((reduction) =>
      closedForm(model, x, y, fn, { reduction }),
    );
    const terms = loss === 'mse' || loss === 'binaryCrossEntropy' ? 21 : 7;
    expect(sum.loss / mean.loss).toBeCloseTo(terms, 10);
  });
});
