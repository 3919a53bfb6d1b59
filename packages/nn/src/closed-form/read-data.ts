// Reading samples, targets and losses for the closed form: tensors become matrices with one sample a row.

import {
  ArgumentError,
  DTypeError,
  IndexError,
  Operand,
  ShapeError,
  type Tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import type { LossFunction } from '../losses/index.js';
import { type ClosedLoss, LOSSES, type LossFactory, type LossOptions } from './losses.js';
import { Matrix } from './matrix.js';

/** A loss of the tape. Those of the library carry their name, by which their formula is found. */
export type TapeLoss = LossFunction & { readonly lossName?: string };

/** The losses whose targets may be class indices, one a sample. */
const OF_CLASSES: ReadonlySet<string> = new Set(['crossEntropy', 'nll']);

/** Samples and targets, as the tape and as the recursion take them. */
export interface Data {
  readonly x: Tensor;
  readonly y: Tensor;
  /** One sample a row. */
  readonly samples: Matrix;
  /** One sample a row; class indices as rows of 0 and 1. */
  readonly targets: Matrix;
  readonly ofIndices: boolean;
}

function operandOf(op: string, what: string, value: Operand): Tensor {
  if (value instanceof Operand) return value.read();
  throw new ArgumentError(
    `${op}: ${what} is a tensor, got ${typeof value}. Wrap arrays with tensor(…).`,
  );
}

export function matrixOf(value: Operand): Matrix {
  const [rows = 1, columns = 1] = value.shape;
  return new Matrix(rows, columns, Float64Array.from(value.read().data()));
}

/**
 * Samples of shape [samples, features], or one sample [features], with targets that fit the loss.
 * @throws ShapeError, DTypeError or ArgumentError for anything else.
 */
export function readData(
  op: string,
  input: Operand,
  target: Operand,
  lossName: string | undefined,
  features: number,
  units: number,
): Data {
  const [given, wanted] = [operandOf(op, 'x', input), operandOf(op, 'y', target)];
  const single = given.rank === 1;
  const x: Tensor = single ? given.unsqueeze(0) : given;
  if (x.rank !== 2 || x.shape[1] !== features) {
    throw new ShapeError(
      `${op}: x has one sample a row, [samples, ${features}], got ${formatShape(given.shape)}. ` +
        'Reshape it, or check the number of features.',
    );
  }
  const ofClasses = lossName !== undefined && OF_CLASSES.has(lossName);
  const lone = single && wanted.rank < (ofClasses && wanted.dtype === 'int32' ? 1 : 2);
  const y: Tensor = lone ? wanted.unsqueeze(0) : wanted;
  const m = x.shape[0];

  if (ofClasses && y.rank === 1 && y.shape[0] === m) {
    return { x, y, samples: matrixOf(x), targets: oneHotRows(op, y, units), ofIndices: true };
  }
  const ownLoss = lossName === undefined && y.rank > 0 && y.rank <= 2 && y.shape[0] === m;
  if (ownLoss || (y.rank === 2 && y.shape[0] === m && y.shape[1] === units)) {
    return { x, y, samples: matrixOf(x), targets: matrixOf(y), ofIndices: false };
  }
  const allowed = ofClasses ? ` or class indices ${formatShape([m])}` : '';
  throw new ShapeError(
    `${op}: y has a row for each sample, ${formatShape([m, units])}${allowed}, got ${formatShape(wanted.shape)}. ` +
      'Reshape it, or check the units of the last layer.',
  );
}

/** Rows of 0 and 1 for class indices. */
function oneHotRows(op: string, y: Tensor, classes: number): Matrix {
  if (y.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: class indices are int32, got ${y.dtype}. Cast them with .cast('int32'), or pass probabilities.`,
    );
  }
  const labels = y.data();
  const stray = labels.findIndex((label) => label < 0 || label >= classes);
  if (stray >= 0) {
    throw new IndexError(
      `${op}: class indices run from 0 to ${classes - 1}, got ${labels[stray]} for sample ${stray}. ` +
        'Give the last layer a unit for each class.',
    );
  }
  return Matrix.build(labels.length, classes, (i, c) => (labels[i] === c ? 1 : 0));
}

/** The formulas of a loss that the library names. @throws ArgumentError if it has none. */
export function readLoss(
  op: string,
  loss: TapeLoss | ClosedLoss,
  own: ClosedLoss | undefined,
  options: LossOptions,
  ofIndices: boolean,
): ClosedLoss {
  if (own !== undefined) return checked(op, own);
  if (typeof loss !== 'function') return checked(op, loss);
  const factory: LossFactory | undefined =
    loss.lossName !== undefined && Object.hasOwn(LOSSES, loss.lossName)
      ? LOSSES[loss.lossName]
      : undefined;
  if (factory !== undefined) return factory(options, ofIndices);
  throw new ArgumentError(
    `${op}: J and ∇ₐJ of the loss are known, got a function ${loss.lossName ?? loss.name}`.trimEnd() +
      '. Pass one of the library’s losses with its options beside the others, or the formulas of your own as ' +
      '{ closedLoss: { value: (a, y) => …, gradient: (a, y) => … } }.',
  );
}

/** A user's loss, whose gradient must have the shape of the outputs. */
function checked(op: string, { value, gradient }: ClosedLoss): ClosedLoss {
  return {
    value,
    gradient: (a, y) => {
      const g = gradient(a, y);
      if (g instanceof Matrix && g.rows === a.rows && g.columns === a.columns) return g;
      const got = g instanceof Matrix ? formatShape(g.shape) : typeof g;
      throw new ShapeError(
        `${op}: the gradient of the loss has the shape of the outputs, ${formatShape(a.shape)}, got ${got}. ` +
          'Return a Matrix with one sample a row.',
      );
    },
  };
}
