// Summaries: what each layer of a model gives, holds and costs, seen by running it once.

import { countFlops, noGrad, Operand, type Shape, type Variable, zeros } from '@retrograd/autograd';
import { countOf, grouped, type Row } from './describe.js';
import { formatShape } from './errors.js';
import type { Module } from './module.js';
import type { LayerFunction } from './typed-chain.js';

/** What is known of one layer. */
export interface LayerSummary {
  /** Its name within the layer that holds it; '' for the model itself. */
  readonly name: string;
  /** How deep it stands; 0 for the model itself. */
  readonly depth: number;
  /** The name of the class, of the operation or of the function. */
  readonly kind: string;
  /** The shape of what it returned last; null if it was not called, or returns no tensor. */
  readonly outputShape: Shape | null;
  /** Numbers in its own cells that are trained; those of layers within it are theirs. A tied cell counts once. */
  readonly parameters: number;
  /** Numbers in its own cells that are not: frozen parameters, running statistics. */
  readonly notTrained: number;
  /** Whether all of its own cells have been counted before. */
  readonly tied: boolean;
  /** Floating-point operations of its own matrix products, without those of layers within it. */
  readonly flops: number;
}

/** What a run has shown of one layer. */
interface Seen {
  shape: Shape | null;
  flops: number;
}

/** The layers of a model; printing it shows a table. */
export class ModelSummary {
  readonly rows: readonly LayerSummary[];
  readonly inputShape: Shape;
  readonly outputShape: Shape | null;

  /** @internal Use `model.summary(input)`. */
  constructor(rows: readonly LayerSummary[], inputShape: Shape) {
    this.rows = rows;
    this.inputShape = inputShape;
    this.outputShape = rows[0].outputShape;
  }

  /** Numbers that are trained. */
  get parameters(): number {
    return this.rows.reduce((sum, row) => sum + row.parameters, 0);
  }

  /** Numbers that are not trained: frozen parameters, running statistics. */
  get notTrained(): number {
    return this.rows.reduce((sum, row) => sum + row.notTrained, 0);
  }

  /** Floating-point operations of all matrix products (convolutions are such too): 2 for each multiply-add. */
  get flops(): number {
    return this.rows.reduce((sum, row) => sum + row.flops, 0);
  }

  toString(): string {
    const lines = this.rows.map((row) => [
      `${'  '.repeat(row.depth)}${row.name === '' ? '' : `${row.name}  `}${row.kind}`,
      row.outputShape === null ? '' : formatShape(row.outputShape),
      row.tied ? 'tied' : blankZero(row.parameters),
      blankZero(row.notTrained),
      blankZero(row.flops),
    ]);
    const some = this.notTrained > 0;
    const table = [['layer', 'output', 'parameters', 'not trained', 'flops'], ...lines].map(
      (line) => (some ? line : line.filter((_, column) => column !== 3)),
    );
    const widths = table[0].map((_, column) =>
      Math.max(...table.map((line) => line[column].length)),
    );
    const text = table.map((line) =>
      line
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    );
    const other = some ? `, ${grouped(this.notTrained)} not trained` : '';
    return [
      ...text,
      `${grouped(this.parameters)} parameters${other}; ${grouped(this.flops)} operations for input ` +
        formatShape(this.inputShape),
    ].join('\n');
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function blankZero(count: number): string {
  return count === 0 ? '' : grouped(count);
}

/** Runs a model once and says what was seen of each of its rows. */
export function summarize(
  model: Module,
  rows: readonly Row[],
  input: Operand | Shape,
  rest: readonly unknown[],
): ModelSummary {
  const example =
    input instanceof Operand ? input.read() : zeros([...input], { dtype: dtypeOf(model) });
  const watch = new Watch(rows);
  const modes = model.modules().map((module) => [module, module.training] as const);
  model.eval();
  try {
    noGrad(() => model.forward(example, ...rest));
  } finally {
    watch.end();
    for (const [module, training] of modes) module.training = training;
  }
  const counted = new Set<Variable>();
  const summaries = rows.map(({ name, depth, kind, cells }, i): LayerSummary => {
    const fresh = cells.map(([, cell]) => cell).filter((cell) => !counted.has(cell));
    for (const cell of fresh) counted.add(cell);
    const trained = countOf(fresh.filter((cell) => cell.requiresGrad));
    return {
      name,
      depth,
      kind,
      outputShape: watch.seen[i].shape,
      parameters: trained,
      notTrained: countOf(fresh) - trained,
      tied: cells.length > 0 && fresh.length === 0,
      flops: watch.seen[i].flops,
    };
  });
  return new ModelSummary(summaries, example.shape);
}

/** The dtype of a model's parameters. */
function dtypeOf(model: Module): 'float32' | 'float64' {
  const [first] = model.namedVariables().map(([, cell]) => cell.dtype);
  return first === 'float64' ? 'float64' : 'float32';
}

type Forward = (...args: unknown[]) => unknown;

/** Stands in front of every layer of some rows, until `end()`. */
class Watch {
  readonly seen: readonly Seen[];
  /** Operations of layers within the one that is running. */
  #within = 0;
  readonly #undo: (() => void)[] = [];

  constructor(rows: readonly Row[]) {
    this.seen = rows.map(() => ({ shape: null, flops: 0 }));
    const modules = new Map<object, Seen>();
    rows.forEach(({ layer, depth }, i) => {
      if (typeof layer === 'function' || modules.has(layer)) return;
      modules.set(layer, this.seen[i]);
      const forward = (layer as Module).forward.bind(layer) as Forward;
      // Not enumerable, so that it isn't taken for one of the layer's own fields.
      this.#put(layer, 'forward', {
        value: this.#watched(forward, this.seen[i]),
        enumerable: false,
      });
      const functions = rows.flatMap((row, k) =>
        typeof row.layer === 'function' && row.depth === depth + 1 && holderOf(rows, k) === i
          ? [this.seen[k]]
          : [],
      );
      this.#watchFunctions(layer, functions);
    });
  }

  /** Functions in a layer's fields, in the order of their rows. */
  #watchFunctions(layer: object, rows: readonly Seen[]): void {
    const rest = [...rows];
    const watched = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(watched);
      const seen = typeof value === 'function' ? rest.shift() : undefined;
      return seen === undefined ? value : this.#watched(value as LayerFunction as Forward, seen);
    };
    for (const [key, value] of Object.entries(layer)) {
      if (rest.length === 0) return;
      if (Array.isArray(value) || typeof value === 'function') {
        this.#put(layer, key, { value: watched(value), enumerable: true });
      }
    }
  }

  #watched(forward: Forward, seen: Seen): Forward {
    return (...args) => {
      const before = this.#within;
      this.#within = 0;
      const { result, flops } = countFlops(() => forward(...args));
      seen.flops += flops - this.#within;
      this.#within = before + flops;
      if (result instanceof Operand) seen.shape = result.shape;
      return result;
    };
  }

  #put(layer: object, key: string, descriptor: PropertyDescriptor): void {
    const original = Object.getOwnPropertyDescriptor(layer, key);
    Object.defineProperty(layer, key, { ...descriptor, configurable: true, writable: true });
    this.#undo.push(() => {
      if (original === undefined) Reflect.deleteProperty(layer, key);
      else Object.defineProperty(layer, key, original);
    });
  }

  /** Puts everything back as it was. */
  end(): void {
    for (const undo of this.#undo) undo();
  }
}

/** The row that holds row k: the nearest one before it that stands one step higher. */
function holderOf(rows: readonly Row[], k: number): number {
  for (let i = k - 1; i >= 0; i--) if (rows[i].depth < rows[k].depth) return i;
  return -1;
}
