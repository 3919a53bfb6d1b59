// The front hall: what the compiler knows of layers in a row. Types only.
//
// A layer is a module or any function of a tensor. What it takes and gives is the number of its features,
// the size of the last axis. A layer that has `inFeatures` and `outFeatures` says so; of any other the
// signature is asked: one that returns every shape as it came (tanh, dropout) hands on what it was given,
// and one that says nothing (`(x: Tensor) => Tensor`, flatten) takes anything and gives a number not known.
import type { Operand, ShownSize, SizesMeet, Tensor } from '@retrograd/autograd';

/** A layer that knows its number of features. */
export interface Sized<In extends number = number, Out extends number = number> {
  readonly inFeatures: In;
  readonly outFeatures: Out;
}

// A method's parameter is compared both ways, so that a function of Tensor<[number, 4]> is a layer too, while
// the parameter of an arrow function is still inferred to be a Tensor.
interface Callable {
  forward(x: Tensor): Tensor;
}

/** Any function of a tensor. */
export type LayerFunction = Callable['forward'];

/** What `sequential` takes: a module, or any function of a tensor. */
export type Layer = LayerFunction | Callable;

type Signature<L> = L extends { forward: infer F } ? F : L;

// No layer has half a feature: what hands this shape on hands every shape on.
type Probe = Tensor<[number, 0.5]>;
type HandsOn<L> = Signature<L> extends (x: Probe) => Probe ? true : false;

type LastSize<T> =
  T extends Operand<infer S>
    ? S extends readonly [...unknown[], infer N extends number]
      ? N
      : number
    : number;

/** The number of features that a layer takes; `number` where it takes any. */
type Takes<L> = L extends { readonly inFeatures: infer In extends number }
  ? In
  : Signature<L> extends (x: infer X extends Operand) => unknown
    ? LastSize<X>
    : number;

/** The number of features that a layer gives after one that gave `Before`. */
type Gives<L, Before extends number> = L extends { readonly outFeatures: infer Out extends number }
  ? Out
  : HandsOn<L> extends true
    ? Before
    : Signature<L> extends (x: never) => infer Y
      ? LastSize<Y>
      : number;

/** The first layer that does not fit, as [its index, its sentence]; `never` where all do. */
type Misfit<
  L extends readonly unknown[],
  Before extends number = number,
  Seen extends 0[] = [],
> = L extends readonly [infer First, ...infer Rest]
  ? SizesMeet<Takes<First>, Before> extends true
    ? Misfit<Rest, Gives<First, Before>, [...Seen, 0]>
    : [
        `${Seen['length']}`,
        `layer ${Seen['length']} takes ${ShownSize<Takes<First>>} features, layer before gives ${ShownSize<Before>}`,
      ]
  : never;

/**
 * What the layers of `sequential(...layers: L & Chain<L>)` must be besides layers: nothing where they fit,
 * else, in the place of the first that does not, a sentence such as
 * `layer 2 takes 15 features, layer before gives 16`. Layers count from 0, as in the names of the state.
 */
export type Chain<L extends readonly unknown[]> = number extends L['length']
  ? unknown
  : Demand<L, Misfit<L>>;

type Demand<L extends readonly unknown[], Problem> = [Problem] extends [never]
  ? unknown
  : Problem extends [infer Index, infer Sentence]
    ? { [I in keyof L]: I extends Index ? Sentence : unknown }
    : unknown;

/** The number of features that a row of layers takes: that of the first which does not hand on. */
export type ChainTakes<L extends readonly unknown[]> = L extends readonly [
  infer First,
  ...infer Rest,
]
  ? First extends { readonly inFeatures: unknown }
    ? Takes<First>
    : HandsOn<First> extends true
      ? ChainTakes<Rest>
      : Takes<First>
  : number;

/** The number of features that a row of layers gives to one that gives `Before`. */
export type ChainGives<
  L extends readonly unknown[],
  Before extends number = number,
> = L extends readonly [infer First, ...infer Rest]
  ? ChainGives<Rest, Gives<First, Before>>
  : L extends readonly []
    ? Before
    : L extends readonly [...unknown[], infer Last]
      ? Gives<Last, number>
      : number;
