// Training: the figures of passes while they are being written down.

import type { TrainHistory } from './options.js';

/** A history while it is being written. */
export type Mutable<T> = {
  -readonly [K in keyof T]: T[K] extends readonly number[]
    ? number[]
    : T[K] extends Readonly<Record<string, readonly number[]>>
      ? Record<string, number[]>
      : T[K];
};

/** Adds a figure to each list of its name. */
export function append(
  history: Readonly<Record<string, number[]>>,
  figures: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(figures)) history[name].push(value);
}

/** Puts what earlier passes came to in front of an empty history. */
export function mergeHistory(history: Mutable<TrainHistory>, earlier: TrainHistory): void {
  history.loss.push(...earlier.loss);
  history.validationLoss.push(...earlier.validationLoss);
  history.change.push(...earlier.change);
  for (const kind of ['metrics', 'validationMetrics'] as const) {
    for (const [name, values] of Object.entries(earlier[kind]))
      history[kind][name]?.push(...values);
  }
}
