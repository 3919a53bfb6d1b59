// Initialisation by name: which initialiser begins which parameter of a whole model.

import { ArgumentError, type Generator, type Variable } from '@retrograd/autograd';
import { formatShape } from './errors.js';
import { type FloatDType, type Initializer, sharedGenerator } from './init.js';
import type { Module } from './module.js';

export interface InitializeOptions {
  /** What the initialisers draw from. Default: the generator that all layers share. */
  readonly rng?: Generator;
}

/**
 * Gives the parameters of a model new first values, by their names:
 *
 * ```ts
 * initialize(model, { 'encoder.*.weight': heUniform, bias: zerosInit }, { rng: rng(1) });
 * ```
 *
 * A pattern is a name or the end of one (`bias` is every bias, `out.weight` that of every layer `out`); `*` stands for any
 * text without a dot, `**` for any text. The first pattern that fits a name decides; parameters that none fits stay as they
 * are. A tied cell goes by its first name.
 * @returns the model.
 * @throws ArgumentError for a pattern that fits no parameter, and for an initialiser that returns another shape or dtype.
 */
export function initialize<M extends Module>(
  model: M,
  initializers: Readonly<Record<string, Initializer>>,
  options: InitializeOptions = {},
): M {
  const { rng = sharedGenerator() } = options;
  const rules = Object.entries(initializers).map(([pattern, init]) => ({
    pattern,
    init,
    expression: expressionOf(pattern),
  }));
  const parameters = model.namedParameters();
  for (const { pattern, expression } of rules) {
    if (parameters.some(([name]) => expression.test(name))) continue;
    const names = parameters.slice(0, NAMES_SHOWN).map(([name]) => name);
    const more = parameters.length > NAMES_SHOWN ? ', …' : '';
    throw new ArgumentError(
      `initialize: each pattern fits a parameter that is trained, got '${pattern}' for ` +
        `${names.join(', ') || 'a model without any'}${more}. Check its spelling.`,
    );
  }
  for (const [name, cell] of parameters) {
    const rule = rules.find(({ expression }) => expression.test(name));
    if (rule !== undefined) begin(name, cell, rule.init, rng);
  }
  return model;
}

/** How many names a message lists. */
const NAMES_SHOWN = 8;

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .split(/(\*+)/)
    .map((part) =>
      part === '*'
        ? '[^.]*'
        : part.startsWith('*')
          ? '.*'
          : part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^(?:.*\\.)?${source}$`);
}

function begin(name: string, cell: Variable, init: Initializer, rng: Generator): void {
  const value = init(cell.shape, rng, cell.dtype as FloatDType);
  if (value.shape.join() !== cell.shape.join() || value.dtype !== cell.dtype) {
    throw new ArgumentError(
      `initialize: an initialiser returns ${cell.dtype} ${formatShape(cell.shape)} for ${name}, got ${value.dtype} ` +
        `${formatShape(value.shape)}. Use the shape and dtype that it is called with.`,
    );
  }
  cell.assign(value);
}
