// One time step on its own: for loops that a program writes itself, such as generation.

import {
  type Operand,
  type Shape,
  split,
  type Tensor,
  type UnknownRank,
  type Unless,
  type Variable,
  zeros,
} from '@retrograd/autograd';
import { checkCount } from '../../init.js';
import { Module } from '../../module.js';
import type { FeatureProblem } from '../typed-features.js';
import { checkActivation, type LstmState } from './layers.js';
import {
  gatedUnit,
  longShortTermMemory,
  type Recurrence,
  type RnnActivation,
  simpleRecurrence,
} from './recurrences.js';
import {
  checkSizes,
  makeWeights,
  namedWeights,
  projected,
  type RecurrentInit,
  type RecurrentWeights,
} from './weights.js';

/**
 * One step of a recurrent layer: [batch, features] and a state → the state behind it. Shapes and names of the cells are
 * those of PyTorch's cells: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`.
 */
export abstract class RecurrentCell<
  Name extends string = string,
  In extends number = number,
  Out extends number = number,
  State = unknown,
  Given = State,
> extends Module {
  readonly inFeatures: In;
  readonly outFeatures: Out;
  readonly weightIh: Variable;
  readonly weightHh: Variable;
  readonly biasIh: Variable | null;
  readonly biasHh: Variable | null;
  readonly #recurrence: Recurrence;

  protected constructor(
    recurrence: Recurrence,
    features: In,
    units: Out,
    options: RecurrentInit = {},
  ) {
    super();
    checkCount(`${recurrence.name}Cell`, 'features', features);
    checkCount(`${recurrence.name}Cell`, 'units', units);
    const weights: RecurrentWeights = makeWeights(recurrence, features, units, options);
    this.inFeatures = features;
    this.outFeatures = units;
    this.weightIh = weights.weightIh;
    this.weightHh = weights.weightHh;
    this.biasIh = weights.biasIh;
    this.biasHh = weights.biasHh;
    this.#recurrence = recurrence;
  }

  /** The parts of a state as they are passed. */
  protected abstract unpack(state: Given): Operand[];

  /** The parts of a state as they are returned. */
  protected abstract pack(parts: readonly Tensor[]): State;

  /**
   * What the step puts out, h: [batch, features] → [batch, units]. Without a state it begins with zeros.
   * @throws what `step` throws.
   */
  forward<B extends number>(x: Operand<readonly [B, In]>, state?: Given): Tensor<[B, Out]>;
  forward(x: Operand<UnknownRank>, state?: Given): Tensor<number[]>;
  forward<S extends Shape>(
    x: Unless<FeatureProblem<`${Name}Cell`, S, In>, Operand<S>>,
    state?: Given,
  ): Tensor<number[]>;
  forward(x: Operand, state?: Given): Tensor {
    return this.#advance(x, state)[0];
  }

  /**
   * The state behind the step, [batch, units] each part. Without a state it begins with zeros.
   * @throws ShapeError unless x is [batch, features] and the state's parts are [batch, units].
   */
  step(x: Operand, state?: Given): State {
    return this.pack(this.#advance(x, state));
  }

  #advance(x: Operand, given: Given | undefined): readonly Tensor[] {
    const { name, states, gates, apart, begin } = this.#recurrence;
    const [op, units] = [`${name}Cell`, this.outFeatures];
    checkSizes(op, 'a step', x, ['batch', this.inFeatures], 'Check the number of features.');
    const [batch] = x.shape;
    const state = given === undefined ? null : this.unpack(given).map((part) => part.read());
    for (const part of state ?? []) {
      checkSizes(op, 'a state', part, [batch, units], 'Pass what step(…) returned.');
    }
    const { bias, step } = begin(this);
    const all = projected(x.read(), this, bias);
    const none = () => zeros([batch, units], { dtype: this.weightHh.dtype });
    return step(
      apart ? split(all, gates, 1) : [all],
      state ?? Array.from({ length: states }, none),
    );
  }

  override fields(): Iterable<readonly [name: string, value: unknown]> {
    return namedWeights(this, '');
  }

  override detail(): string {
    return `${this.inFeatures} → ${this.outFeatures}${this.biasIh === null ? ', no bias' : ''}`;
  }
}

export interface RnnCellOptions extends RecurrentInit {
  /** φ. Default: 'tanh'. */
  readonly activation?: RnnActivation;
}

/** One step of `rnn`: h ← φ(W_ih x + b_ih + W_hh h + b_hh). */
export class RnnCell<In extends number = number, Out extends number = number> extends RecurrentCell<
  'rnn',
  In,
  Out,
  Tensor,
  Operand
> {
  /** @internal Use `rnnCell(features, units)`. */
  constructor(features: In, units: Out, options: RnnCellOptions = {}) {
    super(
      simpleRecurrence(checkActivation(options.activation ?? 'tanh')),
      features,
      units,
      options,
    );
  }

  protected override unpack(state: Operand): Operand[] {
    return [state];
  }

  protected override pack([hidden]: readonly Tensor[]): Tensor {
    return hidden;
  }
}

/** One step of `gru`. */
export class GruCell<In extends number = number, Out extends number = number> extends RecurrentCell<
  'gru',
  In,
  Out,
  Tensor,
  Operand
> {
  /** @internal Use `gruCell(features, units)`. */
  constructor(features: In, units: Out, options: RecurrentInit = {}) {
    super(gatedUnit, features, units, options);
  }

  protected override unpack(state: Operand): Operand[] {
    return [state];
  }

  protected override pack([hidden]: readonly Tensor[]): Tensor {
    return hidden;
  }
}

/** One step of `lstm`. */
export class LstmCell<
  In extends number = number,
  Out extends number = number,
> extends RecurrentCell<'lstm', In, Out, LstmState, LstmState<Operand>> {
  /** @internal Use `lstmCell(features, units)`. */
  constructor(features: In, units: Out, options: RecurrentInit = {}) {
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
 * One step of a simple recurrent layer, [batch, features] → [batch, units].
 * @throws ArgumentError unless both are whole numbers of at least 1, or for another activation.
 */
export function rnnCell<const In extends number, const Out extends number>(
  features: In,
  units: Out,
  options: RnnCellOptions = {},
): RnnCell<In, Out> {
  return new RnnCell(features, units, options);
}

/**
 * One step of gated recurrent units, [batch, features] → [batch, units].
 * @throws ArgumentError unless both are whole numbers of at least 1.
 */
export function gruCell<const In extends number, const Out extends number>(
  features: In,
  units: Out,
  options: RecurrentInit = {},
): GruCell<In, Out> {
  return new GruCell(features, units, options);
}

/**
 * One step of units with long short-term memory, [batch, features] → [batch, units]; `step` returns the memory too.
 * @throws ArgumentError unless both are whole numbers of at least 1.
 */
export function lstmCell<const In extends number, const Out extends number>(
  features: In,
  units: Out,
  options: RecurrentInit = {},
): LstmCell<In, Out> {
  return new LstmCell(features, units, options);
}
