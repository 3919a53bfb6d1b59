// Recurrent layers: what they give, how padding is kept out, what they refuse. (Values are the oracle's business.)

import { compile, rng, type Tensor, tensor, variable, where, zeros } from '@retrograd/autograd';
import {
  accuracy,
  adam,
  crossEntropy,
  dense,
  gru,
  type Lstm,
  type LstmState,
  lastStep,
  lstm,
  type Recurrent,
  type RecurrentOptions,
  rnn,
  sequential,
  train,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../refusal.js';

const float64 = { dtype: 'float64' } as const;
const draw = (seed: number, ...shape: number[]): Tensor => rng(seed).normal(shape, float64);
type State = Tensor | LstmState;
type Layer = Recurrent<string, number, number, State, State>;
const KINDS = { rnn, gru, lstm } as unknown as Record<
  string,
  (features: number, units: number, options?: RecurrentOptions) => Layer
>;

/** A state as nested arrays. */
function numbersOf(state: State): unknown {
  return ('hidden' in state ? [state.hidden, state.cell] : [state]).map((part) => part.toArray());
}

function largest(x: Tensor): number {
  return x.size === 0 ? 0 : x.abs().max().item();
}

describe.each(Object.keys(KINDS))('%s', (kind) => {
  const make = KINDS[kind];

  it('takes [batch, time, features] and gives one output for each step', () => {
    expect(make(3, 4).forward(zeros([2, 5, 3])).shape).toEqual([2, 5, 4]);
    expect(make(3, 4, { bidirectional: true }).forward(zeros([2, 5, 3])).shape).toEqual([2, 5, 8]);
  });

  it('names its cells as PyTorch does', () => {
    const names = make(3, 4, { layers: 2, bidirectional: true }).namedParameters();
    expect(names.map(([name]) => name)).toEqual(
      ['_l0', '_l0_reverse', '_l1', '_l1_reverse'].flatMap((end) =>
        ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((name) => name + end),
      ),
    );
    expect(make(3, 4, { bias: false }).namedParameters()).toHaveLength(2);
  });

  it('begins within ±1/√units, the same from the same seed', () => {
    const [a, b] = [make(3, 4, { rng: rng(1) }), make(3, 4, { rng: rng(1) })];
    for (const [name, cell] of a.namedParameters()) {
      expect(largest(cell.value)).toBeLessThanOrEqual(0.5);
      expect(b.stateDict()[name].toArray()).toEqual(cell.value.toArray());
    }
  });

  it('gives in pieces what it gives in one go', () => {
    const layer = make(2, 3, { layers: 2, rng: rng(2), ...float64 });
    const x = draw(1, 2, 7, 2);
    const whole = layer.run(x);
    const first = layer.run(x.slice(null, [0, 3]));
    const second = layer.run(x.slice(null, [3]), { state: first.state });
    expect(largest(second.outputs.sub(whole.outputs.slice(null, [3])))).toBeLessThan(1e-14);
    expect(numbersOf(second.state)).toEqual(numbersOf(whole.state));
  });

  it('reads nothing of what is padding, NaN neither, and puts out 0 there', () => {
    const layer = make(2, 3, { layers: 2, bidirectional: true, rng: rng(3), ...float64 });
    const gradientsFor = (filler: number) => {
      const x = draw(2, 2, 4, 2);
      const there = tensor([
        [1, 1, 1, 1],
        [1, 1, 0, 0],
      ]).unsqueeze(-1);
      const input = variable(where(there, x, filler));
      const { outputs } = layer.run(input, { lengths: [4, 2] });
      outputs.square().sum().backward();
      const grads = layer.parameters().map((cell) => cell.grad?.toArray());
      layer.clearGrad();
      return { outputs: outputs.toArray(), grads, input: input.grad?.toArray() };
    };
    const clean = gradientsFor(0);
    expect(gradientsFor(Number.NaN)).toEqual(clean);
    expect((clean.outputs as number[][][])[1].slice(2).flat()).toEqual(new Array(12).fill(0));
    expect((clean.input as number[][][])[1].slice(2).flat()).toEqual(new Array(4).fill(0));
  });

  it('takes a mask in place of lengths, with gaps that keep the state', () => {
    const layer = make(2, 3, { rng: rng(4), ...float64 });
    const x = draw(3, 1, 4, 2);
    const gap = layer.run(x, { mask: tensor([[true, false, true, true]]) });
    const without = layer.run(x.gather(tensor([0, 2, 3], { dtype: 'int32' }), 1));
    expect(numbersOf(gap.state)).toEqual(numbersOf(without.state));
    expect(gap.outputs.slice(0, 1).toArray()).toEqual([0, 0, 0]);
    expect(gap.outputs.slice(0, [2]).toArray()).toEqual(without.outputs.slice(0, [1]).toArray());
    expect(layer.run(x, { mask: tensor([[2, 0.5, 0, 0]]) }).outputs.toArray()).toEqual(
      layer.run(x, { lengths: tensor([2], { dtype: 'int32' }) }).outputs.toArray(),
    );
  });

  it('leaves the state of a sequence of length 0 as it was', () => {
    const layer = make(2, 3, { rng: rng(5), ...float64 });
    const before = layer.run(draw(4, 2, 3, 2)).state;
    const after = layer.run(draw(5, 2, 3, 2), { state: before, lengths: [0, 0] });
    expect(numbersOf(after.state)).toEqual(numbersOf(before));
    expect(largest(after.outputs)).toBe(0);
  });

  it('takes nothing: no sequences, no steps', () => {
    const layer = make(2, 3, { bidirectional: true });
    expect(layer.run(zeros([0, 4, 2])).outputs.shape).toEqual([0, 4, 6]);
    const run = layer.run(zeros([2, 0, 2]), { lengths: [0, 0] });
    expect(run.outputs.shape).toEqual([2, 0, 6]);
    expect(layer.forward(zeros([2, 0, 2])).shape).toEqual([2, 0, 6]);
  });

  it('drops between layers while training only, and never behind the last', () => {
    const options = { rng: rng(7), ...float64 };
    const layer = make(2, 8, { layers: 2, dropout: 0.5, ...options });
    const x = draw(8, 2, 3, 2);
    const trained = [layer.forward(x).toArray(), layer.forward(x).toArray()];
    expect(trained[0]).not.toEqual(trained[1]);
    layer.eval();
    expect(layer.forward(x).toArray()).toEqual(layer.forward(x).toArray());
    const single = make(2, 8, { dropout: 0.5, ...options });
    expect(single.forward(x).toArray()).toEqual(single.forward(x).toArray());
  });

  it('shows what it drops with to those who put generators back', () => {
    const made = make(2, 4, { layers: 2, dropout: 0.5, rng: rng(8) });
    const [[name, generator]] = made.namedGenerators();
    expect(name).toBe('rng');
    const state = generator.snapshot();
    const x = zeros([2, 3, 2]);
    const first = made.forward(x).toArray();
    generator.restore(state);
    expect(made.forward(x).toArray()).toEqual(first);
    expect(make(2, 4, { layers: 2 }).namedGenerators()).toEqual([]);
  });

  it('drops the same when compiled as eagerly', () => {
    const twin = () => make(2, 4, { layers: 2, dropout: 0.5, rng: rng(8), ...float64 });
    const [eager, other] = [twin(), twin()];
    const x = draw(9, 2, 3, 2);
    const run = compile((input: Tensor) => other.forward(input));
    for (let i = 0; i < 3; i++) {
      expect(largest(run(x).sub(eager.forward(x)))).toBeLessThan(1e-14);
    }
  });

  it('compiles with lengths that come as a tensor', () => {
    const layer = make(2, 3, { rng: rng(9), ...float64 });
    const run = compile((x: Tensor, lengths: Tensor) => layer.forward(x, { lengths }));
    const x = draw(10, 2, 3, 2);
    for (const lengths of [
      [3, 1],
      [0, 2],
    ]) {
      const wanted = layer.forward(x, { lengths });
      const got = run(x, tensor(lengths, { dtype: 'int32' }));
      expect(largest(got.sub(wanted))).toBeLessThan(1e-14);
    }
  });

  it('stands in a row of layers', () => {
    const model = sequential(make(3, 8), lastStep(), dense(8, 2));
    expect(model.forward(zeros([4, 5, 3])).shape).toEqual([4, 2]);
    expect(model.inFeatures).toBe(3);
    expect(model.outFeatures).toBe(2);
    expect(Object.keys(model.stateDict())[0]).toBe('0.weight_ih_l0');
  });

  it('is told in a line', () => {
    const layer = make(3, 4, { layers: 2, bidirectional: true, dropout: 0.1, bias: false });
    expect(layer.toString().split('\n')[0]).toMatch(
      /^(Rnn|Gru|Lstm) {2}3 → 8, 2 layers, bidirectional, dropout 0\.1, no bias {2}\d/,
    );
  });

  it('refuses what it can not be made of', () => {
    expect(refusal(() => make(0, 4))).toBe(
      `ArgumentError: ${kind}: features is a whole number of at least 1, got 0. Check features.`,
    );
    expect(refusal(() => make(3, 4, { layers: 0 }))).toBe(
      `ArgumentError: ${kind}: layers is a whole number of at least 1, got 0. Check layers.`,
    );
    expect(refusal(() => make(3, 4, { dropout: 1 }))).toBe(
      `ArgumentError: ${kind}: dropout is a probability in [0, 1), got 1. Pass the share that is dropped.`,
    );
    expect(refusal(() => make(3, 4, { init: () => zeros([4, 4]) }))).toBe(
      `ArgumentError: ${kind}: an initialiser returns float32 [4, 3], got float32 [4, 4]. ` +
        'Use the shape and dtype that it is called with.',
    );
  });

  it('refuses inputs, states, masks and lengths that do not fit', () => {
    const layer = make(3, 4);
    const x = zeros([2, 5, 3]);
    const given =
      kind === 'lstm' ? { hidden: zeros([1, 3, 4]), cell: zeros([1, 3, 4]) } : zeros([1, 3, 4]);
    expect(refusal(() => layer.forward(zeros([5, 3]) as Tensor))).toBe(
      `ShapeError: ${kind}: takes [batch, time, 3 features], got [5, 3]. ` +
        'Give a single sequence a batch axis of size 1, a single feature an axis at the end.',
    );
    expect(refusal(() => layer.forward(zeros([2, 5, 4]) as Tensor))).toBe(
      `ShapeError: ${kind}: takes [batch, time, 3 features], got [2, 5, 4]. Check the number of features.`,
    );
    expect(refusal(() => layer.run(x, { state: given }))).toBe(
      `ShapeError: ${kind}: a state has shape [1, 2, 4], got [1, 3, 4]. ` +
        'Pass what run(…) returned for a batch of this size.',
    );
    expect(refusal(() => layer.run(x, { mask: zeros([5, 2]) }))).toBe(
      `ShapeError: ${kind}: a mask has shape [2, 5], got [5, 2]. Check that it belongs to this batch.`,
    );
    expect(refusal(() => layer.run(x, { lengths: [1, 2, 3] }))).toBe(
      `ShapeError: ${kind}: lengths have shape [2], got [3]. Pass one for each sequence of the batch.`,
    );
    expect(refusal(() => layer.run(x, { lengths: [1, 6] }))).toBe(
      `ArgumentError: ${kind}: lengths are whole numbers in 0 … 5, got 6 for sequence 1. Count the steps again.`,
    );
    expect(refusal(() => layer.run(x, { lengths: [1, 2], mask: zeros([2, 5]) }))).toBe(
      `ArgumentError: ${kind}: takes a mask or lengths, got both. Pass the mask alone: it says more.`,
    );
  });
});

describe('rnn', () => {
  it('refuses an activation that it does not know', () => {
    expect(refusal(() => rnn(2, 3, { activation: 'sine' as never }))).toBe(
      "ArgumentError: rnn: activation is 'tanh' or 'relu', got sine. Pass one of these two.",
    );
  });
});

describe('lstm', () => {
  it('returns what is put out and the memory, each of them by layer and direction', () => {
    const layer: Lstm = lstm(2, 3, { layers: 2, bidirectional: true });
    const { state } = layer.run(zeros([5, 4, 2]));
    expect([state.hidden.shape, state.cell.shape]).toEqual([
      [4, 5, 3],
      [4, 5, 3],
    ]);
  });
});

describe('a row of layers with a recurrence', () => {
  it('learns to remember the first step, sequence by sequence', async () => {
    const random = rng(11);
    const x = random.normal([48, 8, 1]);
    const y = x.slice(null, 0, 0).greater(0).cast('int32');
    const model = sequential(gru(1, 8, { rng: random }), lastStep(), dense(8, 2, { rng: random }));
    const optimizer = adam(model.parameters(), { lr: 0.03 });
    await train(model, { x, y }, { loss: crossEntropy, optimizer, batchSize: 20, epochs: 60 });
    expect(accuracy(model.eval().forward(x), y)).toBeGreaterThan(0.95);
  });
});
