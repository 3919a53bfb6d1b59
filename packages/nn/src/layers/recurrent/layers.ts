// The three recurrent layers: simple, gated, with a memory.

import { ArgumentError, type Operand, type Tensor } from '@retrograd/autograd';
import {
  gatedUnit,
  longShortTermMemory,
  RNN_ACTIVATIONS,
  type RnnActivation,
  simpleRecurrence,
} from './recurrences.js';
import { Recurrent, type RecurrentOptions } from './recurrent.js';

/** Options that leave the outputs as wide as there are units. */
type OneWay = { readonly bidirectional?: false };

// ── Simple ─────────────────────────────────────────────────────────────────────────────────────────

export interface RnnOptions extends RecurrentOptions {
  /** φ. Default: 'tanh'. */
  readonly activation?: RnnActivation;
}

/** h_t = φ(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), φ = tanh or relu. J. L. Elman, 1990. */
export class Rnn<In extends number = number, Out extends number = number> extends Recurrent<
  'rnn',
  In,
  Out,
  Tensor,
  Operand
> {
  readonly activation: RnnActivation;

  /** @internal Use `rnn(features, units)`. */
  constructor(features: In, units: number, options: RnnOptions = {}) {
    super(
      simpleRecurrence(checkActivation(options.activation ?? 'tanh')),
      features,
      units,
      options,
    );
    this.activation = options.activation ?? 'tanh';
  }

  protected override unpack(state: Operand): Operand[] {
    return [state];
  }

  protected override pack([hidden]: readonly Tensor[]): Tensor {
    return hidden;
  }

  override detail(): string {
    return this.activation === 'tanh' ? super.detail() : `${super.detail()}, ${this.activation}`;
  }
}

export function checkActivation(activation: string): RnnActivation {
  if (RNN_ACTIVATIONS.includes(activation)) return activation as RnnActivation;
  throw new ArgumentError(
    `rnn: activation is 'tanh' or 'relu', got ${String(activation)}. Pass one of these two.`,
  );
}

/**
 * A simple recurrent layer of `units` units on `features` features, [batch, time, features] → [batch, time, units].
 * @throws ArgumentError unless both, and the layers, are whole numbers of at least 1; for another activation; for a
 *   dropout outside of [0, 1).
 */
export function rnn<const In extends number, const Units extends number>(
  features: In,
  units: Units,
  options?: RnnOptions & OneWay,
): Rnn<In, Units>;
export function rnn<const In extends number>(
  features: In,
  units: number,
  options?: RnnOptions,
): Rnn<In>;
export function rnn(features: number, units: number, options?: RnnOptions): Rnn {
  return new Rnn(features, units, options);
}

// ── Gated ──────────────────────────────────────────────────────────────────────────────────────────

/**
 * Gated recurrent units: r = σ(W_ir x + b_ir + W_hr h + b_hr), z = σ(W_iz x + b_iz + W_hz h + b_hz),
 * n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)), h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}. K. Cho et al., 2014, in PyTorch's form: the
 * reset is applied behind the product. The weights have the gates r, z, n one below the other.
 */
export class Gru<In extends number = number, Out extends number = number> extends Recurrent<
  'gru',
  In,
  Out,
  Tensor,
  Operand
> {
  /** @internal Use `gru(features, units)`. */
  constructor(features: In, units: number, options: RecurrentOptions = {}) {
    super(gatedUnit, features, units, options);
  }

  protected override unpack(state: Operand): Operand[] {
    return [state];
  }

  protected override pack([hidden]: readonly Tensor[]): Tensor {
    return hidden;
  }
}

/**
 * A layer of `units` gated recurrent units on `features` features, [batch, time, features] → [batch, time, units].
 *
 * ```ts
 * const layer = gru(16, 32, { layers: 2 });
 * const { outputs, state } = layer.run(x, { lengths: [5, 3] });   // x: [2, 5, 16]
 * ```
 *
 * @throws ArgumentError unless both, and the layers, are whole numbers of at least 1; for a dropout outside of [0, 1).
 */
export function gru<const In extends number, const Units extends number>(
  features: In,
  units: Units,
  options?: RecurrentOptions & OneWay,
): Gru<In, Units>;
export function gru<const In extends number>(
  features: In,
  units: number,
  options?: RecurrentOptions,
): Gru<In>;
export function gru(features: number, units: number, options?: RecurrentOptions): Gru {
  return new Gru(features, units, options);
}

// ── With a memory ──────────────────────────────────────────────────────────────────────────────────

/** The state of a long short-term memory; `Part` is a tensor, or an operand where a state is passed. */
export interface LstmState<Part = Tensor> {
  /** h, what is put out. */
  readonly hidden: Part;
  /** c, the memory. */
  readonly cell: Part;
}

/**
 * Long short-term memory: (i, f, g, o) = W_ih x + b_ih + W_hh h + b_hh, c_t = σ(f) ⊙ c_{t−1} + σ(i) ⊙ tanh(g),
 * h_t = σ(o) ⊙ tanh(c_t). S. Hochreiter, J. Schmidhuber, 1997; F. A. Gers et al., 2000. The weights have the gates i, f, g, o
 * one below the other, as in PyTorch.
 */
export class Lstm<In extends number = number, Out extends number = number> extends Recurrent<
  'lstm',
  In,
  Out,
  LstmState,
  LstmState<Operand>
> {
  /** @internal Use `lstm(features, units)`. */
  constructor(features: In, units: number, options: RecurrentOptions = {}) {
    super(longShortTermMemory, features, units, options);
  }

  protected override unpack({ hidden, cell }: LstmState<Operand>): Operand[] {
    return [hidden, cell];
  }

  protected override pack([hidden, cell]: readonly Tensor[]): LstmState {
    return { hidden, cell };
  }
}

/**
 * A layer of `units` units with long short-term memory on `features` features, [batch, time, features] →
 * [batch, time, units].
 * @throws ArgumentError unless both, and the layers, are whole numbers of at least 1; for a dropout outside of [0, 1).
 */
export function lstm<const In extends number, const Units extends number>(
  features: In,
  units: Units,
  options?: RecurrentOptions & OneWay,
): Lstm<In, Units>;
export function lstm<const In extends number>(
  features: In,
  units: number,
  options?: RecurrentOptions,
): Lstm<In>;
export function lstm(features: number, units: number, options?: RecurrentOptions): Lstm {
  return new Lstm(features, units, options);
}
