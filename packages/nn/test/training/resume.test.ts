// Training that goes on from a state is the training that was never interrupted, bit for bit.
import {
  adam,
  checkpointing,
  crossEntropy,
  StateError,
  type TrainingState,
  train,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { rejection } from '../refusal.js';
import { freshModel, points } from './setting.js';

async function run(epochs: number, compile: boolean, resume?: TrainingState) {
  const model = freshModel(0.3);
  const states: TrainingState[] = [];
  const report = await train(model, points(), {
    loss: crossEntropy,
    optimizer: adam(model.parameters(), { lr: 0.02 }),
    batchSize: 16,
    epochs,
    seed: 3,
    validation: 0.25,
    earlyStopping: { patience: 50 },
    compile,
    resume,
    callbacks: [checkpointing((state) => void states.push(state))],
  });
  return {
    report,
    states,
    weights: Object.values(model.stateDict()).map((value) => value.toArray()),
  };
}

describe.each([false, true])('a training that is resumed (compiled: %s)', (compile) => {
  it('ends with the bits of one that was never interrupted', async () => {
    const whole = await run(9, compile);
    const kept = whole.states[3];
    expect(kept.epoch).toBe(4);
    const rest = await run(9, compile, kept);
    expect(rest.weights).toEqual(whole.weights);
    expect(rest.report.history).toEqual(whole.report.history);
    expect(rest.report.best).toEqual(whole.report.best);
    expect([rest.report.epochs, rest.report.iterations]).toEqual([9, whole.report.iterations]);
    expect(rest.states.map(({ epoch }) => epoch)).toEqual([5, 6, 7, 8, 9]);
  });
});

it('a state of another model is refused', async () => {
  const { states } = await run(1, false);
  expect(await rejection(run(2, false, { ...states[0], generators: {} }))).toMatch(
    /^StateError: train: a state to resume from has the model's generators, got none for 2\.rng/,
  );
  const other = { ...states[0], model: {} };
  await expect(run(2, false, other)).rejects.toThrow(StateError);
});
