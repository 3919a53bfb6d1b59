// What one time step computes: the simple recurrence, the gated recurrent unit, the long short-term memory.
//
// Products with the input are made for all steps at once, before the loop; here they arrive as x̂, biases included. What
// is left for a step is one product with the state, and the gates.

import { concat, defineElementwise, matmul, split, type Tensor, zeros } from '@retrograd/autograd';
import type { RecurrentWeights } from './weights.js';

/** The state of a step: h, and for a long short-term memory c as well, each [batch, units]. */
export type StepState = readonly Tensor[];

/** One step: its share of x̂, one part for each input that the recurrence asks for, and the state before it. */
export type Step = (projected: readonly Tensor[], state: StepState) => StepState;

/** A recurrence that has been given its weights. */
export interface Begun {
  /** What is added to the products with the input, [gates · units]. */
  readonly bias: Tensor | null;
  readonly step: Step;
}

export interface Recurrence {
  readonly name: 'rnn' | 'gru' | 'lstm';
  /** How many blocks of `units` rows the weights have. */
  readonly gates: number;
  /** How many tensors the state has. */
  readonly states: number;
  /** Whether a step takes x̂ gate by gate, or in one piece. */
  readonly apart: boolean;
  begin(weights: RecurrentWeights): Begun;
}

const TRANSPOSED = { transposeB: true };

function sumOfBiases({ biasIh, biasHh }: RecurrentWeights): Tensor | null {
  return biasIh === null || biasHh === null ? null : biasIh.add(biasHh);
}

// ── The simple recurrence ──────────────────────────────────────────────────────────────────────────

const ACTIVATED = {
  tanh: defineElementwise('rnn.tanh', (x, h) => x.add(h).tanh()),
  relu: defineElementwise('rnn.relu', (x, h) => {
    const sum = x.add(h);
    return sum.greater(0).select(sum, 0);
  }),
};

export type RnnActivation = keyof typeof ACTIVATED;

export const RNN_ACTIVATIONS = Object.keys(ACTIVATED);

/** h ← φ(x̂ + W_hh h). J. L. Elman, 1990. */
export function simpleRecurrence(activation: RnnActivation): Recurrence {
  const activated = ACTIVATED[activation];
  return {
    name: 'rnn',
    gates: 1,
    states: 1,
    apart: false,
    begin: (weights) => ({
      bias: sumOfBiases(weights),
      step: ([x], [h]) => [activated(x, matmul(h, weights.weightHh, TRANSPOSED))],
    }),
  };
}

// ── The gated recurrent unit ───────────────────────────────────────────────────────────────────────

const gate = defineElementwise('gru.gate', (x, h) => x.add(h).sigmoid());
const candidate = defineElementwise('gru.candidate', (x, r, h) => x.add(r.mul(h)).tanh());
const candidateWithBias = defineElementwise('gru.candidate', (x, r, h, b) =>
  x.add(r.mul(h.add(b))).tanh(),
);
const blend = defineElementwise('gru.blend', (z, n, h) => n.add(z.mul(h.sub(n))));

/**
 * r = σ(x̂_r + W_hr h + b_hr), z likewise, n = tanh(x̂_n + r ⊙ (W_hn h + b_hn)), h ← (1 − z) ⊙ n + z ⊙ h: PyTorch's form of
 * K. Cho et al., 2014, with the reset applied behind the product. Only b_hn stays with the step.
 */
export const gatedUnit: Recurrence = {
  name: 'gru',
  gates: 3,
  states: 1,
  apart: true,
  begin: ({ weightHh, biasIh, biasHh }) => {
    const units = weightHh.shape[1];
    const [early, late] = biasHh === null ? [] : split(biasHh, [2 * units, units]);
    const step: Step = ([xr, xz, xn], [h]) => {
      const [hr, hz, hn] = split(matmul(h, weightHh, TRANSPOSED), 3, 1);
      const r = gate(xr, hr);
      const n = late === undefined ? candidate(xn, r, hn) : candidateWithBias(xn, r, hn, late);
      return [blend(gate(xz, hz), n, h)];
    };
    if (biasIh === null || early === undefined) return { bias: null, step };
    const none = zeros([units], { dtype: early.dtype });
    return { bias: biasIh.add(concat([early, none])), step };
  },
};

// ── The long short-term memory ─────────────────────────────────────────────────────────────────────

const memory = defineElementwise('lstm.memory', (i, f, g, c) =>
  f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh())),
);
const exposed = defineElementwise('lstm.exposed', (o, c) => o.sigmoid().mul(c.tanh()));

/**
 * c ← σ(f) ⊙ c + σ(i) ⊙ tanh(g), h ← σ(o) ⊙ tanh(c), with (i, f, g, o) = x̂ + W_hh h. S. Hochreiter, J. Schmidhuber, 1997, with
 * the forget gate of F. A. Gers et al., 2000.
 */
export const longShortTermMemory: Recurrence = {
  name: 'lstm',
  gates: 4,
  states: 2,
  apart: false,
  begin: (weights) => ({
    bias: sumOfBiases(weights),
    step: ([x], [h, c]) => {
      const sums = x.add(matmul(h, weights.weightHh, TRANSPOSED));
      const [i, f, g, o] = split(sums, 4, 1);
      const next = memory(i, f, g, c);
      return [exposed(o, next), next];
    },
  }),
};
