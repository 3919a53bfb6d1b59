// train() against the algorithm as the derivations print it, written out with the closed formulas on plain arrays.

import { rng, sigmoid, type Tensor, tensor } from '@retrograd/autograd';
import { dense, halfSquaredError, sequential, sgd, train, trainer } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const SIZES = [3, 5, 4, 2];
const SAMPLES = 7;

type Vector = number[];
type Matrix = Vector[];

/** W is out × in, b as long as out; a layer for each. */
type Weights = readonly { readonly W: Matrix; readonly b: Vector }[];

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/** aˡ of all layers, a¹ = x first: zˡ = Wˡaˡ⁻¹ + bˡ, aˡ = σ(zˡ). */
function activations(weights: Weights, x: Vector): Vector[] {
  const a = [x];
  for (const { W, b } of weights) {
    const before = a[a.length - 1];
    a.push(W.map((row, j) => logistic(row.reduce((z, w, k) => z + w * before[k], 0) + b[j])));
  }
  return a;
}

/** δᴸ = (aᴸ − y) ⊙ σ′(zᴸ), then δˡ = (Wˡ⁺¹)ᵀδˡ⁺¹ ⊙ σ′(zˡ); one for each entry of `weights`. */
function errors(weights: Weights, a: readonly Vector[], y: Vector): Vector[] {
  const slope = (v: number) => v * (1 - v);
  let delta = a[a.length - 1].map((v, j) => (v - y[j]) * slope(v));
  const deltas = [delta];
  for (let l = weights.length - 1; l >= 1; l--) {
    const { W } = weights[l];
    const above = delta;
    delta = a[l].map((v, j) => above.reduce((sum, d, k) => sum + W[k][j] * d, 0) * slope(v));
    deltas.unshift(delta);
  }
  return deltas;
}

/** W ← W − α Σᵢ δⁱ(aⁱ)ᵀ, b ← b − α Σᵢ δⁱ over the samples given. */
function descend(weights: Weights, alpha: number, x: Matrix, y: Matrix): Weights {
  const a = x.map((row) => activations(weights, row));
  const deltas = x.map((_, i) => errors(weights, a[i], y[i]));
  const total = (of: (i: number) => number) => x.reduce((sum, _, i) => sum + of(i), 0);
  return weights.map(({ W, b }, l) => ({
    W: W.map((row, j) => row.map((w, k) => w - alpha * total((i) => deltas[i][l][j] * a[i][l][k]))),
    b: b.map((v, j) => v - alpha * total((i) => deltas[i][l][j])),
  }));
}

function largestChange(from: Weights, to: Weights): number {
  const [p, q] = [numbersOf(from), numbersOf(to)];
  return Math.max(...p.map((value, i) => Math.abs(value - q[i])));
}

const numbersOf = (weights: Weights): number[] =>
  weights.flatMap(({ W, b }) => [...W.flat(), ...b]);

/** Passes until every change in W and b is below ε, or MAX of them. `pass` is one pass over all samples. */
function repeat(
  start: Weights,
  pass: (weights: Weights) => Weights,
  max: number,
  epsilon = 0,
): { weights: Weights; passes: number } {
  let weights = start;
  for (let passes = 1; passes <= max; passes++) {
    const next = pass(weights);
    const change = largestChange(weights, next);
    weights = next;
    if (change < epsilon) return { weights, passes };
  }
  return { weights, passes: max };
}

/** The same random network, samples, and start for b too, as a model and as arrays. */
function setting() {
  const random = rng(11);
  const normal = (...shape: number[]) => random.normal(shape, { dtype: 'float64' }) as Tensor;
  const start: Weights = SIZES.slice(1).map((units, l) => ({
    W: normal(units, SIZES[l]).toArray() as Matrix,
    b: normal(units).toArray() as Vector,
  }));
  const model = sequential(
    ...start.flatMap(({ W }) => [dense(W[0].length, W.length, { dtype: 'float64' }), sigmoid]),
  );
  const state = start.flatMap(({ W, b }, l): [string, Tensor][] => [
    [`${2 * l}.weight`, tensor(W, { dtype: 'float64' }) as Tensor],
    [`${2 * l}.bias`, tensor(b, { dtype: 'float64' })],
  ]);
  model.loadStateDict(Object.fromEntries(state));
  const [x, y] = [normal(SAMPLES, SIZES[0]), normal(SAMPLES, 2).sigmoid()];
  const trained = () => model.parameters().flatMap((cell) => Array.from(cell.value.data()));
  return { model, start, x, y, X: x.toArray() as Matrix, Y: y.toArray() as Matrix, trained };
}

function expectSame(got: number[], weights: Weights): void {
  const figures = numbersOf(weights);
  const scale = Math.max(...figures.map(Math.abs));
  expect(got).toHaveLength(figures.length);
  expect(Math.max(...figures.map((v, i) => Math.abs(v - got[i]))) / scale).toBeLessThan(1e-12);
}

const sum = (p: Tensor, y: Tensor) => halfSquaredError(p, y, { reduction: 'sum' });

describe('train', () => {
  it('is batch gradient descent with the sum over samples, for MAX iterations', async () => {
    const { model, start, x, y, X, Y, trained } = setting();
    const { weights } = repeat(start, (w) => descend(w, 0.3, X, Y), 40);
    const optimizer = sgd(model.parameters(), { lr: 0.3 });
    const report = await train(
      model,
      { x, y },
      { loss: sum, optimizer, mode: 'batch', maxIterations: 40 },
    );
    expectSame(trained(), weights);
    expect(report).toMatchObject({ iterations: 40, epochs: 40, stopped: 'iterations' });
  });

  it('stops by the ε rule after the very iteration at which the algorithm does', async () => {
    const { model, start, x, y, X, Y, trained } = setting();
    const epsilon = 0.0025;
    const { weights, passes } = repeat(start, (w) => descend(w, 0.3, X, Y), 10_000, epsilon);
    expect(passes).toBeGreaterThan(20);
    const optimizer = sgd(model.parameters(), { lr: 0.3 });
    const report = await train(
      model,
      { x, y },
      { loss: sum, optimizer, mode: 'batch', maxIterations: 10_000, threshold: epsilon },
    );
    expectSame(trained(), weights);
    expect(report).toMatchObject({ iterations: passes, stopped: 'threshold' });
    expect(report.history.change).toHaveLength(passes);
    expect(report.history.change.filter((change) => change < epsilon)).toHaveLength(1);
  });

  it('takes the mean form, (η/m) Σ, when the loss is a mean', async () => {
    const { model, start, x, y, X, Y, trained } = setting();
    const { weights } = repeat(start, (w) => descend(w, 2 / SAMPLES, X, Y), 40);
    const optimizer = sgd(model.parameters(), { lr: 2 });
    await train(model, { x, y }, { loss: halfSquaredError, optimizer, mode: 'batch', epochs: 40 });
    expectSame(trained(), weights);
  });

  it('updates after every sample in stochastic mode, and applies the ε rule to whole passes', async () => {
    const { model, start, x, y, X, Y, trained } = setting();
    const epsilon = 0.0025;
    const pass = (w: Weights) => X.reduce((now, row, i) => descend(now, 0.3, [row], [Y[i]]), w);
    const { weights, passes } = repeat(start, pass, 10_000, epsilon);
    expect(passes).toBeGreaterThan(20);
    const optimizer = sgd(model.parameters(), { lr: 0.3 });
    const report = await train(
      model,
      { x, y },
      {
        loss: sum,
        optimizer,
        mode: 'stochastic',
        shuffle: false,
        epochs: 10_000,
        threshold: epsilon,
      },
    );
    expectSame(trained(), weights);
    expect(report).toMatchObject({
      epochs: passes,
      iterations: passes * SAMPLES,
      stopped: 'threshold',
    });
  });

  it('updates after every few samples in mini-batch mode', async () => {
    const { model, start, x, y, X, Y, trained } = setting();
    const pass = (w: Weights) =>
      [0, 3, 6].reduce((now, i) => descend(now, 0.3, X.slice(i, i + 3), Y.slice(i, i + 3)), w);
    const { weights } = repeat(start, pass, 10);
    const optimizer = sgd(model.parameters(), { lr: 0.3 });
    await train(
      model,
      { x, y },
      { loss: sum, optimizer, batchSize: 3, shuffle: false, epochs: 10 },
    );
    expectSame(trained(), weights);
  });
});

describe('trainer', () => {
  it('is the single-sample mode, with samples as they arrive', () => {
    const { model, start, x, y, X, Y, trained } = setting();
    const learner = trainer(model, { loss: sum, optimizer: sgd(model.parameters(), { lr: 0.3 }) });
    let weights = start;
    for (const i of [0, 4, 4, 1, 6, 2]) {
      weights = descend(weights, 0.3, [X[i]], [Y[i]]);
      learner.step(x.slice(i) as Tensor, y.slice(i) as Tensor);
    }
    expectSame(trained(), weights);
    expect(learner.iterations).toBe(6);
  });
});
