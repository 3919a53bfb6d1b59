// One set of parameters: steps of full and ragged batches, evaluations, eager code and readers all see the same.
import { compile, noGrad, rng, type Tensor, tanh, tensor } from '@retrograd/autograd';
import { adam, crossEntropy, dense, evaluate, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const dtype = 'float64';
const BATCH = 8;
const ROWS = 21;

function learner() {
  const random = rng(4);
  const model = sequential(dense(3, 6, { rng: random }), tanh, dense(6, 2, { rng: random })).to(
    dtype,
  );
  const optimizer = adam(model.parameters(), { lr: 0.05 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const predict = (x: Tensor): Tensor => noGrad(() => model.forward(x));
  const weights = () => model.parameters().map((cell) => [...cell.value.data()]);
  return { model, optimizer, step, predict, weights };
}

const data = {
  x: rng(5).normal([ROWS, 3], { dtype }) as Tensor,
  y: tensor(Int32Array.from({ length: ROWS }, (_, i) => i % 2)) as Tensor,
};

/** The batches of a pass; the last has 5 rows instead of 8. */
const batches = [0, 8, 16].map((start) => {
  const end = Math.min(start + BATCH, ROWS);
  return [data.x.slice([start, end]), data.y.slice([start, end])] as const;
});

const distance = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, k) => Math.abs(value - b[i][k]))));

describe('parameters', () => {
  it('are the same for ragged batches, compiled and plain evaluations, and readers, after every step', () => {
    const [eager, compiled] = [learner(), learner()];
    const [step, predict] = [compile(compiled.step), compile(compiled.predict)];
    for (let epoch = 0; epoch < 5; epoch++) {
      for (const [x, y] of batches) {
        const [got, wanted] = [step(x, y).item(), eager.step(x, y).item()];
        expect(Math.abs(got - wanted)).toBeLessThan(1e-12);
        // Read by a program before, by eager code after: neither has an older version than the other.
        const before = [...predict(data.x).data()];
        expect(distance(compiled.weights(), eager.weights())).toBeLessThan(1e-12);
        expect(distance([before], [[...compiled.predict(data.x).data()]])).toBeLessThan(1e-12);
        expect(distance([before], [[...eager.predict(data.x).data()]])).toBeLessThan(1e-12);
      }
      const [a, b] = [compiled, eager].map(({ model }) =>
        evaluate(model, data, { loss: crossEntropy }),
      );
      expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-12);
    }
  });

  it('that eager code changes between two steps are changed for programs', () => {
    const { model, step, predict, weights } = learner();
    const [run, ask] = [compile(step), compile(predict)];
    const [[x, y], , [ragged, labels]] = batches;
    run(x, y);
    const [first] = model.parameters();
    noGrad(() => first.assign(first.mul(0)));
    expect(weights()[0].every((value) => value === 0)).toBe(true);
    expect(distance([[...ask(x).data()]], [[...predict(x).data()]])).toBeLessThan(1e-12);
    step(ragged, labels);
    const afterEager = weights();
    expect(distance([[...ask(x).data()]], [[...predict(x).data()]])).toBeLessThan(1e-12);
    run(ragged, labels);
    expect(weights()).not.toEqual(afterEager);
    model.loadStateDict(learner().model.stateDict());
    expect(distance([[...ask(x).data()]], [[...learner().predict(x).data()]])).toBeLessThan(1e-12);
  });

  it('that were read stay as they were read, whatever programs do then', () => {
    const { model, step } = learner();
    const run = compile(step);
    const [[x, y]] = batches;
    run(x, y);
    const kept = model.parameters().map((cell) => cell.value.detach());
    const state = model.stateDict();
    const values = kept.map((value) => value.toArray());
    for (let k = 0; k < 5; k++) run(x, y);
    expect(kept.map((value) => value.toArray())).toEqual(values);
    expect(Object.values(state).map((value) => value.toArray())).toEqual(values);
    expect(model.parameters().map((cell) => cell.value.toArray())).not.toEqual(values);
  });
});
