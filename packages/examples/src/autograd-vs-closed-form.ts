// Is what the tape computes really δˡ(aˡ⁻¹)ᵀ?
//
// A tape knows nothing of layers: it has recorded products, sums and tanhs, and multiplies their
// derivatives from the end to the beginning. Textbooks know nothing of tapes: they give a recursion
// for δˡ, layer by layer. The closed form is that recursion and nothing else, with a σ′ of its own
// and without a single operation of the tape. Here both stand side by side, quantity by quantity;
// where they were to differ by more than the last digits, one of them would be wrong.

import { rng, sigmoid, tanh } from '@retrograd/autograd';
import { crossEntropy, dense, halfSquaredError, sequential } from '@retrograd/nn';
import {
  type BackpropReport,
  closedForm,
  compareBackprop,
  compareGradients,
  type Form,
  type GradientReport,
} from '@retrograd/nn/closed-form';
import { exponential, table, whenRun } from './show.js';

/** A 4–16–16–3 network in float64, and a batch of m random samples of each of the three classes. */
function classifier(m: number, seed: number) {
  const random = rng(seed);
  const options = { rng: random, dtype: 'float64' } as const;
  const model = sequential(
    dense(4, 16, options),
    tanh,
    dense(16, 16, options),
    tanh,
    dense(16, 3, options),
  );
  const x = random.normal([3 * m, 4], { dtype: 'float64' });
  const labels = random
    .permutation(3 * m)
    .div(m)
    .floor()
    .cast('int32');
  return { model, x, labels };
}

export interface Agreement {
  /** Layer by layer, as the derivations write it: columns, by matrices. */
  readonly report: BackpropReport;
  /** The largest relative difference of every way to write the recursion. */
  readonly ways: readonly {
    readonly layout: string;
    readonly form: Form;
    readonly lambda: number;
    readonly largest: number;
  }[];
}

/** Tape against recursion, in both layouts, all three forms, with and without a penalty on the weights. */
export function compareEveryWay({ m = 11, seed = 1 } = {}): Agreement {
  const { model, x, labels } = classifier(m, seed);
  const ways = (['columns', 'rows'] as const).flatMap((layout) =>
    (['components', 'jacobians', 'matrices'] as const).flatMap((form) =>
      [0, 0.1].map((lambda) => {
        const options = { layout, form, regularization: lambda };
        const { largest } = compareBackprop(model, x, labels, crossEntropy, options);
        return { layout, form, lambda, largest: largest.relative };
      }),
    ),
  );
  return { report: compareBackprop(model, x, labels, crossEntropy), ways };
}

/**
 * A formula of one's own, for one sigmoid layer under ½‖a − y‖² and the mean of m samples: the right
 * one, and three with a slip of the pen.
 */
export function judgeFormulas({ m = 8, seed = 2 } = {}): Record<string, GradientReport> {
  const random = rng(seed);
  const options = { rng: random, dtype: 'float64' } as const;
  const model = sequential(dense(4, 3, options), sigmoid);
  const x = random.normal([m, 4], { dtype: 'float64' });
  const y = random.uniform([m, 3], { dtype: 'float64' });

  const [{ a }] = closedForm(model, x, y, halfSquaredError, { layout: 'rows' }).layers;
  const error = (i: number, j: number) => a.at(i, j) - y.toArray()[i][j];
  const slope = (i: number, j: number) => a.at(i, j) * (1 - a.at(i, j));
  /** ∂J/∂W = δᵀx and ∂J/∂b = Σ δ, for whatever stands in the place of δ [m, 3]. */
  const from = (delta: (i: number, j: number) => number) => {
    const rows = x.toArray();
    const sum = (term: (i: number) => number) => rows.reduce((total, _, i) => total + term(i), 0);
    return {
      '0.weight': [0, 1, 2].map((j) =>
        [0, 1, 2, 3].map((k) => sum((i) => delta(i, j) * rows[i][k])),
      ),
      '0.bias': [0, 1, 2].map((j) => sum((i) => delta(i, j))),
    };
  };
  const formulas = {
    '(1/m) Σ (a − y) ⊙ σ′ xᵀ': from((i, j) => (error(i, j) * slope(i, j)) / m),
    'without 1/m': from((i, j) => error(i, j) * slope(i, j)),
    'without σ′': from((i, j) => error(i, j) / m),
    'y − a': from((i, j) => (-error(i, j) * slope(i, j)) / m),
  };
  const J = () => halfSquaredError(model.forward(x), y);
  return Object.fromEntries(
    Object.entries(formulas).map(([name, formula]) => [name, compareGradients(J, model, formula)]),
  );
}

export function main(): void {
  const { report, ways } = compareEveryWay();
  console.log('A 4–16–16–3 network with tanh and softmax cross-entropy, 33 samples, float64\n');
  console.log(`${report}\n`);
  const rows = ways.map(({ layout, form, lambda, largest }) => [
    layout,
    form,
    String(lambda),
    exponential(largest),
  ]);
  console.log(`${table(['layout', 'form', 'λ', 'largest relative difference'], rows)}\n`);
  console.log("And a formula of one's own? What is wrong with it, if anything, is named:\n");
  const verdicts = Object.entries(judgeFormulas()).map(([name, { largest }]) => [
    name,
    exponential(largest.relative),
    largest.diagnosis?.text ?? 'right',
  ]);
  console.log(table(['∂J/∂W', 'relative difference', 'verdict'], verdicts));
}

whenRun(import.meta.url, main);
