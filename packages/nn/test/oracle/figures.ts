// What make_figures.py wrote, with types, and our networks built as it built PyTorch's.
import { readFileSync } from 'node:fs';
import type { Tensor } from '@retrograd/autograd';
import * as library from '@retrograd/nn';
import { type Figure, tensorOf } from '../../../autograd/test/oracle/agreement.js';

export type Reduction = 'mean' | 'sum' | 'none';
export type Options = Readonly<Record<string, unknown>>;

export interface LossFigures {
  readonly loss: string;
  readonly prediction: Figure;
  readonly target: Figure;
  readonly options: Options & { readonly reduction: Reduction };
  readonly value: Figure;
  readonly weights: Figure;
  readonly grad: Figure;
}

export interface DenseFigures {
  readonly input: Figure;
  readonly weight: Figure;
  readonly bias: Figure;
  readonly output: Figure;
  readonly weights: Figure;
  readonly grads: { readonly input: Figure; readonly weight: Figure; readonly bias: Figure };
}

export interface TrainingFigures {
  readonly sizes: readonly number[];
  readonly activations: readonly string[];
  readonly loss: string;
  readonly optimizer: string;
  readonly options: Options;
  readonly input: Figure;
  readonly target: Figure;
  readonly state: Readonly<Record<string, Figure>>;
  /** The loss before each step. */
  readonly losses: readonly number[];
  readonly trained: Readonly<Record<string, Figure>>;
}

interface Figures {
  readonly made: string;
  readonly losses: readonly LossFigures[];
  readonly dense: readonly DenseFigures[];
  readonly training: readonly TrainingFigures[];
}

export const figures = JSON.parse(
  readFileSync(new URL('./fixtures/figures.json', import.meta.url), 'utf8'),
) as Figures;

export type Loss = (prediction: Tensor, target: Tensor, options?: Options) => Tensor;
export type OptimizerFactory = (parameters: unknown, options: Options) => { step(): void };

/** One of the package's losses by its name in the figures. */
export function lossNamed(name: string): Loss {
  return (library as unknown as Record<string, Loss>)[name];
}

/** One of the package's optimizers by its name in the figures. */
export function optimizerNamed(name: string): OptimizerFactory {
  return (library as unknown as Record<string, OptimizerFactory>)[name];
}

/** Options with their figures turned into tensors (class weights). */
export function optionsOf(options: Options): Options {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, isFigure(value) ? tensorOf(value) : value]),
  );
}

/** A state dictionary of tensors. */
export function stateOf(state: Readonly<Record<string, Figure>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => [name, tensorOf(value)]));
}

function isFigure(value: unknown): value is Figure {
  return value !== null && typeof value === 'object' && 'shape' in value && 'data' in value;
}
