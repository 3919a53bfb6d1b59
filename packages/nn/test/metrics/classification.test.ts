// Metrics of classes: examples by hand, what stands for what, classes without samples, what is refused.

import { inspect } from 'node:util';
import {
  ArgumentError,
  DTypeError,
  IndexError,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@retrograd/autograd';
import { type Average, accuracy, confusionMatrix, f1, precision, recall } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const indices = (...values: number[]) => tensor(values, { dtype: 'int32' });

// Of class 0: 3 samples, 2 found; of class 1: 2, 1 found; of class 2: 1, found. One of 0 is taken for 1, one of 1 for 2.
const actual = indices(0, 0, 0, 1, 1, 2);
const predicted = indices(0, 0, 1, 1, 2, 2);
const logits = tensor([
  [2, 1, 0],
  [9, 1, 0],
  [0, 1, -1],
  [-5, -1, -2],
  [0, 0, 0.5],
  [1, 2, 3],
]);

describe('accuracy', () => {
  it('is the share that is right', () => {
    expect(accuracy(predicted, actual)).toBeCloseTo(4 / 6, 15);
    expect(accuracy(actual, actual)).toBe(1);
  });

  it('takes logits and probabilities, and one-hot targets', () => {
    const oneHot = tensor([
      [1, 0, 0],
      [1, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(accuracy(logits, actual)).toBeCloseTo(4 / 6, 15);
    expect(accuracy(logits.softmax(), oneHot)).toBeCloseTo(4 / 6, 15);
  });

  it('takes one score a sample: logits above 0, or probabilities above a threshold', () => {
    const scores = tensor([[-1], [0.2], [0.7], [3]]);
    const yes = tensor([[0], [0], [1], [1]]);
    expect(accuracy(scores, yes)).toBe(0.75);
    expect(accuracy(scores, yes, { threshold: 0.5 })).toBe(1);
    expect(accuracy(scores.reshape([4]), indices(0, 0, 1, 1))).toBe(0.75);
    expect(accuracy(scores.greater(0), yes.greater(0))).toBe(0.75);
  });

  it('is NaN without samples', () => {
    expect(accuracy(zeros([0, 3]), indices())).toBeNaN();
  });
});

describe('precision, recall and F1', () => {
  it('have one value for each class', () => {
    const options = { average: 'none' } as const;
    expect(precision(predicted, actual, options)).toEqual([1, 1 / 2, 1 / 2]);
    expect(recall(predicted, actual, options)).toEqual([2 / 3, 1 / 2, 1]);
    expect(f1(predicted, actual, options)).toEqual([4 / 5, 1 / 2, 2 / 3]);
  });

  it('are the mean over classes unless told otherwise', () => {
    expect(precision(logits, actual)).toBeCloseTo(2 / 3, 15);
    expect(recall(logits, actual)).toBeCloseTo((2 / 3 + 1 / 2 + 1) / 3, 15);
    expect(f1(logits, actual, { average: 'macro' })).toBeCloseTo((4 / 5 + 1 / 2 + 2 / 3) / 3, 15);
  });

  it('weigh the classes by their samples', () => {
    const options = { average: 'weighted' } as const;
    expect(precision(predicted, actual, options)).toBeCloseTo((3 * 1 + 2 * 0.5 + 0.5) / 6, 15);
    expect(recall(predicted, actual, options)).toBeCloseTo(4 / 6, 15);
    expect(f1(predicted, actual, options)).toBeCloseTo((3 * 0.8 + 2 * 0.5 + 2 / 3) / 6, 15);
  });

  it('are the accuracy where all counts are taken together', () => {
    for (const metric of [precision, recall, f1]) {
      expect(metric(predicted, actual, { average: 'micro' })).toBeCloseTo(4 / 6, 15);
    }
  });

  it('are 0 for classes without samples or predictions, never NaN', () => {
    const options = { average: 'none', classes: 4 } as const;
    expect(precision(indices(0, 0), indices(0, 1), options)).toEqual([0.5, 0, 0, 0]);
    expect(recall(indices(0, 2), indices(0, 0), options)).toEqual([0.5, 0, 0, 0]);
    expect(f1(indices(0, 2), indices(0, 1), options)).toEqual([1, 0, 0, 0]);
  });

  it('are 0 without samples', () => {
    for (const metric of [precision, recall, f1]) {
      expect(metric(indices(), indices())).toBe(0);
      expect(metric(zeros([0, 2]), indices(), { average: 'none' })).toEqual([0, 0]);
      expect(metric(zeros([0, 2]), indices(), { average: 'micro' })).toBe(0);
      expect(metric(zeros([0, 2]), indices(), { average: 'weighted' })).toBe(0);
    }
  });

  it('go by their names', () => {
    expect([precision, recall, f1, accuracy].map(({ name }) => name)).toEqual([
      'precision',
      'recall',
      'f1',
      'accuracy',
    ]);
  });

  it('refuse an average that there is not', () => {
    const call = () => f1(predicted, actual, { average: 'mean' as Exclude<Average, 'none'> });
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow("average is 'macro', 'micro', 'weighted' or 'none', got mean.");
  });
});

describe('confusionMatrix', () => {
  const matrix = confusionMatrix(logits, actual, { labels: ['Adelie', 'Chinstrap', 'Gentoo'] });

  it('counts what was taken for what', () => {
    expect(matrix.counts).toEqual([
      [2, 1, 0],
      [0, 1, 1],
      [0, 0, 1],
    ]);
    expect(matrix.total).toBe(6);
    expect(matrix.support).toEqual([3, 2, 1]);
    expect(matrix.predicted).toEqual([2, 2, 2]);
    expect(matrix.accuracy).toBeCloseTo(4 / 6, 15);
    expect(matrix.f1('none')).toEqual([4 / 5, 1 / 2, 2 / 3]);
    expect(matrix.precision()).toBeCloseTo(2 / 3, 15);
    expect(matrix.recall('micro')).toBeCloseTo(4 / 6, 15);
  });

  it('prints a table', () => {
    expect(String(matrix)).toBe(
      [
        'actual \\ predicted   Adelie  Chinstrap  Gentoo   recall',
        'Adelie                    2          1       0   66.7 %',
        'Chinstrap                 0          1       1   50.0 %',
        'Gentoo                    0          0       1  100.0 %',
        'precision           100.0 %     50.0 %  50.0 %',
        'accuracy 66.7 % of 6',
      ].join('\n'),
    );
    expect(inspect(matrix)).toBe(String(matrix));
  });

  it('names classes by their index, and has two for one score a sample', () => {
    const binary = confusionMatrix(tensor([1, 2]), tensor([1, 1]));
    expect(binary.counts).toEqual([
      [0, 0],
      [0, 2],
    ]);
    expect(binary.labels).toEqual(['0', '1']);
  });

  it('prints that there are no samples', () => {
    const empty = confusionMatrix(zeros([0, 2]), indices());
    expect(empty.accuracy).toBeNaN();
    expect(String(empty).split('\n').at(-1)).toBe('no samples');
    expect(confusionMatrix(indices(), indices()).counts).toEqual([]);
  });

  it('refuses another number of labels than of classes', () => {
    const call = () => confusionMatrix(logits, actual, { labels: ['a', 'b', 'c'], classes: 4 });
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow('confusionMatrix: labels has one name for each of 4 classes, got 3.');
  });
});

describe('metrics of classes refuse', () => {
  const refused = (
    error: new (message: string) => Error,
    sentence: string,
    call: () => unknown,
  ) => {
    expect(call).toThrow(error);
    expect(call).toThrow(sentence);
  };

  it('different numbers of samples', () => {
    refused(
      ShapeError,
      'accuracy: prediction and target hold as many samples, got 6 in [6, 3] and 2 in [2].',
      () => accuracy(logits, indices(0, 1)),
    );
  });

  it('a class that there is not, in either', () => {
    refused(IndexError, 'recall: class indices lie in 0 … 2, got 3 in row 5 of the target.', () =>
      recall(logits, indices(0, 0, 0, 0, 0, 3)),
    );
    refused(IndexError, 'f1: class indices lie in 0 … 2, got -1 in row 0 of the prediction.', () =>
      f1(indices(-1, 2), indices(0, 0)),
    );
  });

  it('class indices as floating numbers', () => {
    const sentence =
      'accuracy: class indices are int32, and other targets of one number a sample lie in [0, 1], got ';
    refused(DTypeError, `${sentence}float32 for outputs [6, 3].`, () =>
      accuracy(logits, zeros([6])),
    );
    refused(DTypeError, `${sentence}2.`, () => accuracy(tensor([1, 2]), tensor([1, 2])));
    refused(DTypeError, `${sentence}NaN.`, () => accuracy(tensor([1]), tensor([Number.NaN])));
  });

  it.each([-1, 1.5])('%s classes', (classes) => {
    refused(ArgumentError, `accuracy: classes is a whole number, got ${classes}.`, () =>
      accuracy(predicted as Tensor, actual, { classes }),
    );
  });
});
