// What recurrent layers share: layers on layers, in one or two directions, unrolled over time.

import {
  ArgumentError,
  concat,
  type Operand,
  type Shape,
  ShapeError,
  split,
  stack,
  type Tensor,
  type UnknownRank,
  type Unless,
  zeros,
} from '@retrograd/autograd';
import { formatShape } from '../../errors.js';
import { checkCount } from '../../init.js';
import { Module } from '../../module.js';
import { choose, maskOf, type SequenceLengths } from '../../sequences.js';
import { Dropout } from '../dropout.js';
import type { FeatureProblem } from '../typed-features.js';
import type { Recurrence, StepState } from './recurrences.js';
import {
  checkSizes,
  makeWeights,
  namedWeights,
  projected,
  type RecurrentInit,
  type RecurrentWeights,
} from './weights.js';

export interface RecurrentOptions extends RecurrentInit {
  /** How many layers lie one on the other. Default: 1. */
  readonly layers?: number;
  /** Whether each layer runs backward in time too, its outputs behind the others. Default: false. */
  readonly bidirectional?: boolean;
  /** While training, the probability with which what goes from layer to layer is dropped. Default: 0. */
  readonly dropout?: number;
}

/** What a sequence is run with. `Given` is the state as it may be passed. */
export interface RunOptions<Given> extends SequenceLengths {
  /** The state before the first step. Default: zeros. */
  readonly state?: Given;
}

/** Outputs of all steps, and the state behind the last. */
export interface Run<State> {
  /** [batch, time, directions · units]; 0 where a step is padding. */
  readonly outputs: Tensor;
  readonly state: State;
}

/** One layer in one direction over all steps. */
interface Pass {
  readonly weights: RecurrentWeights;
  readonly state: StepState;
  readonly steps: number;
  /** [batch, 1] for each step. */
  readonly there: readonly Tensor[] | null;
  readonly backward: boolean;
}

/**
 * A recurrent layer on sequences [batch, time, features] → [batch, time, directions · units].
 *
 * The state has one row for each layer and direction, [layers · directions, batch, units], directions within layers. Cells
 * have PyTorch's shapes and names (`weight_ih_l0`, `bias_hh_l1_reverse`), so weights travel.
 */
export abstract class Recurrent<
  Name extends string = string,
  In extends number = number,
  Out extends number = number,
  State = unknown,
  Given = State,
> extends Module {
  readonly inFeatures: In;
  readonly outFeatures: Out;
  readonly units: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  /** What is dropped between layers. */
  readonly dropout: number;
  /** One for each layer and direction, directions within layers. */
  readonly weights: readonly RecurrentWeights[];
  readonly #recurrence: Recurrence;
  readonly #dropout: Dropout;

  protected constructor(
    recurrence: Recurrence,
    features: In,
    units: number,
    options: RecurrentOptions,
  ) {
    super();
    const { name } = recurrence;
    const { layers = 1, bidirectional = false, dropout = 0 } = options;
    checkCount(name, 'features', features);
    checkCount(name, 'units', units);
    checkCount(name, 'layers', layers);
    if (!(dropout >= 0 && dropout < 1)) {
      throw new ArgumentError(
        `${name}: dropout is a probability in [0, 1), got ${String(dropout)}. Pass the share that is dropped.`,
      );
    }
    const directions = bidirectional ? 2 : 1;
    this.inFeatures = features;
    this.outFeatures = (units * directions) as Out;
    this.units = units;
    this.layers = layers;
    this.bidirectional = bidirectional;
    this.dropout = dropout;
    this.weights = Array.from({ length: layers * directions }, (_, i) => {
      const taken = i < directions ? features : units * directions;
      return makeWeights(recurrence, taken, units, options);
    });
    this.#recurrence = recurrence;
    this.#dropout = new Dropout(dropout, options.rng && { rng: options.rng });
  }

  /** The parts of a state as they are passed. */
  protected abstract unpack(state: Given): Operand[];

  /** The parts of a state as they are returned. */
  protected abstract pack(parts: readonly Tensor[]): State;

  /**
   * The outputs of all steps, [batch, time, features] → [batch, time, directions · units].
   * @throws what `run` throws.
   */
  forward<B extends number, T extends number>(
    x: Operand<readonly [B, T, In]>,
    options?: RunOptions<Given>,
  ): Tensor<[B, T, Out]>;
  forward(x: Operand<UnknownRank>, options?: RunOptions<Given>): Tensor<number[]>;
  forward<S extends Shape>(
    x: Unless<FeatureProblem<Name, S, In>, Operand<S>>,
    options?: RunOptions<Given>,
  ): Tensor<number[]>;
  forward(x: Operand, options?: RunOptions<Given>): Tensor {
    return this.run(x, options).outputs;
  }

  /**
   * The outputs of all steps, and the state behind the last, from which the next piece of the sequence may go on.
   *
   * With a mask or lengths, a step that is padding keeps the state and puts out 0, whatever stands there, NaN too: the
   * outputs are those of PyTorch's packed sequences, and the state is that behind each sequence's own last step.
   *
   * @throws ShapeError unless x is [batch, time, features], or for a state or mask of another shape; ArgumentError if both
   *   a mask and lengths are given, or for a length that isn't a whole number in 0 … time.
   */
  run(x: Operand, options: RunOptions<Given> = {}): Run<State> {
    const { name, states } = this.#recurrence;
    const width: number = this.outFeatures;
    const { shape } = x;
    if (shape.length !== 3 || shape[2] !== this.inFeatures) {
      throw new ShapeError(
        `${name}: takes [batch, time, ${this.inFeatures} features], got ${formatShape(shape)}. ` +
          (shape.length === 2
            ? 'Give a single sequence a batch axis of size 1, a single feature an axis at the end.'
            : 'Check the number of features.'),
      );
    }
    const [batch, steps] = shape;
    const mask = maskOf(name, options, batch, steps);
    // Time goes first: then a step is a block of rows, and its share is cut out and put back in one piece.
    const byTime = mask === null ? null : mask.transpose().reshape([steps * batch, 1]);
    const rows = x.permute([1, 0, 2]).reshape([steps * batch, this.inFeatures]);
    const begun = this.#begin(options.state, batch);
    const final: StepState[] = [];
    const outputs: Tensor = this.#through(
      byTime === null ? rows : choose(byTime, rows, 0),
      begun,
      byTime === null || steps === 0 ? null : split(byTime, steps),
      steps,
      final,
    );
    const whole: Tensor = byTime === null ? outputs : choose(byTime, outputs, 0);
    return {
      outputs: whole.reshape([steps, batch, width]).permute([1, 0, 2]),
      state: this.pack(
        Array.from({ length: states }, (_, part) => stack(final.map((state) => state[part]))),
      ),
    };
  }

  /** The state of each layer and direction before the first step. */
  #begin(given: Given | undefined, batch: number): StepState[] {
    const { name, states } = this.#recurrence;
    const { length } = this.weights;
    if (given === undefined) {
      const none = zeros([batch, this.units], { dtype: this.weights[0].weightHh.dtype });
      return this.weights.map(() => new Array<Tensor>(states).fill(none));
    }
    const parts = this.unpack(given).map((part) => {
      const fix = 'Pass what run(…) returned for a batch of this size.';
      checkSizes(name, 'a state', part, [length, batch, this.units], fix);
      return split(part, length).map((own) => own.reshape([batch, this.units]));
    });
    return this.weights.map((_, i) => parts.map((part) => part[i]));
  }

  /** All layers, one on the other, over rows [time · batch, features]; the states they end in go to `final`. */
  #through(
    rows: Tensor,
    begun: readonly StepState[],
    there: readonly Tensor[] | null,
    steps: number,
    final: StepState[],
  ): Tensor {
    const directions = this.bidirectional ? 2 : 1;
    this.#dropout.train(this.training);
    let outputs = rows;
    for (let layer = 0; layer < this.layers; layer++) {
      const taken = layer === 0 ? outputs : this.#dropout.forward(outputs);
      const ways = Array.from({ length: directions }, (_, way) => {
        const i = layer * directions + way;
        const [weights, state] = [this.weights[i], begun[i]];
        const pass = unroll(this.#recurrence, taken, {
          weights,
          state,
          steps,
          there,
          backward: way === 1,
        });
        final.push(pass.state);
        return pass.outputs;
      });
      outputs = directions === 1 ? ways[0] : concat(ways, 1);
    }
    return outputs;
  }

  override *fields(): Iterable<readonly [name: string, value: unknown]> {
    const directions = this.bidirectional ? 2 : 1;
    for (const [i, weights] of this.weights.entries()) {
      const suffix = `_l${Math.floor(i / directions)}${i % directions === 1 ? '_reverse' : ''}`;
      yield* namedWeights(weights, suffix);
    }
    // The only thing of the dropout that a saved training has to know.
    if (this.dropout > 0) yield ['rng', this.#dropout.rng];
  }

  override detail(): string {
    return [
      `${this.inFeatures} → ${this.outFeatures}`,
      ...(this.layers > 1 ? [`${this.layers} layers`] : []),
      ...(this.bidirectional ? ['bidirectional'] : []),
      ...(this.dropout > 0 ? [`dropout ${this.dropout}`] : []),
      ...(this.weights[0].biasIh === null ? ['no bias'] : []),
    ].join(', ');
  }
}

/** One layer in one direction: rows [time · batch, features] → [time · batch, units], and the state behind the last step. */
function unroll(
  { begin, gates, apart }: Recurrence,
  rows: Tensor,
  { weights, state, steps, there, backward }: Pass,
): { outputs: Tensor; state: StepState } {
  const { bias, step } = begin(weights);
  const all = projected(rows, weights, bias);
  if (steps === 0) return { outputs: all.slice(null, [0, weights.weightHh.shape[1]]), state };
  const parts = (apart ? split(all, gates, 1) : [all]).map((part) => split(part, steps));
  const outputs = new Array<Tensor>(steps);
  let current = state;
  for (let k = 0; k < steps; k++) {
    const t = backward ? steps - 1 - k : k;
    const before = current;
    const next = step(
      parts.map((part) => part[t]),
      before,
    );
    current = there === null ? next : next.map((part, i) => choose(there[t], part, before[i]));
    outputs[t] = current[0];
  }
  return { outputs: concat(outputs), state: current };
}
