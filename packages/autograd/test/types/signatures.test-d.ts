// Typed shapes as a program meets them: what the operations return, what they refuse, what they let be.

import { expectTypeOf } from 'vitest';
import {
  add,
  concat,
  matmul,
  type Operand,
  ones,
  type Shape,
  stack,
  sum,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
  where,
  zeros,
} from '../../src/index.js';

declare const batch: number;
declare const flag: boolean;
declare const any: Tensor;

// ── A tensor is covariant in its shape ─────────────────────────────────────────────────────────────

expectTypeOf(zeros([2, 3])).toExtend<Tensor>();
expectTypeOf(zeros([2, 3])).toExtend<Tensor<readonly number[]>>();
expectTypeOf(zeros([2, 3])).toExtend<Tensor<number[]>>();
expectTypeOf(zeros([2, 3])).toExtend<Tensor<[number, 3]>>();
expectTypeOf(zeros([2, 3])).not.toExtend<Tensor<[number, 4]>>();
expectTypeOf(zeros([2, 3])).not.toExtend<Tensor<[2]>>();
expectTypeOf(variable(zeros([2, 3]))).toExtend<Operand<readonly [number, 3]>>();

// ── What the operations return ─────────────────────────────────────────────────────────────────────

expectTypeOf(
  tensor([
    [1, 2],
    [3, 4],
  ]).shape,
).toEqualTypeOf<[2, 2]>();
expectTypeOf(tensor([1, 2] as number[]).shape).toEqualTypeOf<[number]>();
expectTypeOf(tensor(1).shape).toEqualTypeOf<[]>();
expectTypeOf(zeros([batch, 3]).shape).toEqualTypeOf<[number, 3]>();

expectTypeOf(zeros([2, 3]).tanh().shape).toEqualTypeOf<[2, 3]>();
expectTypeOf(tanh(2).shape).toEqualTypeOf<[]>();
expectTypeOf(zeros([2, 3]).add(1).shape).toEqualTypeOf<[2, 3]>();
expectTypeOf(zeros([2, 3]).mul(zeros([4, 1, 1])).shape).toEqualTypeOf<[4, 2, 3]>();
expectTypeOf(zeros([]).sub(zeros([2, 3])).shape).toEqualTypeOf<[2, 3]>();
expectTypeOf(add(1, zeros([2, 3])).shape).toEqualTypeOf<[2, 3]>();
expectTypeOf(add(1, 2).shape).toEqualTypeOf<[]>();
expectTypeOf(where(zeros([2, 1]), zeros([3]), 1).shape).toEqualTypeOf<[2, 3]>();
expectTypeOf(zeros([2, 3]).less(zeros([3])).shape).toEqualTypeOf<[2, 3]>();

expectTypeOf(zeros([32, 784]).matmul(zeros([784, 10])).shape).toEqualTypeOf<[32, 10]>();
expectTypeOf(zeros([batch, 784]).matmul(zeros([784, 10])).shape).toEqualTypeOf<[number, 10]>();
expectTypeOf(zeros([32, 784]).matmul(zeros([batch, 10])).shape).toEqualTypeOf<[32, 10]>();
expectTypeOf(zeros([5, 32, 784]).matmul(zeros([1, 784, 10])).shape).toEqualTypeOf<[5, 32, 10]>();
expectTypeOf(matmul(zeros([784]), zeros([784])).shape).toEqualTypeOf<[]>();

expectTypeOf(sum(zeros([2, 3])).shape).toEqualTypeOf<[]>();
expectTypeOf(zeros([2, 3]).mean(-1, { keepDims: true }).shape).toEqualTypeOf<[2, 1]>();
expectTypeOf(zeros([2, 3, 4]).max([0, -1]).shape).toEqualTypeOf<[3]>();
expectTypeOf(zeros([2, 3]).variance(0, { correction: 1 }).shape).toEqualTypeOf<[3]>();
expectTypeOf(zeros([2, 3]).sum(batch).shape).toEqualTypeOf<number[]>();
expectTypeOf(zeros([2, 3]).sum(0, { keepDims: flag }).shape).toEqualTypeOf<number[]>();
expectTypeOf(zeros([2, 3]).argmax(1).shape).toEqualTypeOf<[2]>();
expectTypeOf(zeros([2, 3]).softmax().shape).toEqualTypeOf<[2, 3]>();

expectTypeOf(zeros([2, 3]).transpose().shape).toEqualTypeOf<[3, 2]>();
expectTypeOf(zeros([2, 3, 4]).permute([2, 0, 1]).shape).toEqualTypeOf<[4, 2, 3]>();
expectTypeOf(zeros([32, 28, 28]).reshape([32, -1]).shape).toEqualTypeOf<[32, 784]>();
expectTypeOf(zeros([batch, 28, 28]).reshape([-1, 784]).shape).toEqualTypeOf<[number, 784]>();
expectTypeOf(zeros([6]).reshape([2, 3] as number[]).shape).toEqualTypeOf<number[]>();
expectTypeOf(zeros([4, 1]).broadcastTo([2, 4, 3]).shape).toEqualTypeOf<[2, 4, 3]>();
expectTypeOf(zeros([2, 3]).unsqueeze(-1).shape).toEqualTypeOf<[2, 3, 1]>();
expectTypeOf(zeros([2, 1, 3]).squeeze(1).shape).toEqualTypeOf<[2, 3]>();
expectTypeOf(concat([zeros([2, 3]), zeros([2, 4])], -1).shape).toEqualTypeOf<[2, 7]>();
expectTypeOf(stack([zeros([2, 3]), ones([2, 3])]).shape).toEqualTypeOf<[2, 2, 3]>();
expectTypeOf(zeros([10, 4]).gather(zeros([7])).shape).toEqualTypeOf<[7, 4]>();
expectTypeOf(zeros([2, 9]).topK(3).values.shape).toEqualTypeOf<[2, 3]>();
expectTypeOf(zeros([2, 3]).slice(0, [1, null]).shape).toEqualTypeOf<[number]>();

// ── What can't be known is let be ──────────────────────────────────────────────────────────────────

any
  .matmul(zeros([3, 4]))
  .add(zeros([5]))
  .sum(7);
any
  .reshape([2, -1])
  .mul(any.permute([1, 0]))
  .squeeze();
any.squeeze(3).unsqueeze(9).transpose().softmax(5);
zeros([2, 3])
  .matmul(any)
  .add(any)
  .mul(zeros([2]));
concat([any, zeros([3])]);
const layers: ((x: Tensor) => Tensor)[] = [tanh, (x) => x.relu(), (x) => x.reshape([-1])];
void layers;

// ── What can't be right is refused ─────────────────────────────────────────────────────────────────

// @ts-expect-error 3 against 2
zeros([2, 3]).add(zeros([2]));
// @ts-expect-error 3 against 2
add(zeros([2, 3]), zeros([2]));
// @ts-expect-error 784 and 128
zeros([batch, 784]).matmul(zeros([128, 10]));
// @ts-expect-error no axis
matmul(zeros([]), zeros([3]));
// @ts-expect-error no axis 2
zeros([2, 3]).sum(2);
// @ts-expect-error no axis -3
zeros([2, 3]).softmax(-3);
// @ts-expect-error 6 elements
zeros([2, 3]).reshape([4, 2]);
// @ts-expect-error axis 0 twice
zeros([2, 3]).permute([0, 0]);
// @ts-expect-error 3 against 4
zeros([3]).broadcastTo([2, 4]);
// @ts-expect-error size 2
zeros([2, 3]).squeeze(0);
// @ts-expect-error three axes in the result
zeros([2, 3]).unsqueeze(3);

// ── Functions that are generic in sizes or shapes compile without a cast ───────────────────────────

export function affine<In extends number, Out extends number>(
  weight: Variable<[Out, In]>,
  bias: Variable<[Out]>,
) {
  return (x: Tensor<[number, In]>): Tensor<[number, Out]> => x.matmul(weight.transpose()).add(bias);
}

export function genericBatch<B extends number, In extends number, Out extends number>(
  x: Tensor<[B, In]>,
  weight: Variable<[In, Out]>,
  bias: Variable<[Out]>,
): Tensor<[B, Out]> {
  return matmul(x, weight).add(bias).relu().mul(2);
}

export function attention<B extends number, T extends number, D extends number>(
  q: Tensor<[B, T, D]>,
  k: Tensor<[B, T, D]>,
  v: Tensor<[B, T, D]>,
  mask: Tensor<[T, T]>,
): Tensor<[B, T, D]> {
  const scores: Tensor<[B, T, T]> = q.matmul(k.permute([0, 2, 1])).div(8);
  return scores.add(mask).softmax(-1).matmul(v);
}

export function layerNorm<B extends number, N extends number>(
  x: Tensor<[B, N]>,
  gain: Variable<[N]>,
): Tensor<[B, N]> {
  const centred = x.sub(x.mean(-1, { keepDims: true }));
  const deviation = centred.square().mean(-1, { keepDims: true }).add(1e-5).sqrt();
  return centred.div(deviation).mul(gain);
}

export function flatten<B extends number>(x: Tensor<[B, 28, 28]>): Tensor<[number, 784]> {
  return x.reshape([-1, 784]);
}

export function absoluteError<S extends Shape>(p: Tensor<S>, t: Tensor<S>): Tensor<[]> {
  return where(p.less(t), t.sub(p), p.sub(t)).mul(2).mean();
}

export function standardised<S extends Shape>(x: Tensor<S>): Tensor {
  const centred: Tensor<S> = x.sub(x.mean());
  return centred.div(centred.square().sum(-1, { keepDims: true }).sqrt());
}
