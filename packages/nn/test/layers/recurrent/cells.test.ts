// One step on its own: the same as a step of the layer; what it refuses.

import { compile, rng, type Tensor, zeros } from '@retrograd/autograd';
import {
  gru,
  gruCell,
  type LstmState,
  lstm,
  lstmCell,
  type Module,
  rnn,
  rnnCell,
  sequential,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../refusal.js';

const float64 = { dtype: 'float64' } as const;
const draw = (seed: number, ...shape: number[]): Tensor => rng(seed).normal(shape, float64);

/** A cell and the layer of one step with its weights. */
function pairOf(kind: string): { cell: Module & Steps; layer: Module } {
  const [makeCell, make] = { rnn: [rnnCell, rnn], gru: [gruCell, gru], lstm: [lstmCell, lstm] }[
    kind
  ] as unknown as [Make<Module & Steps>, Make<Module>];
  const cell = makeCell(3, 4, { rng: rng(1), ...float64 });
  const state = Object.entries(cell.stateDict()).map(([name, value]) => [`${name}_l0`, value]);
  return { cell, layer: make(3, 4, float64).loadStateDict(Object.fromEntries(state)) };
}

type Make<M> = (features: number, units: number, options: object) => M;

interface Steps {
  step(x: Tensor, state?: unknown): Tensor | LstmState;
}

describe.each(['rnn', 'gru', 'lstm'])('%sCell', (kind) => {
  const { cell, layer } = pairOf(kind);

  it('does step by step what the layer does', () => {
    const x = draw(2, 2, 5, 3);
    const outputs = layer.forward(x);
    let state: Tensor | LstmState | undefined;
    for (let t = 0; t < 5; t++) {
      const own = x.slice(null, t);
      const output = cell.forward(own, state);
      state = cell.step(own, state);
      expect(output.toArray()).toEqual(('hidden' in state ? state.hidden : state).toArray());
      expect(output.sub(outputs.slice(null, t)).abs().max().item()).toBeLessThan(1e-14);
    }
  });

  it('has the names of the cells of PyTorch', () => {
    expect(Object.keys(cell.stateDict())).toEqual(['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh']);
    expect(sequential(cell).toString()).toContain('3 → 4');
  });

  it('gives the same, compiled', () => {
    const x = draw(3, 2, 3);
    const difference = compile((a: Tensor) => cell.forward(a))(x).sub(cell.forward(x));
    expect(difference.abs().max().item()).toBeLessThan(1e-15);
  });

  it('refuses steps and states of other shapes', () => {
    expect(refusal(() => cell.forward(zeros([2, 5, 3])))).toBe(
      `ShapeError: ${kind}Cell: a step has shape [batch, 3], got [2, 5, 3]. Check the number of features.`,
    );
    const state = kind === 'lstm' ? { hidden: zeros([1, 4]), cell: zeros([1, 4]) } : zeros([1, 4]);
    expect(refusal(() => cell.step(zeros([2, 3]), state))).toBe(
      `ShapeError: ${kind}Cell: a state has shape [2, 4], got [1, 4]. Pass what step(…) returned.`,
    );
  });
});
