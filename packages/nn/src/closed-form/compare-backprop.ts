// The tape beside the closed form, layer by layer.

import { ArgumentError, type Operand, type Shape, type Tensor } from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import type { Module } from '../module.js';
import { type ClosedFormOptions, type Run, run } from './closed-form.js';
import {
  type Difference,
  differenceOf,
  formatDifference,
  formatTable,
  larger,
  within,
} from './differences.js';
import { ComparisonError } from './errors.js';
import { type Matrix, transpose } from './matrix.js';
import type { TapeLoss } from './read-data.js';
import type { Penalty } from './recursion.js';
import { runTape, type TapePenalty } from './run-tape.js';

/** What is compared: of every layer five quantities, and at the end the value of J. */
export type Quantity = 'z' | 'a' | 'δ' | '∂J/∂W' | '∂J/∂b' | 'J';

/** One quantity of one layer, as the tape and as the closed form has it. */
export interface ComparisonRow {
  /** The layer's place in the model, as in the names of its state; '' for J. */
  readonly layer: string;
  /** Its number in the derivations, where 1 is the input: 2 … L; for J, L. */
  readonly l: number;
  readonly quantity: Quantity;
  /** The shape that the tape has. */
  readonly shape: Shape;
  /** max |tape − closed form| */
  readonly absolute: number;
  /** max |tape − closed form| / max |closed form| */
  readonly relative: number;
}

/** A penalty that both sides know: R of λ Σ R(θ) for the tape, R and R′ for the closed form. */
export interface ComparedPenalty extends Penalty {
  /** R(θ) of every weight, with tensors. */
  readonly tensor: (weight: Tensor) => Tensor;
}

export interface CompareOptions extends Omit<ClosedFormOptions, 'regularization'> {
  /** λ of J = loss + (λ/2m) Σθ², m the number of samples, or another λ Σ R(θ). Over the weights, not the biases. */
  readonly regularization?: number | ComparedPenalty;
}

/** What the comparison of a tape with the closed form found. Prints as a table. */
export class BackpropReport {
  /** Layer by layer z, a, δ, ∂J/∂W, ∂J/∂b; then J. */
  readonly rows: readonly ComparisonRow[];

  /** @internal Use `compareBackprop(model, x, y, loss)`. */
  constructor(rows: readonly ComparisonRow[]) {
    this.rows = rows;
  }

  /** The row with the largest relative difference. */
  get largest(): ComparisonRow {
    return this.rows.reduce(larger);
  }

  /** The largest differences of each quantity over all layers. */
  get byQuantity(): Readonly<Partial<Record<Quantity, Omit<Difference, 'at'>>>> {
    const quantities = [...new Set(this.rows.map(({ quantity }) => quantity))];
    return Object.fromEntries(
      quantities.map((quantity) => {
        const own = this.rows.filter((row) => row.quantity === quantity);
        const absolute = own.reduce((most, row) => Math.max(most, row.absolute), 0);
        return [quantity, { absolute, relative: own.reduce(larger).relative }];
      }),
    );
  }

  /**
   * @throws ComparisonError that names the worst layer and quantity, if a relative difference is above `tolerance`
   *   (default 1e-12, for float64; float32 wants about 1e-4).
   */
  assertClose(tolerance = 1e-12): this {
    const worst = this.largest;
    if (within(worst.relative, tolerance)) return this;
    throw new ComparisonError(
      `compareBackprop: tape and closed form agree to ${tolerance}, got a relative difference of ` +
        `${formatDifference(worst.relative)} in ${worst.quantity}${ofLayer(worst)}. ` +
        `${first(this.rows, tolerance)}`,
    );
  }

  toString(): string {
    const head = ['layer', 'quantity', 'shape', 'max |tape − closed form|', '/ max |closed form|'];
    const lines = this.rows.map(({ layer, quantity, shape, absolute, relative }) => [
      layer,
      quantity,
      formatShape(shape),
      formatDifference(absolute),
      formatDifference(relative),
    ]);
    const worst = this.largest;
    const foot = `largest relative difference ${formatDifference(worst.relative)}: ${worst.quantity}${ofLayer(worst)}`;
    return `${formatTable([head, ...lines])}\n${foot}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function ofLayer({ layer, quantity }: ComparisonRow): string {
  if (quantity === 'J') return '';
  return layer === '' ? ' of the layer' : ` of layer ${layer}`;
}

/** Backward runs from J to the first layer, so the fault is where the difference appears first on that way. */
function first(rows: readonly ComparisonRow[], tolerance: number): string {
  const off = rows.filter(({ relative }) => !within(relative, tolerance));
  const forward = off.find(({ quantity }) => quantity === 'z' || quantity === 'a');
  if (forward !== undefined) {
    return `Look at the forward pass first: ${forward.quantity}${ofLayer(forward)} is off already.`;
  }
  const backward = off.filter(({ quantity }) => quantity !== 'J').at(-1);
  if (backward === undefined) return 'Look at the value of the loss: all gradients agree.';
  const deltas = off.filter(({ quantity }) => quantity === 'δ');
  const start = deltas.at(-1) ?? backward;
  return `Look at what comes after ${start.quantity}${ofLayer(start)}, where it begins on the way back.`;
}

function tapePenalty(option: CompareOptions['regularization'], run: Run): TapePenalty | null {
  const { penalty } = run;
  if (penalty === null) return null;
  const R =
    typeof option === 'object' ? option.tensor : (weight: Tensor): Tensor => weight.square();
  return (weights) =>
    weights
      .map((weight): Tensor => R(weight.value).sum())
      .reduce((sum, own): Tensor => sum.add(own))
      .mul(penalty.lambda);
}

/** What the tape has and what the closed form has, side by side; the latter as the tape lays it out. */
function compareRow(
  at: Pick<ComparisonRow, 'layer' | 'l' | 'quantity'>,
  tape: Tensor,
  closed: ArrayLike<number>,
): ComparisonRow {
  const { absolute, relative } = differenceOf(tape.data(), closed);
  return { ...at, shape: tape.shape, absolute, relative };
}

/** For a cell that several layers share: the sum of their shares, as the tape has it. */
function shared(
  run: Run,
  cell: 'weight' | 'bias',
  index: number,
  gradients: readonly ArrayLike<number>[],
): ArrayLike<number> {
  const own = run.layers[index].dense[cell];
  const together = run.layers.filter(({ dense }) => dense[cell] === own);
  if (together.length === 1) return gradients[together[0].l];
  const shares = together.map(({ l }) => gradients[l]);
  return Array.from(shares[0], (_, i) => shares.reduce((sum, share) => sum + share[i], 0));
}

/**
 * Sets the closed form against the tape: runs the model on a batch, the tape back from J, and the recursion beside it.
 *
 * ```ts
 * const model = sequential(dense(4, 16), tanh, dense(16, 3)).to('float64');
 * console.log(compareBackprop(model, x, labels, crossEntropy));
 * compareBackprop(model, x, labels, crossEntropy).assertClose();   // to 1e-12
 * ```
 *
 * Meant for float64; in float32 the tape's own rounding shows, about 1e-6. Neither the model's gradients nor its cells
 * are changed. Options of the loss (`reduction`, `labelSmoothing`, …) are passed here, and reach both sides.
 *
 * @throws what `closedForm` throws; ArgumentError for a loss that is not a function.
 */
export function compareBackprop(
  model: Module,
  x: Operand,
  y: Operand,
  loss: TapeLoss,
  options: CompareOptions = {},
): BackpropReport {
  const op = 'compareBackprop';
  if (typeof loss !== 'function') {
    throw new ArgumentError(
      `${op}: the tape runs a loss that is a function, got ${typeof loss}. ` +
        'Pass the function, and its formulas as { closedLoss: { value, gradient } }.',
    );
  }
  const found = run(op, model, x, y, loss, options);
  const { layers, data, layout, pass } = found;
  const tape = runTape(
    layers,
    data.x,
    data.y,
    loss,
    found.options,
    tapePenalty(options.regularization, found),
    found.penalized,
  );

  const rowsOf = (A: Matrix) => (layout === 'rows' ? A : transpose(A)).data;
  const outByIn = (W: Matrix) => (layout === 'columns' ? W : transpose(W)).data;
  const dW: ArrayLike<number>[] = [];
  for (const { l } of layers) dW[l] = outByIn(pass.dW[l]);

  const rows = layers.flatMap(({ l, place }, i): ComparisonRow[] => {
    const { z, a, delta, weightGradient, biasGradient } = tape.layers[i];
    const at = { layer: place, l };
    return [
      compareRow({ ...at, quantity: 'z' }, z, rowsOf(pass.z[l])),
      compareRow({ ...at, quantity: 'a' }, a, rowsOf(pass.a[l])),
      compareRow({ ...at, quantity: 'δ' }, delta, rowsOf(pass.delta[l])),
      compareRow({ ...at, quantity: '∂J/∂W' }, weightGradient, shared(found, 'weight', i, dW)),
      ...(biasGradient === null
        ? []
        : [
            compareRow(
              { ...at, quantity: '∂J/∂b' },
              biasGradient,
              shared(found, 'bias', i, pass.db),
            ),
          ]),
    ];
  });
  const J = { layer: '', l: layers.length + 1, quantity: 'J' } as const;
  return new BackpropReport([...rows, compareRow(J, tape.loss, [pass.J])]);
}
