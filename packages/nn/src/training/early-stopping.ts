// Training: when a loss gets no better, and back to where it was best.

import { ArgumentError, type Tensor, type Variable } from '@retrograd/autograd';
import type { Module, StateDict } from '../module.js';

export interface EarlyStopping {
  /** How many passes in a row may bring nothing better. */
  patience: number;
  /** By how much a loss must be lower than the best to be better. Default: 0. */
  minDelta?: number;
  /** Whether the model gets back its weights of the best pass, however training ends. Default: true. */
  restoreBest?: boolean;
}

/** The values of a model's cells at one moment. Values don't change, so holding them copies nothing. */
type Snapshot = readonly (readonly [cell: Variable, value: Tensor])[];

/** What early stopping has seen so far. */
export interface BestState {
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  readonly waited: number;
  /** The weights of the best pass, if they are kept. */
  readonly model: StateDict | null;
}

/** Follows the losses of one training. */
export class BestKeeper {
  best: { readonly epoch: number; readonly loss: number } | null = null;
  readonly #model: Module;
  readonly #options: Required<EarlyStopping>;
  #snapshot: Snapshot | null = null;
  #waited = 0;

  /** @throws ArgumentError for a patience or minDelta out of range. */
  constructor(model: Module, { patience, minDelta = 0, restoreBest = true }: EarlyStopping) {
    if (!Number.isInteger(patience) || patience < 1) {
      throw new ArgumentError(
        `train: patience is a whole number of at least 1, got ${String(patience)}. ` +
          'Pass how many passes may bring nothing better.',
      );
    }
    if (!(minDelta >= 0)) {
      throw new ArgumentError(
        `train: minDelta is a number of at least 0, got ${String(minDelta)}. Pass the least gain that counts.`,
      );
    }
    this.#model = model;
    this.#options = { patience, minDelta, restoreBest };
  }

  /** Takes the loss after a pass; NaN is never better. @returns whether patience is at its end. */
  observe(epoch: number, loss: number): boolean {
    const { patience, minDelta, restoreBest } = this.#options;
    const better = this.best === null ? !Number.isNaN(loss) : loss < this.best.loss - minDelta;
    if (better) {
      this.best = { epoch, loss };
      this.#waited = 0;
      if (restoreBest) {
        this.#snapshot = this.#model
          .namedVariables()
          .map(([, cell]): [Variable, Tensor] => [cell, cell.value]);
      }
    } else this.#waited++;
    return this.#waited >= patience;
  }

  get state(): BestState {
    const kept = this.#snapshot;
    const names = new Map(this.#model.namedVariables().map(([name, cell]) => [cell, name]));
    const model =
      kept && Object.fromEntries(kept.map(([cell, value]) => [names.get(cell) as string, value]));
    return { best: this.best, waited: this.#waited, model };
  }

  /** Goes on from what was seen before. */
  resume({ best, waited, model }: BestState): void {
    this.best = best;
    this.#waited = waited;
    this.#snapshot =
      model && this.#model.namedVariables().map(([name, cell]) => [cell, model[name]] as const);
  }

  /** Gives the model the weights of the best pass, if they are kept. */
  restore(): void {
    for (const [cell, value] of this.#snapshot ?? []) cell.assign(value);
  }
}
