// The frame of every layer and model: cells are found through its fields, and travel by their names.

import {
  DTypeError,
  noGrad,
  Operand,
  Generator as RandomGenerator,
  type Shape,
  ShapeError,
  type Tensor,
  Variable,
} from '@retrograd/autograd';
import { formatRows, type Row } from './describe.js';
import { formatShape, StateError } from './errors.js';
import { checkFloatDType, type FloatDType } from './init.js';
import { type ModelSummary, summarize } from './summary.js';

import type { LayerFunction } from './typed-chain.js';

export type { Layer } from './typed-chain.js';

/** The values of a model's cells by their names, as PyTorch names them: `0.weight`, `encoder.bias`. */
export type StateDict = Record<string, Tensor>;

export interface LoadOptions {
  /** Whether names that are missing or unexpected are refused. Default: true. */
  readonly strict?: boolean;
}

/** Something found in a module, and the path that leads there. */
type Found<T> = readonly [name: string, value: T];

/**
 * What layers and models extend. Cells (`Variable`), modules, and arrays of them in a module's own fields are found by
 * themselves, and named by the path to them; fields with `#` are private and not looked into.
 *
 * ```ts
 * class Residual extends Module {
 *   readonly inner = dense(8, 8);
 *   forward(x: Tensor) {
 *     return this.inner.forward(x).tanh().add(x);
 *   }
 * }
 * ```
 */
export abstract class Module {
  /** Whether the module is being trained: dropout drops then. Set it with `train()` and `eval()`. */
  training = true;

  abstract forward(x: Tensor, ...rest: unknown[]): Tensor;

  /** Where cells and modules are looked for: the module's own fields, unless it says otherwise. */
  fields(): Iterable<Found<unknown>> {
    return Object.entries(this);
  }

  /** What a line about this module says behind its name: sizes, rates. */
  detail(): string {
    return '';
  }

  /** Puts the module and all within it in training, or (`false`) in evaluation. */
  train(on = true): this {
    for (const module of this.modules()) module.training = on;
    return this;
  }

  /** Puts the module and all within it in evaluation. */
  eval(): this {
    return this.train(false);
  }

  /** This module and all within it, each once, by the path to it; its own is ''. */
  namedModules(): [name: string, module: Module][] {
    return once(walk(this, isModule));
  }

  /** This module and all within it, each once. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module);
  }

  /** All cells, those that aren't trained included; a cell that is found twice has the first of its names. */
  namedVariables(): [name: string, cell: Variable][] {
    return once(walk(this, isVariable));
  }

  /** The cells that are trained: those that require a gradient. */
  namedParameters(): [name: string, cell: Variable][] {
    return this.namedVariables().filter(([, cell]) => cell.requiresGrad);
  }

  /** The cells that are trained. */
  parameters(): Variable[] {
    return this.namedParameters().map(([, cell]) => cell);
  }

  /** What the module and all within it draw from, in fields of their own, each once. */
  namedGenerators(): [name: string, generator: RandomGenerator][] {
    return once(walk(this, isGenerator));
  }

  /** The values of all cells, detached, by name. Values don't change: training goes on without touching these. */
  stateDict(): StateDict {
    return noGrad(() =>
      Object.fromEntries(this.namedVariables().map(([name, cell]) => [name, cell.value.detach()])),
    );
  }

  /**
   * Assigns the values of a state to the cells of their names, cast to the dtype that each cell has; a tied cell goes by
   * any of its names. Nothing is assigned if anything is refused.
   * @throws StateError if names are missing or unexpected, unless `strict` is false; ShapeError for a value of another
   *   shape than its cell's; DTypeError where one is floating and the other not.
   */
  loadStateDict(state: Readonly<Record<string, Operand>>, options: LoadOptions = {}): this {
    const cells = new Map(walk(this, isVariable));
    const given = Object.entries(state);
    if (options.strict !== false) this.#checkNames(cells, new Set(Object.keys(state)));
    const assignments = given.flatMap(([name, value]) => {
      const cell = cells.get(name);
      return cell === undefined ? [] : [{ cell, value: fitting(name, value, cell) }];
    });
    for (const { cell, value } of assignments) cell.assign(value);
    return this;
  }

  #checkNames(cells: ReadonlyMap<string, Variable>, names: ReadonlySet<string>): void {
    const reached = new Set([...names].map((name) => cells.get(name)));
    const missing = this.namedVariables().filter(([, cell]) => !reached.has(cell));
    const unexpected = [...names].filter((name) => !cells.has(name));
    if (missing.length === 0 && unexpected.length === 0) return;
    const parts = [
      ...(missing.length > 0 ? [`missing ${missing.map(([name]) => name).join(', ')}`] : []),
      ...(unexpected.length > 0 ? [`unexpected ${unexpected.join(', ')}`] : []),
    ];
    throw new StateError(
      `loadStateDict: the state has one value for each cell of the model, got ${parts.join('; ')}. ` +
        'Build the model that the state was saved from, or pass { strict: false }.',
    );
  }

  /** Converts all floating cells to another dtype, for good; gradients that wait are forgotten. */
  to(dtype: FloatDType): this {
    checkFloatDType('to', dtype);
    for (const [, cell] of this.namedVariables()) if (isFloating(cell)) cell.convert(dtype);
    return this;
  }

  /**
   * Holds the parameters still: from the next operation on no gradients are collected in them, and optimizers leave them.
   * `model.encoder.freeze()` freezes a part. Gradients that wait are forgotten.
   */
  freeze(): this {
    for (const [, cell] of this.namedParameters()) {
      cell.requiresGrad = false;
      cell.clearGrad();
      frozen.add(cell);
    }
    return this;
  }

  /** Lets the parameters that `freeze` has stopped move again; cells that were never trained stay as they are. */
  unfreeze(): this {
    for (const [, cell] of this.namedVariables()) {
      if (frozen.delete(cell)) cell.requiresGrad = true;
    }
    return this;
  }

  /**
   * A table of all layers: output shapes, numbers of parameters, floating-point operations, seen by running the model once,
   * in evaluation and without a gradient.
   * @param input an example, or the shape of one (then zeros, in the dtype of the parameters).
   * @param rest further arguments of `forward`.
   */
  summary(input: Operand | Shape, ...rest: unknown[]): ModelSummary {
    return summarize(this, rowsOf(this, '', 0), input, rest);
  }

  /** Forgets the gradients of all cells. */
  clearGrad(): void {
    for (const [, cell] of this.namedVariables()) cell.clearGrad();
  }

  /** A line for each layer: name, kind, sizes, number of parameters. */
  toString(): string {
    return formatRows(rowsOf(this, '', 0));
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** What `freeze` has stopped, so that `unfreeze` doesn't set running statistics going. */
const frozen = new WeakSet<Variable>();

function isModule(value: unknown): value is Module {
  return value instanceof Module;
}

function isVariable(value: unknown): value is Variable {
  return value instanceof Variable;
}

function isGenerator(value: unknown): value is RandomGenerator {
  return value instanceof RandomGenerator;
}

function isFloating({ dtype }: Operand): boolean {
  return dtype === 'float32' || dtype === 'float64';
}

/** What stands in a module's fields, arrays unpacked, by the path to it. */
function contents(module: Module, path: string): Found<unknown>[] {
  const unpacked = ([name, value]: Found<unknown>): Found<unknown>[] =>
    Array.isArray(value)
      ? value.flatMap((item, i) => unpacked([`${name}.${i}`, item]))
      : [[name, value]];
  const prefix = path === '' ? '' : `${path}.`;
  return [...module.fields()].flatMap(([name, value]) => unpacked([prefix + name, value]));
}

/** All that `wanted` accepts, the module itself included, under every path that leads to it. */
function* walk<T>(
  module: Module,
  wanted: (value: unknown) => value is T,
  path = '',
  within: readonly Module[] = [],
): Generator<Found<T>> {
  if (within.includes(module)) return;
  if (wanted(module)) yield [path, module];
  for (const [name, value] of contents(module, path)) {
    if (value instanceof Module) yield* walk(value, wanted, name, [...within, module]);
    else if (wanted(value)) yield [name, value];
  }
}

/** The lines about a module: its own, then those of what it holds, functions included. */
function rowsOf(
  module: Module,
  name: string,
  depth: number,
  within: readonly Module[] = [],
): Row[] {
  const held = contents(module, '');
  const cells = once(held.filter((found): found is Found<Variable> => isVariable(found[1])));
  const own = {
    layer: module,
    depth,
    name,
    kind: module.constructor.name,
    detail: module.detail(),
    cells,
  };
  if (within.includes(module)) return [own];
  const below = held.flatMap(([key, value]): Row[] => {
    if (value instanceof Module) return rowsOf(value, key, depth + 1, [...within, module]);
    if (typeof value !== 'function') return [];
    const { op } = value as { op?: { name: string } };
    const kind = (op?.name ?? value.name) || 'function';
    return [
      { layer: value as LayerFunction, depth: depth + 1, name: key, kind, detail: '', cells: [] },
    ];
  });
  return [own, ...below];
}

/** Each value once, under the first of its names. */
function once<T>(found: Iterable<Found<T>>): [string, T][] {
  const names = new Map<T, string>();
  for (const [name, value] of found) if (!names.has(value)) names.set(value, name);
  return [...names].map(([value, name]) => [name, value]);
}

/** A value of a state in the dtype of its cell. */
function fitting(name: string, value: Operand, cell: Variable): Tensor {
  if (!(value instanceof Operand)) {
    throw new StateError(
      `loadStateDict: a state holds tensors, got ${typeof value} for ${name}. Wrap arrays with tensor(…).`,
    );
  }
  if (value.shape.join() !== cell.shape.join()) {
    throw new ShapeError(
      `loadStateDict: ${name} has shape ${formatShape(cell.shape)}, got ${formatShape(value.shape)}. ` +
        'Build the model with the sizes that the state was saved with.',
    );
  }
  if (value.dtype !== cell.dtype && !(isFloating(value) && isFloating(cell))) {
    throw new DTypeError(
      `loadStateDict: ${name} is ${cell.dtype}, got ${value.dtype}. Cast the value first.`,
    );
  }
  return noGrad(() => value.cast(cell.dtype));
}
