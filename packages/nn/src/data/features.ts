// Data: columns become the features of a network: numbers standardised, categories one-hot.

import { type DType, type Tensor, tensor } from '@retrograd/autograd';
import { DataError } from './errors.js';
import { Standardizer } from './standardizer.js';
import { type CategoryColumn, type Column, listed, type NumberColumn } from './table.js';

/** A column of numbers, and the figures it is standardised by: one feature. */
export interface NumberFeature {
  readonly kind: 'number';
  readonly name: string;
  readonly scale: Standardizer;
}

/** A column of categories: one feature for each, 1 where the row is of that category and 0 elsewhere. */
export interface CategoryFeature {
  readonly kind: 'category';
  readonly name: string;
  /** Sorted. */
  readonly categories: readonly string[];
}

/** How one column is encoded. */
export type Feature = NumberFeature | CategoryFeature;

/** A column that has values. */
export type FilledColumn = NumberColumn | CategoryColumn;

/** More categories than this are names or keys, and tell a network nothing. */
const MOST_CATEGORIES = 256;

/**
 * How to encode columns: categories as they occur in `rows`, numbers by the mean and the standard deviation of the
 * rows that are trained on, so that the test says nothing beforehand.
 * @throws DataError for a column of more than 256 categories.
 */
export function fitFeatures(
  columns: readonly FilledColumn[],
  rows: Int32Array,
  trained: Int32Array,
): Feature[] {
  return columns.map((column): Feature => {
    const { name } = column;
    if (column.kind === 'number') {
      return { kind: 'number', name, scale: Standardizer.of(at(column.values, trained)) };
    }
    const categories = categoriesOf(column, rows);
    if (categories.length > MOST_CATEGORIES) {
      throw new DataError(
        `prepareData: a column has at most ${MOST_CATEGORIES} categories, got ${categories.length} in '${name}', ` +
          `such as ${listed(categories.slice(0, 3))}. Ignore the column if it holds names or keys.`,
      );
    }
    return { kind: 'category', name, categories };
  });
}

/** The values at some positions. */
export function at(values: Float64Array, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]);
}

/** The distinct values at some positions, sorted. */
export function categoriesOf({ values }: CategoryColumn, rows: Int32Array): string[] {
  const found = new Set<string>();
  for (const row of rows) found.add(values[row] as string);
  return [...found].sort();
}

/** The names of the features, in the order of the encoded columns: `mass`, `island=Biscoe`, `island=Dream`, … */
export function featureNames(features: readonly Feature[]): string[] {
  return features.flatMap((feature) =>
    feature.kind === 'number'
      ? [feature.name]
      : feature.categories.map((category) => `${feature.name}=${category}`),
  );
}

/**
 * Some rows of the columns as [rows, features].
 * @throws DataError where a column is of another kind than its feature, or a row has no value or an unknown category.
 */
export function encode(
  features: readonly Feature[],
  columns: readonly Column[],
  rows: Int32Array,
  dtype: DType,
  rowNumber: (row: number) => number,
): Tensor<[number, number]> {
  const width = featureNames(features).length;
  const elements = new Float64Array(rows.length * width);
  let start = 0;
  features.forEach((feature, i) => {
    const write = writerOf(feature, columns[i], rowNumber);
    rows.forEach((row, n) => {
      write(row, elements, n * width + start);
    });
    start += feature.kind === 'number' ? 1 : feature.categories.length;
  });
  return tensor(elements, { dtype }).reshape([rows.length, width]);
}

type Writer = (row: number, elements: Float64Array, place: number) => void;

function writerOf(feature: Feature, column: Column, rowNumber: (row: number) => number): Writer {
  const { name } = feature;
  const missing = (row: number) =>
    new DataError(
      `encode: every row has a value in column '${name}', got none in row ${rowNumber(row)}. ` +
        'Fill the cell, or leave the row out.',
    );
  if (feature.kind === 'number' && column.kind === 'number') {
    return (row, elements, place) => {
      if (Number.isNaN(column.values[row])) throw missing(row);
      elements[place] = feature.scale.apply(column.values[row]);
    };
  }
  if (feature.kind === 'category' && column.kind === 'category') {
    const places = new Map(feature.categories.map((category, k) => [category, k]));
    return (row, elements, place) => {
      const value = column.values[row];
      if (value === null) throw missing(row);
      const k = places.get(value);
      if (k === undefined) {
        throw new DataError(
          `encode: column '${name}' has the categories ${listed(feature.categories)}, ` +
            `got '${value}' in row ${rowNumber(row)}. Correct the cell, or train with rows of that category.`,
        );
      }
      elements[place + k] = 1;
    };
  }
  if (column.kind === 'empty') {
    return (row) => {
      throw missing(row);
    };
  }
  throw new DataError(
    `encode: column '${name}' holds ${feature.kind === 'number' ? 'numbers' : 'categories'}, ` +
      `got ${column.kind === 'number' ? 'numbers' : 'categories'}. Use the columns that were trained with.`,
  );
}
