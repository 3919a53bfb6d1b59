// Every loss, with every reduction, against PyTorch's figures: values and gradients.
import { variable } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { disagreement, tensorOf } from '../../../autograd/test/oracle/agreement.js';
import { figures, type LossFigures, lossNamed, optionsOf } from './figures.js';

const LOSSES = [
  'mse',
  'halfSquaredError',
  'mae',
  'huber',
  'crossEntropy',
  'binaryCrossEntropy',
  'nll',
  'klDivergence',
];
const REDUCTIONS = ['mean', 'sum', 'none'];
const kinds = LOSSES.flatMap((loss) => REDUCTIONS.map((reduction) => [loss, reduction] as const));

describe("PyTorch's figures for the losses", () => {
  it.each(kinds)("%s with reduction '%s' agrees in value and gradient", (loss, reduction) => {
    const tried = figures.losses.filter(
      (one) => one.loss === loss && one.options.reduction === reduction,
    );
    expect(tried.length).toBeGreaterThanOrEqual(2);
    expect(tried.flatMap(complaintsAbout)).toEqual([]);
  });

  it('name no loss that is not tried here', () => {
    expect([...new Set(figures.losses.map((one) => one.loss))].sort()).toEqual([...LOSSES].sort());
  });

  it.each(LOSSES)('%s takes the mean unless told otherwise', (loss) => {
    const one = figures.losses.find(
      ({ loss: name, options }) => name === loss && options.reduction === 'mean',
    );
    const value = lossNamed(loss)(tensorOf(one!.prediction), tensorOf(one!.target));
    expect(disagreement(value, one!.value)).toBeNull();
  });
});

/** What is wrong with one loss, each complaint a line that begins with the call. */
function complaintsAbout(one: LossFigures): string[] {
  const { loss, prediction, target, options } = one;
  const call = `${loss}([${prediction.shape}], [${target.shape}], ${JSON.stringify(options)})`;
  const cell = variable(tensorOf(prediction));
  const value = lossNamed(loss)(cell.read(), tensorOf(target), optionsOf(options));
  value.mul(tensorOf(one.weights)).sum().backward();
  return [
    ['value', disagreement(value, one.value)],
    ['gradient', cell.grad === null ? 'none' : disagreement(cell.grad, one.grad)],
  ].flatMap(([what, difference]) =>
    difference === null ? [] : [`${call}: ${what}: ${difference}`],
  );
}
