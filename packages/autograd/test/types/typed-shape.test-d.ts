// What the type functions on shapes make of known, unknown and impossible shapes.

import { expectTypeOf } from 'vitest';
import type {
  Broadcast,
  BroadcastProblem,
  BroadcastToProblem,
  MatmulProblem,
  MatmulShape,
  NestedShape,
  Shown,
} from '../../src/tensor/typed-shape.js';
import type {
  Count,
  Product,
  Quotient,
  ReshapedTo,
  ReshapeProblem,
  Sum,
} from '../../src/tensor/typed-shape-arithmetic.js';
import type {
  AxisProblem,
  Concatenated,
  Inserted,
  Permuted,
  PermuteProblem,
  Reduced,
  Replaced,
  Sliced,
  Squeezed,
  SqueezeProblem,
  Transposed,
  Unsqueezed,
} from '../../src/tensor/typed-shape-axes.js';

// ── Broadcasting ───────────────────────────────────────────────────────────────────────────────────

expectTypeOf<Broadcast<[2, 3], [2, 3]>>().toEqualTypeOf<[2, 3]>();
expectTypeOf<Broadcast<[], [2, 3]>>().toEqualTypeOf<[2, 3]>();
expectTypeOf<Broadcast<[2, 3], []>>().toEqualTypeOf<[2, 3]>();
expectTypeOf<Broadcast<[4, 1, 3], readonly [2, 1]>>().toEqualTypeOf<[4, 2, 3]>();
expectTypeOf<Broadcast<[0, 3], [1, 3]>>().toEqualTypeOf<[0, 3]>();
expectTypeOf<Broadcast<[number, 3], [5, 1]>>().toEqualTypeOf<[5, 3]>();
expectTypeOf<Broadcast<[number], [1]>>().toEqualTypeOf<[number]>();
expectTypeOf<Broadcast<[1], [number]>>().toEqualTypeOf<[number]>();
expectTypeOf<Broadcast<[number], [number]>>().toEqualTypeOf<[number]>();
expectTypeOf<Broadcast<number[], [5]>>().toEqualTypeOf<number[]>();

expectTypeOf<BroadcastProblem<'add', [3, 4], [3, 1]>>().toEqualTypeOf<never>();
expectTypeOf<BroadcastProblem<'add', [3, 4], [number]>>().toEqualTypeOf<never>();
expectTypeOf<BroadcastProblem<'add', number[], [5]>>().toEqualTypeOf<never>();
expectTypeOf<
  BroadcastProblem<'add', [number, 4], [5]>
>().toEqualTypeOf<'add: shapes [?,4] and [5] do not broadcast: 4 against 5'>();
expectTypeOf<BroadcastToProblem<[1, 3], [7, 2, 3]>>().toEqualTypeOf<never>();
expectTypeOf<
  BroadcastToProblem<[2, 3], [3]>
>().toEqualTypeOf<'broadcastTo: shape [2,3] does not broadcast to [3]: the first has more axes'>();
expectTypeOf<
  BroadcastToProblem<[3], [1]>
>().toEqualTypeOf<'broadcastTo: shape [3] does not broadcast to [1]: 3 against 1'>();

// ── Matrix products ────────────────────────────────────────────────────────────────────────────────

expectTypeOf<MatmulShape<[3], [3]>>().toEqualTypeOf<[]>();
expectTypeOf<MatmulShape<[2, 3], [3]>>().toEqualTypeOf<[2]>();
expectTypeOf<MatmulShape<[3], [7, 3, 4]>>().toEqualTypeOf<[7, 4]>();
expectTypeOf<MatmulShape<[7, 1, 2, 3], [5, 3, 4]>>().toEqualTypeOf<[7, 5, 2, 4]>();
expectTypeOf<MatmulShape<[number, 3], [3, 4]>>().toEqualTypeOf<[number, 4]>();
expectTypeOf<MatmulShape<number[], [3, 4]>>().toEqualTypeOf<number[]>();
expectTypeOf<MatmulProblem<[2, 3], [3, 4]>>().toEqualTypeOf<never>();
expectTypeOf<MatmulProblem<[2, number], [3, 4]>>().toEqualTypeOf<never>();
expectTypeOf<
  MatmulProblem<[2, 3], [4]>
>().toEqualTypeOf<'matmul: inner dimensions 3 and 4 differ'>();
expectTypeOf<
  MatmulProblem<[], [4]>
>().toEqualTypeOf<'matmul: both operands need an axis, got [] and [4]'>();

// ── Order, reductions, axes of size 1 ──────────────────────────────────────────────────────────────

expectTypeOf<Transposed<[2, 3, 4]>>().toEqualTypeOf<[4, 3, 2]>();
expectTypeOf<Transposed<[]>>().toEqualTypeOf<[]>();
expectTypeOf<Permuted<[2, 3, 4], [-1, 0, 1]>>().toEqualTypeOf<[4, 2, 3]>();
expectTypeOf<Permuted<[2, 3, 4], number[]>>().toEqualTypeOf<number[]>();
expectTypeOf<PermuteProblem<[2, 3, 4], [-1, 0, 1]>>().toEqualTypeOf<never>();
expectTypeOf<
  PermuteProblem<[2, 3], [0, -2]>
>().toEqualTypeOf<'permute: axes [0,-2] do not name each axis of shape [2,3] once'>();

expectTypeOf<Reduced<[2, 3, 4]>>().toEqualTypeOf<[]>();
expectTypeOf<Reduced<[2, 3, 4], [0, -1]>>().toEqualTypeOf<[3]>();
expectTypeOf<Reduced<[2, 3, 4], [-2], true>>().toEqualTypeOf<[2, 1, 4]>();
expectTypeOf<Reduced<[2, 3, 4], readonly [], false>>().toEqualTypeOf<[2, 3, 4]>();
expectTypeOf<Reduced<[2, 3], undefined, true>>().toEqualTypeOf<[1, 1]>();
expectTypeOf<Reduced<[2, 3], number>>().toEqualTypeOf<number[]>();
expectTypeOf<Reduced<[2, 3], 0, boolean>>().toEqualTypeOf<number[]>();
expectTypeOf<AxisProblem<'sum', [3, 4], -2>>().toEqualTypeOf<never>();
expectTypeOf<
  AxisProblem<'sum', [3, 4], [0, 2]>
>().toEqualTypeOf<'sum: axis 2 is out of range for shape [3,4]'>();
expectTypeOf<
  AxisProblem<'sum', [], 0>
>().toEqualTypeOf<'sum: axis 0 is out of range for shape []'>();

expectTypeOf<Squeezed<[1, 2, 1]>>().toEqualTypeOf<[2]>();
expectTypeOf<Squeezed<[1, 2, number]>>().toEqualTypeOf<number[]>();
expectTypeOf<Squeezed<[1, 2, number], -1>>().toEqualTypeOf<[1, 2]>();
expectTypeOf<SqueezeProblem<[1, 2, number], [0, 2]>>().toEqualTypeOf<never>();
expectTypeOf<
  SqueezeProblem<[1, 2], 1>
>().toEqualTypeOf<'squeeze: axis 1 of shape [1,2] is not of size 1'>();
expectTypeOf<Unsqueezed<[2, 3], -1>>().toEqualTypeOf<[2, 3, 1]>();
expectTypeOf<Unsqueezed<[], 0>>().toEqualTypeOf<[1]>();
expectTypeOf<Inserted<[2, 3], 1, 5>>().toEqualTypeOf<[2, 5, 3]>();
expectTypeOf<Replaced<[2, 3, 4], -2, [7, 8]>>().toEqualTypeOf<[2, 7, 8, 4]>();
expectTypeOf<Concatenated<[[2, 3], [4, 3], [1, 3]]>>().toEqualTypeOf<[7, 3]>();
expectTypeOf<Concatenated<[[2, 3], [2, number]], -1>>().toEqualTypeOf<[2, number]>();
expectTypeOf<Concatenated<readonly [2, 3][]>>().toEqualTypeOf<[number, number]>();
expectTypeOf<Sliced<[2, 3, 4], [0, null]>>().toEqualTypeOf<[3, 4]>();
expectTypeOf<Sliced<[2, 3, 4], [[0, 1], 2]>>().toEqualTypeOf<[number, 4]>();

// ── Reshaping ──────────────────────────────────────────────────────────────────────────────────────

expectTypeOf<ReshapedTo<[2, 3], readonly [3, 2]>>().toEqualTypeOf<[3, 2]>();
expectTypeOf<ReshapedTo<[32, 28, 28], [32, -1]>>().toEqualTypeOf<[32, 784]>();
expectTypeOf<ReshapedTo<[32, 28, 28], [-1, 392]>>().toEqualTypeOf<[64, 392]>();
expectTypeOf<ReshapedTo<[number, 28, 28], [-1, 784]>>().toEqualTypeOf<[number, 784]>();
expectTypeOf<ReshapedTo<[0, 3], [-1, 3]>>().toEqualTypeOf<[0, 3]>();
expectTypeOf<ReshapedTo<[], [-1]>>().toEqualTypeOf<[1]>();
expectTypeOf<ReshapedTo<[6], number[]>>().toEqualTypeOf<number[]>();
expectTypeOf<ReshapeProblem<[6, 4], [2, 12]>>().toEqualTypeOf<never>();
expectTypeOf<ReshapeProblem<[0, 28], [5, 0]>>().toEqualTypeOf<never>();
expectTypeOf<ReshapeProblem<[1, 1], []>>().toEqualTypeOf<never>();
expectTypeOf<ReshapeProblem<[number, 4], [3, 5]>>().toEqualTypeOf<never>();
expectTypeOf<
  ReshapeProblem<[2, 3], [4, 2]>
>().toEqualTypeOf<'reshape: [2,3] has 6 elements, [4,2] has 8'>();
expectTypeOf<
  ReshapeProblem<[2, 3], [4, -1]>
>().toEqualTypeOf<'reshape: the 6 elements of [2,3] do not divide into [4,-1]'>();
expectTypeOf<
  ReshapeProblem<[6], [-1, -1]>
>().toEqualTypeOf<'reshape: only one size can be -1, got [-1,-1]'>();

// ── Arithmetic ─────────────────────────────────────────────────────────────────────────────────────

expectTypeOf<Sum<999, 1>>().toEqualTypeOf<1000>();
expectTypeOf<Sum<0, 0>>().toEqualTypeOf<0>();
expectTypeOf<Sum<7, number>>().toEqualTypeOf<number>();
expectTypeOf<Product<999, 999>>().toEqualTypeOf<998001>();
expectTypeOf<Product<65536, 65536>>().toEqualTypeOf<4294967296>();
expectTypeOf<Product<784, 0>>().toEqualTypeOf<0>();
expectTypeOf<Product<1.5, 2>>().toEqualTypeOf<number>();
expectTypeOf<Quotient<25088, 784>>().toEqualTypeOf<32>();
expectTypeOf<Quotient<25089, 784>>().toEqualTypeOf<never>();
expectTypeOf<Quotient<7, 10>>().toEqualTypeOf<never>();
expectTypeOf<Quotient<0, 7>>().toEqualTypeOf<0>();
expectTypeOf<Count<[64, 3, 32, 32]>>().toEqualTypeOf<196608>();
expectTypeOf<Count<[]>>().toEqualTypeOf<1>();

// ── Nested arrays and sentences ────────────────────────────────────────────────────────────────────

expectTypeOf<NestedShape<readonly [readonly [1, 2], readonly [3, 4]]>>().toEqualTypeOf<[2, 2]>();
expectTypeOf<NestedShape<readonly []>>().toEqualTypeOf<[0]>();
expectTypeOf<NestedShape<number[][]>>().toEqualTypeOf<[number, number]>();
expectTypeOf<NestedShape<boolean>>().toEqualTypeOf<[]>();
expectTypeOf<NestedShape<number | number[]>>().toEqualTypeOf<number[]>();
expectTypeOf<Shown<[number, 784]>>().toEqualTypeOf<'[?,784]'>();
