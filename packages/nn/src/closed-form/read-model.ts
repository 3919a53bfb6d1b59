// Reading a model for the closed form: dense layers with the activation that follows each.

import {
  ArgumentError,
  elu,
  exp,
  gelu,
  leakyRelu,
  logSigmoid,
  logSoftmax,
  relu,
  sigmoid,
  silu,
  sin,
  softmax,
  softplus,
  square,
  type Tensor,
  tanh,
} from '@retrograd/autograd';
import { Dense, Dropout, Flatten, Sequential } from '../layers/index.js';
import type { Layer, Module } from '../module.js';
import { type Activation, BY_LAYER, compose, ELEMENTWISE } from './activations.js';

/** Which formula stands for which function; identical functions only, whatever their names are. */
const FORMULAS: ReadonlyMap<unknown, Activation> = new Map<unknown, Activation>([
  [sigmoid, ELEMENTWISE.sigmoid],
  [tanh, ELEMENTWISE.tanh],
  [relu, ELEMENTWISE.relu],
  [leakyRelu, ELEMENTWISE.leakyRelu],
  [elu, ELEMENTWISE.elu],
  [softplus, ELEMENTWISE.softplus],
  [logSigmoid, ELEMENTWISE.logSigmoid],
  [silu, ELEMENTWISE.silu],
  [gelu, ELEMENTWISE.gelu],
  [sin, ELEMENTWISE.sin],
  [exp, ELEMENTWISE.exp],
  [square, ELEMENTWISE.square],
  [softmax, BY_LAYER.softmax],
  [logSoftmax, BY_LAYER.logSoftmax],
]);

/** Formulas for activations by the place in the model (`1`, as in the names of its state) or by name. */
export type Activations = Readonly<Record<string, Activation>>;

/** One layer of the recursion: a dense layer, and what follows it up to the next. */
export interface ReadLayer {
  /** Its number in the derivations, where 1 is the input. */
  readonly l: number;
  /** Its place in the model, as in the names of its state. */
  readonly place: string;
  readonly dense: Dense;
  /** The functions that follow, as the tape runs them. */
  readonly functions: readonly ((x: Tensor) => Tensor)[];
  /** The same as a formula. */
  readonly sigma: Activation;
}

/** The items of nested rows of layers, with their places. */
function itemsOf(layer: Layer, place: string): [place: string, layer: Layer][] {
  if (!(layer instanceof Sequential)) return [[place, layer]];
  const prefix = place === '' ? '' : `${place}.`;
  return layer.layers.flatMap((item: Layer, i: number) => itemsOf(item, `${prefix}${i}`));
}

/** Whether a layer hands on what it gets: it has no part in the formulas. */
function handsOn(op: string, layer: Layer, place: string): boolean {
  if (layer instanceof Flatten) return true;
  if (!(layer instanceof Dropout)) return false;
  if (!layer.training || layer.p === 0) return true;
  throw new ArgumentError(
    `${op}: the closed form has no random layers, got dropout in training at ${place}. Call model.eval() first.`,
  );
}

function nameOf(layer: Layer): string {
  if (typeof layer !== 'function') return layer.constructor.name;
  const { op } = layer as { op?: { name: string } };
  return op?.name ?? layer.name;
}

function formulaOf(op: string, layer: Layer, place: string, own: Activations): Activation {
  const name = nameOf(layer);
  for (const key of [place, name]) if (Object.hasOwn(own, key)) return own[key];
  const formula = FORMULAS.get(layer);
  if (formula !== undefined) return formula;
  if (typeof layer !== 'function') {
    throw new ArgumentError(
      `${op}: the closed form is that of dense layers and activations, got ${name} at ${place}. ` +
        'Compare the gradients of other layers with compareGradients.',
    );
  }
  const known = 'op' in layer ? 'an operation' : 'a function';
  throw new ArgumentError(
    `${op}: σ and σ′ of every activation are known, got ${known} ${name === '' ? '' : `${name} `}at ${place}. ` +
      `Put a built-in operation such as tanh there, or pass { activations: { '${place}': { f: (z) => …, df: (z) => … } } }.`,
  );
}

/**
 * The dense layers of a model, each with the activation that follows.
 * @throws ArgumentError for anything that has no place in the formulas.
 */
export function readModel(op: string, model: Module, own: Activations = {}): ReadLayer[] {
  const items = itemsOf(model as Layer, '').filter(([place, item]) => !handsOn(op, item, place));
  const layers: {
    -readonly [K in keyof ReadLayer]: ReadLayer[K];
  }[] = [];
  for (const [place, item] of items) {
    if (item instanceof Dense) {
      const l = layers.length + 2;
      layers.push({ l, place, dense: item, functions: [], sigma: ELEMENTWISE.identity });
      continue;
    }
    const sigma = formulaOf(op, item, place, own);
    const layer = layers.at(-1);
    if (layer === undefined) {
      throw new ArgumentError(
        `${op}: the model begins with a dense layer, got ${nameOf(item)} in front of the first. ` +
          'Apply it to x, and pass the result.',
      );
    }
    layer.sigma = layer.functions.length === 0 ? sigma : compose(layer.sigma, sigma);
    layer.functions = [...layer.functions, item as (x: Tensor) => Tensor];
  }
  if (layers.length > 0) return layers;
  throw new ArgumentError(
    `${op}: the model is a sequential of dense layers and activations, got ${nameOf(model as Layer)} without any. ` +
      'Pass the sequential itself.',
  );
}
