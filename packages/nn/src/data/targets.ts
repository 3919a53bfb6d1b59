// Data: the column to be predicted, as class indices or as numbers.

import { ArgumentError, type DType, type Tensor, tensor } from '@retrograd/autograd';
import { DataError } from './errors.js';
import { at, categoriesOf, type FilledColumn } from './features.js';
import { Standardizer } from './standardizer.js';

/** What is to be predicted: one of some classes, or a number. */
export type Task = 'classification' | 'regression';

/** A target column, ready to be encoded. */
export interface Target {
  readonly task: Task;
  /** The names of the classes, sorted (numbers by value); none in regression. */
  readonly classes: readonly string[];
  /** The class indices of all rows, −1 where a row has no class; null in regression. */
  readonly labels: Int32Array | null;
}

/** Whole numbers with at most so many different values, and on average so many rows for each, are read as classes. */
const MOST_NUMBERED_CLASSES = 20;
const ROWS_A_CLASS = 5;

/**
 * Reads a column as a target. Categories are classes; numbers are classes if `task` says so, or if it says nothing and
 * they are whole, at most 20 different ones, with 5 rows or more for each on average (digits, grades).
 * @throws DataError if only one class, or one number, occurs, or if categories are to be regressed.
 */
export function readTarget(column: FilledColumn, rows: Int32Array, task?: Task): Target {
  if (task !== undefined && task !== 'classification' && task !== 'regression') {
    throw new ArgumentError(
      `prepareData: task is 'classification' or 'regression', got '${String(task)}'. Pass one of the two.`,
    );
  }
  if (column.kind === 'category') {
    if (task === 'regression') {
      throw new DataError(
        `prepareData: regression needs a column of numbers, got categories in '${column.name}'. ` +
          "Choose another target, or the task 'classification'.",
      );
    }
    return classTarget(column.name, column.values, categoriesOf(column, rows));
  }
  const numbers = [...new Set(at(column.values, rows))].sort((a, b) => a - b);
  if ((task ?? guess(numbers, rows.length)) === 'classification') {
    return classTarget(column.name, Array.from(column.values, String), numbers.map(String));
  }
  if (numbers.length === 1) throw constantTarget(column.name, `the number ${numbers[0]}`);
  return { task: 'regression', classes: [], labels: null };
}

function guess(numbers: readonly number[], rows: number): Task {
  const few = numbers.length <= MOST_NUMBERED_CLASSES && numbers.length * ROWS_A_CLASS <= rows;
  return few && numbers.every(Number.isInteger) ? 'classification' : 'regression';
}

function classTarget(
  name: string,
  values: readonly (string | null)[],
  classes: readonly string[],
): Target {
  if (classes.length === 1) throw constantTarget(name, `the class '${classes[0]}'`);
  const places = new Map<string | null, number>(classes.map((value, k) => [value, k]));
  const labels = Int32Array.from(values, (value) => places.get(value) ?? -1);
  return { task: 'classification', classes, labels };
}

function constantTarget(name: string, value: string): DataError {
  return new DataError(
    `prepareData: a target has at least two values to tell apart, got only ${value} in '${name}'. ` +
      'Choose another target column, or bring rows with other values.',
  );
}

/** Class indices, int32 [rows]; or numbers, standardised by `scale`, as [rows, 1], the shape that a network gives. */
export function encodeTarget(
  { labels }: Target,
  column: FilledColumn,
  scale: Standardizer,
  rows: Int32Array,
  dtype: DType,
): Tensor {
  if (labels !== null) return tensor(Int32Array.from(rows, (row) => labels[row]));
  const values = at(column.values as Float64Array, rows).map((value) => scale.apply(value));
  return tensor(values, { dtype }).reshape([rows.length, 1]);
}

/** The figures that a target is standardised by: those of the rows trained on, or such that nothing changes. */
export function targetScale(
  { task }: Target,
  column: FilledColumn,
  trained: Int32Array,
  standardize: boolean,
): Standardizer {
  return standardize && task === 'regression'
    ? Standardizer.of(at(column.values as Float64Array, trained))
    : new Standardizer(0, 1);
}
