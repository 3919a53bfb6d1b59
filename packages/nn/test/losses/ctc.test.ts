// Connectionist temporal classification: against counting all paths, at its edges, compiled.

import {
  compile,
  logSoftmax,
  rng,
  type Tensor,
  tensor,
  variable,
  zeros,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { ctc } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const int32 = { dtype: 'int32' } as const;
const draw = (seed: number, ...shape: number[]): Tensor =>
  rng(seed).normal(shape, { dtype: 'float64' });
const lengths = (...counts: number[]) => counts;

/** −ln Σ over all paths of classes that spell the labels, for one sequence [time, classes]. */
function byCounting(logProbs: number[][], labels: readonly number[], blank = 0): number {
  const [steps, classes] = [logProbs.length, logProbs[0].length];
  let total = 0;
  for (let code = 0; code < classes ** steps; code++) {
    const path = Array.from({ length: steps }, (_, t) => Math.floor(code / classes ** t) % classes);
    const spelt = path.filter((c, t) => c !== blank && c !== path[t - 1]);
    if (spelt.join() !== labels.join()) continue;
    total += Math.exp(path.reduce((sum, c, t) => sum + logProbs[t][c], 0));
  }
  return -Math.log(total);
}

describe('ctc', () => {
  it.each([[[1, 2]], [[1, 1]], [[2]], [[]], [[1, 2, 1]]])(
    'sums over all paths that spell %j',
    (labels) => {
      const x = logSoftmax(draw(1, 5, 1, 3));
      const target = tensor(labels, int32).reshape([1, labels.length]);
      const wanted = byCounting(x.reshape([5, 3]).toArray() as number[][], labels);
      expect(ctc(x, target, { reduction: 'sum' }).item()).toBeCloseTo(wanted, 12);
    },
  );

  it('costs ∞ where no alignment fits, 0 if told so, and has no gradient either way', () => {
    const x = draw(2, 2, 2, 3);
    // Two equal labels need a blank between them: three steps.
    const target = tensor(
      [
        [1, 1],
        [1, 2],
      ],
      int32,
    );
    for (const [zeroInfinity, cost] of [
      [false, Number.POSITIVE_INFINITY],
      [true, 0],
    ] as const) {
      const cell = variable(x);
      const rows = ctc(logSoftmax(cell), target, { reduction: 'none', zeroInfinity });
      expect(rows.slice(0).item()).toBe(cost);
      expect(rows.slice(1).item()).toBeGreaterThan(0);
      rows.sum().backward();
      const grad = cell.grad as Tensor;
      expect(grad.slice(null, 0).abs().max().item()).toBe(0);
      expect(grad.slice(null, 1).abs().max().item()).toBeGreaterThan(0);
    }
  });

  it('reads no step and no label behind the lengths', () => {
    const x = logSoftmax(draw(3, 4, 2, 3));
    const padded = tensor(
      [
        [1, -1],
        [2, 1],
      ],
      int32,
    );
    const rows = ctc(x, padded, {
      inputLengths: lengths(2, 4),
      targetLengths: lengths(1, 2),
      reduction: 'none',
    });
    const first = ctc(x.slice([0, 2], [0, 1]), tensor([[1]], int32));
    expect(rows.slice(0).item()).toBeCloseTo(first.item(), 14);
    const second = ctc(x.slice(null, [1]), tensor([[2, 1]], int32), { reduction: 'sum' });
    expect(rows.slice(1).item()).toBeCloseTo(second.item(), 14);
  });

  it('divides each sequence by its labels, of which none counts as one, in the mean', () => {
    const x = logSoftmax(draw(4, 4, 3, 3));
    const target = tensor(
      [
        [1, 2],
        [1, 0],
        [0, 0],
      ],
      int32,
    );
    const options = { targetLengths: lengths(2, 1, 0) };
    const rows = ctc(x, target, { ...options, reduction: 'none' });
    expect(ctc(x, target, options).item()).toBeCloseTo(
      rows
        .div(tensor([2, 1, 1], { dtype: 'float64' }))
        .mean()
        .item(),
      15,
    );
  });

  it('stays exact for sure and for impossible classes', () => {
    const no = Number.NEGATIVE_INFINITY;
    const sure = tensor([[[no, 0]], [[0, no]]], { dtype: 'float64' });
    const cell = variable(sure);
    const loss = ctc(cell, tensor([[1]], int32));
    expect(loss.item()).toBe(0);
    loss.backward();
    expect(cell.grad?.toArray()).toEqual(
      [[[-0, -1]], [[-1, -0]]].map((t) => t.map((b) => b.map((v) => v || 0))),
    );
    expect(
      ctc(logSoftmax(draw(5, 6, 1, 3).mul(1e4)), tensor([[1, 2]], int32)).item(),
    ).toBeGreaterThan(0);
  });

  it('takes nothing: no sequences, no steps, no labels', () => {
    expect(ctc(zeros([3, 0, 2]), zeros([0, 1], int32), { reduction: 'sum' }).item()).toBe(0);
    expect(ctc(zeros([3, 0, 2]), zeros([0, 1], int32)).item()).toBeNaN();
    expect(ctc(zeros([0, 1, 2]), zeros([1, 0], int32)).item()).toBe(0);
    expect(ctc(zeros([0, 1, 2]), tensor([[1]], int32)).item()).toBe(Number.POSITIVE_INFINITY);
  });

  it('agrees with finite differences, twice', () => {
    const target = tensor(
      [
        [1, 1],
        [1, 0],
      ],
      int32,
    );
    const options = { inputLengths: lengths(3, 2), targetLengths: lengths(2, 1) };
    const at = logSoftmax(draw(6, 3, 2, 2));
    gradcheck((x: Tensor) => ctc(x, target, options), [at], { order: 1 });
    const single = tensor([[1]], int32);
    gradcheck((x: Tensor) => ctc(x, single), [logSoftmax(draw(7, 2, 1, 2))]);
  });

  it('compiles, lengths and labels being what varies', () => {
    const cell = variable(draw(7, 5, 2, 3));
    const run = (target: Tensor, inputLengths: Tensor, targetLengths: Tensor) => {
      const loss = ctc(logSoftmax(cell), target, { inputLengths, targetLengths });
      loss.backward();
      const gradient = cell.grad as Tensor;
      cell.clearGrad();
      return [loss, gradient];
    };
    const compiled = compile(run);
    for (const [labels, inputs, targets] of [
      [
        [
          [1, 2],
          [2, 2],
        ],
        [5, 4],
        [2, 2],
      ],
      [
        [
          [2, 0],
          [1, 1],
        ],
        [3, 5],
        [1, 2],
      ],
    ]) {
      const told = [labels, inputs, targets].map((v) => tensor(v as number[], int32));
      const [target, inputLengths, targetLengths] = told;
      const wanted = run(target, inputLengths, targetLengths);
      compiled(target, inputLengths, targetLengths).forEach((got, i) => {
        expect(got.sub(wanted[i]).abs().max().item()).toBeLessThan(1e-13);
      });
    }
  });

  it('refuses what does not fit', () => {
    const [x, target] = [
      zeros([4, 2, 3]),
      tensor(
        [
          [1, 2],
          [1, 1],
        ],
        int32,
      ),
    ];
    expect(refusal(() => ctc(x, zeros([4, 2], int32)))).toBe(
      'ShapeError: ctc: takes log-probabilities [time, batch, classes] and a target [batch, labels], got [4, 2, 3] ' +
        'and [4, 2]. Permute what a recurrent layer gives: .permute([1, 0, 2]).',
    );
    expect(refusal(() => ctc(x, zeros([2, 2])))).toBe(
      "DTypeError: ctc: labels are int32, got float32. Cast them with .cast('int32').",
    );
    expect(refusal(() => ctc(zeros([4, 2, 3], int32), target))).toBe(
      'DTypeError: ctc: log-probabilities are float32 or float64, got int32. Pass what the model returns, before any ' +
        'argmax or rounding.',
    );
    expect(
      refusal(() =>
        ctc(
          x,
          tensor(
            [
              [1, 2],
              [1, 3],
            ],
            int32,
          ),
        ),
      ),
    ).toBe(
      'IndexError: ctc: labels are classes in 0 … 2 other than the blank 0, got 3 in target 1. Shift the labels, or pass ' +
        'targetLengths so that padding is not read.',
    );
    expect(refusal(() => ctc(x, target, { blank: 1 }))).toContain('other than the blank 1, got 1');
    expect(refusal(() => ctc(x, target, { blank: 3 }))).toBe(
      'ArgumentError: ctc: blank is a class in 0 … 2, got 3. Pass the class that stands for no label.',
    );
    expect(refusal(() => ctc(x, target, { inputLengths: [5, 1] }))).toBe(
      'ArgumentError: ctc: inputLengths are whole numbers in 0 … 4, got 5 for sequence 0. Count the steps again.',
    );
    expect(refusal(() => ctc(x, target, { targetLengths: [1] }))).toBe(
      'ShapeError: ctc: targetLengths have shape [2], got [1]. Pass one for each sequence of the batch.',
    );
  });
});
