// What layers take and give, as the compiler knows it.

import { relu, type Tensor, tanh, type Variable, zeros } from '@retrograd/autograd';
import { expectTypeOf } from 'vitest';
import {
  batchNorm,
  type Conv2d,
  conv2d,
  type Dense,
  dense,
  dropout,
  embedding,
  flatten,
  gru,
  lastStep,
  layerNorm,
  lstm,
  lstmCell,
  type Module,
  maxPool2d,
  multiHeadAttention,
  rnn,
  type Sequential,
  sequential,
  transformerEncoderLayer,
} from '../../src/index.js';
import type { ChannelProblem } from '../../src/layers/typed-channels.js';
import type { FeatureProblem } from '../../src/layers/typed-features.js';

const anything: Tensor = zeros([5, 3]);

// ── What comes out ─────────────────────────────────────────────────────────────────────────────────

expectTypeOf(dense(3, 4).weight).toEqualTypeOf<Variable<[4, 3]>>();
expectTypeOf(dense(3, 4).forward(zeros([5, 3])).shape).toEqualTypeOf<[5, 4]>();
expectTypeOf(dense(3, 4).forward(zeros([3])).shape).toEqualTypeOf<[4]>();
expectTypeOf(dense(3, 4).forward(zeros([2, 5, 3])).shape).toEqualTypeOf<[2, 5, 4]>();
expectTypeOf(dense(3, 4).forward(anything).shape).toEqualTypeOf<number[]>();
expectTypeOf(dropout(0.5).forward(zeros([5, 3])).shape).toEqualTypeOf<[5, 3]>();
expectTypeOf(sequential(dense(3, 4), tanh).forward(zeros([5, 3])).shape).toEqualTypeOf<[5, 4]>();
expectTypeOf(sequential(dense(3, 4)).forward(zeros([3])).shape).toEqualTypeOf<number[]>();
expectTypeOf(sequential(dense(3, 4)).forward(zeros([2, 5, 3])).shape).toEqualTypeOf<number[]>();

// ── What is refused, and in which words ────────────────────────────────────────────────────────────

// @ts-expect-error 4 features where 3 are taken
dense(3, 4).forward(zeros([5, 4]));
// @ts-expect-error 4 features where 3 are taken
sequential(dense(3, 4), tanh).forward(zeros([5, 4]));
// @ts-expect-error 1 channel where 3 are taken
conv2d(3, 4, 3).forward(zeros([5, 1, 8, 8]));
expectTypeOf<
  ChannelProblem<'conv2d', [5, 1, 8, 8], 3>
>().toEqualTypeOf<'conv2d: takes 3 channels, got 1'>();
expectTypeOf<ChannelProblem<'conv2d', [5, number, 8, 8], 3>>().toEqualTypeOf<never>();
expectTypeOf<ChannelProblem<'conv2d', number[], 3>>().toEqualTypeOf<never>();
expectTypeOf<
  FeatureProblem<'dense', [5, 4], 3>
>().toEqualTypeOf<'dense: takes 3 features, got 4'>();
expectTypeOf<FeatureProblem<'dense', [5, number], 3>>().toEqualTypeOf<never>();
expectTypeOf<FeatureProblem<'dense', [5, 4], number>>().toEqualTypeOf<never>();

// ── Known sizes go where unknown ones are expected ─────────────────────────────────────────────────

export const layer: Dense = dense(3, 4);
export const models: Sequential[] = [sequential(layer), sequential(dense(3, 4), tanh)];
export const convolution: Conv2d = conv2d(3, 4, 3);
export const modules: Module[] = [layer, convolution, ...models, dropout(0.1)];
export const image = sequential(
  conv2d(1, 4, 3),
  relu,
  maxPool2d(2),
  conv2d(4, 8, 3),
  flatten(),
  dense(8, 2),
);

// ── Sizes that are type parameters ─────────────────────────────────────────────────────────────────

export const project = <In extends number>(features: In, x: Tensor<[number, In]>) => {
  const y: Tensor<[number, 4]> = dense(features, 4).forward(x);
  return y;
};
// ── Sequences ──────────────────────────────────────────────────────────────────────────────────────

expectTypeOf(gru(3, 4).forward(zeros([2, 5, 3])).shape).toEqualTypeOf<[2, 5, 4]>();
expectTypeOf(gru(3, 4).forward(anything).shape).toEqualTypeOf<number[]>();
expectTypeOf(lstm(3, 4, { bidirectional: true }).outFeatures).toEqualTypeOf<number>();
expectTypeOf(rnn(3, 4, { layers: 2 }).outFeatures).toEqualTypeOf<4>();
expectTypeOf(lstmCell(3, 4).forward(zeros([2, 3])).shape).toEqualTypeOf<[2, 4]>();
sequential(gru(3, 4), lastStep(), dense(4, 2));
// @ts-expect-error 4 features where 5 are taken
sequential(gru(3, 4), dense(5, 2));
// @ts-expect-error 4 features where 3 are taken
gru(3, 4).forward(zeros([2, 5, 4]));

// ── Normalisation, attention, embedding ────────────────────────────────────────────────────────────

expectTypeOf(batchNorm(3).forward(zeros([5, 3])).shape).toEqualTypeOf<[5, 3]>();
expectTypeOf(layerNorm(3).forward(zeros([5, 3])).shape).toEqualTypeOf<[5, 3]>();
expectTypeOf(layerNorm([2, 3]).inFeatures).toEqualTypeOf<3>();
expectTypeOf(embedding(9, 4).forward(zeros([5, 3])).shape).toEqualTypeOf<[5, 3, 4]>();
expectTypeOf(multiHeadAttention(4, 2).forward(zeros([2, 5, 4])).shape).toEqualTypeOf<[2, 5, 4]>();
expectTypeOf(
  sequential(dense(3, 4), batchNorm(4), layerNorm(4), transformerEncoderLayer(4, 2)).outFeatures,
).toEqualTypeOf<4>();
// @ts-expect-error layer 2 takes 5 features, layer before gives 4
sequential(dense(3, 4), batchNorm(4), layerNorm(5));
