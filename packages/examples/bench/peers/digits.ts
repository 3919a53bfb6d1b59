// A whole training on handwritten digits: what everybody is asked, and what is made of the answers.
import { readFileSync } from 'node:fs';
import { median } from './figures.js';
import { figure, markdownTable } from './table.js';

/** The same for everybody: relu between the layers, Adam, no decay of weights, and every epoch gone through. */
export const TRAINING = { sizes: [64, 64, 32, 10], lr: 0.001, batch: 32, epochs: 40 } as const;

export const SPLITS = 10;

/** How much lower than a peer's our mean accuracy may be: 0.3 points. */
export const MARGIN = 0.003;

/** One training: on some rows of the file, tested on the others. */
export interface Question {
  readonly op: 'train';
  readonly file: string;
  readonly sizes: readonly [number, number, number, number];
  readonly lr: number;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
  readonly training: readonly number[];
  readonly test: readonly number[];
}

/** What one of them did: for each split, the seconds of the training alone, and the share of the test read right. */
export interface Trained {
  readonly lib: string;
  readonly variant: string;
  readonly seconds: readonly number[];
  readonly accuracies: readonly number[];
}

/** A file of float32: the pixels of all rows, 0 … 1, then all labels. */
export function readDigitsFile(file: string, features: number = TRAINING.sizes[0]) {
  const bytes = readFileSync(file);
  const numbers = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  );
  const pixels = (numbers.length / (features + 1)) * features;
  return { pixels: numbers.slice(0, pixels), labels: Int32Array.from(numbers.subarray(pixels)) };
}

export const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/** Those of ours whose mean accuracy is more than the margin below the best of the peers. */
export function fallingShort(all: readonly Trained[]): Trained[] {
  const isOurs = ({ lib }: Trained): boolean => lib === 'retrograd';
  const best = Math.max(
    ...all.filter((each) => !isOurs(each)).map(({ accuracies }) => meanOf(accuracies)),
  );
  return all.filter((each) => isOurs(each) && !(meanOf(each.accuracies) >= best - MARGIN));
}

/** As a table, with whether ours are as good as theirs; nothing where nobody trained. */
export function digitsSection(all: readonly Trained[]): string[] {
  if (all.length === 0) return [];
  const ours = median(all.find(({ lib }) => lib === 'retrograd')?.seconds ?? []);
  const percent = (share: number): string => (100 * share).toFixed(2);
  const body = all.map(({ lib, variant, seconds, accuracies }) => [
    `${lib}, ${variant}`,
    figure(median(seconds) * 1000),
    figure(Math.max(...seconds) * 1000),
    figure(median(seconds) / ours),
    percent(meanOf(accuracies)),
    percent(Math.min(...accuracies)),
  ]);
  const head = ['trained by', 'ms', 'slowest ms', '÷ ours', 'mean accuracy %', 'least %'];
  const { sizes, lr, batch, epochs } = TRAINING;
  const points = figure(100 * MARGIN);
  const short = fallingShort(all).map(({ lib, variant }) => `${lib}, ${variant}`);
  const compared = all.some(({ lib }) => lib !== 'retrograd');
  const verdict =
    short.length > 0
      ? `ACCURACY IS LOWER by more than ${points} points: ${short.join('; ')}.`
      : `No mean accuracy of ours is more than ${points} points below the best of the others.`;
  return [
    '## A whole training: handwritten digits',
    `Pictures of 8 × 8 pixels through ${sizes.join('-')}: ${epochs} epochs of Adam, rate ${lr}, in batches of ${batch}. ` +
      `In turn on ${SPLITS} stratified splits, a quarter of the rows kept for the test; the same rows for everybody, who ` +
      'draws first weights and orders of its own. Times are of the training alone, from the first weight to the last ' +
      'step, ours with the compilation of the step; medians, and the slowest.',
    markdownTable(head, body),
    ...(compared ? [verdict] : []),
  ];
}
