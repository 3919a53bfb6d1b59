// Which of ten digits is it, if eight by eight grey pixels are all there is to see?
//
// A convolutional network looks at three by three pixels at a time, with the same weights in every place: a stroke is the
// same stroke wherever it lies. Two such layers, the largest of each two by two places, and two dense layers that decide;
// dropout keeps 38,000 weights from learning 1,350 pictures by heart. The pictures are drawn by the example itself, in
// ever new hands and with noise on them, or are those of a file of handwritten digits: 64 columns of pixels (0–16) and a
// column "digit".
//
// npm run example -- digits --data digits.csv --splits 10

import { gather, relu, rng, stack, type Tensor, tensor } from '@retrograd/autograd';
import {
  accuracy,
  adamW,
  type Batch,
  type ConfusionMatrix,
  confusionMatrix,
  conv2d,
  cosineDecay,
  crossEntropy,
  DataError,
  dense,
  dropout,
  flatten,
  maxPool2d,
  predict,
  sequential,
  stratifiedSplit,
  train,
} from '@retrograd/nn';
import { readCsv } from '@retrograd/nn/node';
import { drawDigits, pictures } from './glyphs.js';
import { type Watch, watching } from './progress.js';
import { fileAt } from './settings.js';
import { table, whenRun } from './show.js';
import { UsageError } from './usage-error.js';

export const SETTINGS = { data: '', splits: 1, epochs: 25, seed: 1 };

/** Pictures [N, 1, 8, 8], 0 … 1, and their digits, drawn by the example; `wobble` is how different the hands are. */
export function drawnDigits(count: number, seed: number, wobble = 1.5): Batch {
  const { x, y } = drawDigits({ count, size: 8, wobble, noise: 0.2, seed });
  return { x: x.unsqueeze(1), y };
}

/** The same from a file. @throws UsageError where it is none, or another table. */
export function digitsOf(path: string): Batch {
  const file = fileAt('--data', path);
  const { columns, rows } = explained(() => readCsv(file));
  const digit = columns.indexOf('digit');
  const pixels = columns.flatMap((_, column) => (column === digit ? [] : [column]));
  if (digit < 0 || pixels.length !== 64) {
    throw new UsageError(
      `--data: a column "digit" and 64 others are needed, ${file} has ${columns.length} columns` +
        `${digit < 0 ? ' and no "digit"' : ''}.`,
    );
  }
  const numberAt = (row: number, column: number, most: number): number => {
    const value = Number(rows[row][column]);
    const whole = Number.isInteger(value) && rows[row][column].trim() !== '';
    if (whole && value >= 0 && value <= most) return value;
    throw new UsageError(
      `--data: row ${row + 1} of ${file} has "${rows[row][column]}" for ${columns[column]}, not a whole number of 0 … ${most}.`,
    );
  };
  const grey = rows.flatMap((_, row) => pixels.map((column) => numberAt(row, column, 16) / 16));
  return {
    x: tensor(grey).reshape([-1, 1, 8, 8]),
    y: tensor(Int32Array.from(rows, (_, row) => numberAt(row, digit, 9))),
  };
}

function explained<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DataError) throw new UsageError(`--data: ${error.message}`);
    throw error;
  }
}

const network = (seed: number) => {
  const options = { rng: rng(seed) };
  return sequential(
    conv2d(1, 16, 3, { padding: 'same', ...options }),
    relu,
    conv2d(16, 32, 3, { padding: 'same', ...options }),
    relu,
    maxPool2d(2),
    dropout(0.25, options),
    flatten(),
    dense(512, 64, options),
    relu,
    dropout(0.5, options),
    dense(64, 10, options),
  );
};

export interface Options {
  /** Default: 1,800 drawn ones. */
  readonly digits?: Batch;
  /** How many times another quarter is kept for the test. */
  readonly splits?: number;
  readonly epochs?: number;
  readonly seed?: number;
  readonly watch?: Watch;
}

export interface Read {
  /** The share of the test's digits that were read right, for each split. */
  readonly accuracies: readonly number[];
  /** Of the last split. */
  readonly confusion: ConfusionMatrix;
  /** What it misread there: the picture [8, 8], its digit, and what it was taken for. */
  readonly misread: readonly { picture: Tensor; digit: number; taken: number }[];
}

/** Learns to read three quarters of the digits, and is tested on the rest. */
export async function readDigits(options: Options = {}): Promise<Read> {
  const { splits, epochs, seed } = { ...SETTINGS, ...options };
  const { x, y } = options.digits ?? drawnDigits(1800, seed);
  const accuracies: number[] = [];
  for (let split = 0; ; split++) {
    const rows = stratifiedSplit(y, 0.25, seed + split);
    const part = (at: Int32Array) => ({ x: gather(x, tensor(at)), y: gather(y, tensor(at)) });
    const [training, test] = [part(rows.train), part(rows.test)];
    const model = network(seed + split);
    await train(model, training, {
      loss: crossEntropy,
      optimizer: adamW(model.parameters(), {
        lr: 0.003,
        weightDecay: 0.05,
        schedule: cosineDecay(epochs * Math.ceil(rows.train.length / 32)),
      }),
      epochs,
      seed,
      onProgress: ({ epoch, epochEnd }) => {
        if (epochEnd === null) return;
        options.watch?.(split * epochs + epoch, splits * epochs, epochEnd.loss);
      },
    });
    const logits = predict(model, test.x);
    accuracies.push(accuracy(logits, test.y));
    if (split < splits - 1) continue;

    const [taken, digits] = [logits.argmax(1).data(), test.y.data()];
    const misread = Array.from(digits, (digit, i) => ({
      picture: test.x.slice(i, 0),
      digit,
      taken: taken[i],
    })).filter(({ digit, taken }) => digit !== taken);
    return { accuracies, confusion: confusionMatrix(logits, test.y), misread };
  }
}

export async function main(settings = SETTINGS): Promise<void> {
  const digits = settings.data === '' ? drawnDigits(1800, settings.seed) : digitsOf(settings.data);
  console.log(
    settings.data === ''
      ? 'Digits drawn by the example, in many hands; --data takes a file of real ones.\n'
      : `${digits.x.shape[0]} digits from ${settings.data}\n`,
  );
  console.log(`${pictures(digits.x.slice([0, 10], 0), 10)}\n`);
  console.log(`${network(settings.seed).summary(digits.x.slice([0, 1]))}\n`);
  const watch = watching();
  const { accuracies, confusion, misread } = await readDigits({ ...settings, digits, watch });

  console.log(`\nThe test: digits that were not trained on\n\n${confusion}\n`);
  const shown = misread.slice(0, 8);
  if (shown.length > 0) {
    console.log(
      `Misread: ${shown.length < misread.length ? 'the first 8 of ' : ''}${misread.length}\n`,
    );
    console.log(pictures(stack(shown.map(({ picture }) => picture)), 8));
    console.log(
      shown
        .map((one) => `${one.digit} as ${one.taken}`.padEnd(10))
        .join('')
        .trimEnd(),
    );
  }
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  if (accuracies.length > 1) {
    console.log(
      `\n${table(
        ['split', 'read right'],
        accuracies.map((a, i) => [String(i + 1), percent(a)]),
      )}`,
    );
  }
  const mean = accuracies.reduce((sum, a) => sum + a, 0) / accuracies.length;
  const least =
    accuracies.length > 1 ? ` on average, ${percent(Math.min(...accuracies))} at least` : '';
  console.log(`\nAccuracy: ${percent(mean)}${least}.`);
}

whenRun(import.meta.url, main);
