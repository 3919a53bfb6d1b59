// A row of the table of gradient checks: a layer, what it is given, how it is called.

import { type Generator, type Shape, type Tensor, tensor } from '@retrograd/autograd';
import type { Module } from '@retrograd/nn';

/** A layer, or a function that is used like one, and how it is called. */
export interface GradientCase {
  /** What is special about it. */
  readonly what: string;
  readonly make: (rng: Generator) => Module | null;
  /** The shapes of the floating inputs, by each of which is differentiated. */
  readonly inputs: readonly Shape[];
  readonly forward: (layer: Module | null, ...inputs: Tensor[]) => unknown;
  /** 1 for what is made of many layers: its second derivatives are those of its parts. */
  readonly order: 1 | 2;
}

/** A layer of one input, unless `forward` says otherwise. */
export function layer<M extends Module>(
  what: string,
  make: (rng: Generator) => M,
  inputs: readonly Shape[],
  forward: (own: M, ...inputs: Tensor[]) => unknown = (own, x) => own.forward(x),
): GradientCase {
  return { what, make, inputs, forward: forward as GradientCase['forward'], order: 2 };
}

/** The same without second derivatives. */
export const firstOrder = (one: GradientCase): GradientCase => ({ ...one, order: 1 });

/** A function that is used like a layer. */
export function plain(
  what: string,
  fn: (...inputs: Tensor[]) => unknown,
  inputs: readonly Shape[],
): GradientCase {
  return { what, make: () => null, inputs, forward: (_, ...given) => fn(...given), order: 2 };
}

export const int32 = (values: number[] | number[][]): Tensor =>
  tensor(values as number[], { dtype: 'int32' });

/** The cases of each layer, by the name of its factory. */
export type GradientCases = Readonly<Record<string, readonly GradientCase[]>>;

/** Which of two sequences' steps are there. */
export const PADDING = tensor([
  [true, true, true],
  [true, false, true],
]);
