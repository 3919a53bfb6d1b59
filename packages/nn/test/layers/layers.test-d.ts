// What layers take and give, as the compiler knows it.

import { type Tensor, tanh, type Variable, zeros } from '@retrograd/autograd';
import { expectTypeOf } from 'vitest';
import {
  batchNorm,
  type Dense,
  dense,
  dropout,
  embedding,
  layerNorm,
  type Module,
  multiHeadAttention,
  type Sequential,
  sequential,
  transformerEncoderLayer,
} from '../../src/index.js';
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
expectTypeOf<
  FeatureProblem<'dense', [5, 4], 3>
>().toEqualTypeOf<'dense: takes 3 features, got 4'>();
expectTypeOf<FeatureProblem<'dense', [5, number], 3>>().toEqualTypeOf<never>();
expectTypeOf<FeatureProblem<'dense', [5, 4], number>>().toEqualTypeOf<never>();

// ── Known sizes go where unknown ones are expected ─────────────────────────────────────────────────

export const layer: Dense = dense(3, 4);
export const models: Sequential[] = [sequential(layer), sequential(dense(3, 4), tanh)];
export const modules: Module[] = [layer, ...models, dropout(0.1)];

// ── Sizes that are type parameters ─────────────────────────────────────────────────────────────────

export const project = <In extends number>(features: In, x: Tensor<[number, In]>) => {
  const y: Tensor<[number, 4]> = dense(features, 4).forward(x);
  return y;
};

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
