// The last step of sequences, whole and padded.

import { arange, compile, type Tensor, tensor, zeros } from '@retrograd/autograd';
import { lastStep } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../refusal.js';

const x = arange(0, 12).reshape([2, 3, 2]);

describe('lastStep', () => {
  it('keeps the last step of each sequence', () => {
    expect(lastStep().forward(x).toArray()).toEqual([
      [4, 5],
      [10, 11],
    ]);
  });

  it('keeps the last step that is there, zeros where none is', () => {
    expect(
      lastStep()
        .forward(x, { lengths: [2, 0] })
        .toArray(),
    ).toEqual([
      [2, 3],
      [0, 0],
    ]);
    const mask = tensor([
      [true, false, true],
      [true, false, false],
    ]);
    expect(lastStep().forward(x, { mask }).toArray()).toEqual([
      [4, 5],
      [6, 7],
    ]);
  });

  it('gives the same, compiled, for lengths that come as a tensor', () => {
    const run = compile((a: Tensor, lengths: Tensor) => lastStep().forward(a, { lengths }));
    expect(run(x, tensor([3, 1], { dtype: 'int32' })).toArray()).toEqual([
      [4, 5],
      [6, 7],
    ]);
  });

  it('takes no sequences, and refuses no steps', () => {
    expect(lastStep().forward(zeros([0, 3, 2])).shape).toEqual([0, 2]);
    expect(lastStep().forward(zeros([0, 3, 2]), { lengths: [] }).shape).toEqual([0, 2]);
    expect(refusal(() => lastStep().forward(zeros([2, 0, 2])))).toBe(
      'ShapeError: lastStep: takes [batch, time, features] of at least one step, got [2, 0, 2]. ' +
        'Put it behind a recurrent layer.',
    );
  });
});
