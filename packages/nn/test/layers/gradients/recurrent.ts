// Gradient checks of recurrent layers, and of one step of each.

import type { Tensor } from '@retrograd/autograd';
import { gru, gruCell, lastStep, lstm, lstmCell, type Module, rnn, rnnCell } from '@retrograd/nn';
import {
  firstOrder,
  type GradientCase,
  type GradientCases,
  int32,
  layer,
  PADDING,
} from './case.js';

/** The cases of every recurrent layer; `run` is given the parts of the state that it begins with, if any. */
function recurrent<M extends Module>(
  make: (features: number, units: number, options: object) => M,
  states: number,
  run: (own: M, x: Tensor, state: Tensor[] | null, options: object) => unknown,
): readonly GradientCase[] {
  const parts = (...shape: number[]) => Array.from({ length: states }, () => shape);
  return [
    firstOrder(
      layer(
        'deep, dropping between layers',
        (rng) => make(1, 2, { layers: 2, dropout: 0.4, bias: false, rng }),
        [[2, 2, 1]],
        (own, x) => run(own, x, null, {}),
      ),
    ),
    layer(
      'both ways, over sequences of several lengths',
      (rng) => make(1, 1, { bidirectional: true, rng }),
      [[2, 2, 1]],
      (own, x) => run(own, x, null, { lengths: int32([2, 1]) }),
    ),
    layer(
      'from a state, over sequences with gaps',
      (rng) => make(1, 1, { rng }),
      [[2, 3, 1], ...parts(1, 2, 1)],
      (own, x, ...state) => run(own, x, state, { mask: PADDING }),
    ),
  ];
}

export const RECURRENT: GradientCases = {
  rnn: [
    ...recurrent(rnn, 1, (own, x, state, options) =>
      own.run(x, { ...options, ...(state && { state: state[0] }) }),
    ),
    layer('with relu', (rng) => rnn(1, 2, { activation: 'relu', rng }), [[1, 3, 1]]),
  ],
  gru: recurrent(gru, 1, (own, x, state, options) =>
    own.run(x, { ...options, ...(state && { state: state[0] }) }),
  ),
  lstm: recurrent(lstm, 2, (own, x, state, options) =>
    own.run(x, { ...options, ...(state && { state: { hidden: state[0], cell: state[1] } }) }),
  ),
  rnnCell: [
    layer(
      'from a state',
      (rng) => rnnCell(2, 2, { rng }),
      [
        [2, 2],
        [2, 2],
      ],
      (own, x, h) => own.step(x, h),
    ),
  ],
  gruCell: [
    layer(
      'from a state',
      (rng) => gruCell(2, 2, { rng }),
      [
        [2, 2],
        [2, 2],
      ],
      (own, x, h) => own.step(x, h),
    ),
  ],
  lstmCell: [
    layer(
      'from a state',
      (rng) => lstmCell(2, 2, { rng }),
      [
        [2, 2],
        [2, 2],
        [2, 2],
      ],
      (own, x, hidden, cell) => own.step(x, { hidden, cell }),
    ),
  ],
  lastStep: [
    layer(
      'of sequences of several lengths',
      () => lastStep(),
      [[2, 3, 2]],
      (own, x) => own.forward(x, { lengths: [2, 0] }),
    ),
    layer(
      'of sequences with gaps',
      () => lastStep(),
      [[2, 3, 2]],
      (own, x) => own.forward(x, { mask: PADDING }),
    ),
  ],
};
