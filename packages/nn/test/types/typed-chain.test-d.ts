// Layers in a row as a program meets them: what fits, what is refused, what is let be.

import { add, relu, type Tensor, tanh, zeros } from '@retrograd/autograd';
import { expectTypeOf } from 'vitest';
import { dense, dropout, sequential } from '../../src/index.js';

const sizes: number[] = [8, 8];
const flatten = (x: Tensor) => x.reshape([x.shape[0] ?? 1, -1]);

// ── What fits ──────────────────────────────────────────────────────────────────────────────────────

const net = sequential(dense(4, 16), tanh, dropout(0.5), dense(16, 3));
expectTypeOf(net.inFeatures).toEqualTypeOf<4>();
expectTypeOf(net.outFeatures).toEqualTypeOf<3>();
expectTypeOf(net.forward(zeros([7, 4])).shape).toEqualTypeOf<[7, 3]>();
expectTypeOf(sequential(net, relu, dense(3, 1)).outFeatures).toEqualTypeOf<1>();
expectTypeOf(sequential(tanh, dense(4, 2)).inFeatures).toEqualTypeOf<4>();

// ── What can't be known is let be ──────────────────────────────────────────────────────────────────

sequential(flatten, dense(16, 3));
sequential(dense(4, 16), (x) => add(x, 1), dense(9, 3));
sequential(...sizes.map((n) => dense(n, n)));
sequential(dense(4, 8), ...sizes.map((n) => dense(n, n)), dense(8, 3));
sequential(dense(4, sizes[0] ?? 8), tanh, dense(8, 3));
sequential();

// ── What can't be right is refused ─────────────────────────────────────────────────────────────────

// @ts-expect-error 15 after 16
sequential(dense(4, 16), tanh, dense(15, 3));
// @ts-expect-error 5 after 3, in a net in a net
sequential(net, dense(5, 1));
// @ts-expect-error 12 after 16, said by the function's own parameter
sequential(dense(4, 16), (x: Tensor<[number, 12]>) => x.relu());

// ── A net that is generic in its sizes compiles without a cast ─────────────────────────────────────

export function perceptron<In extends number, Hidden extends number, Out extends number>(
  inputs: In,
  hidden: Hidden,
  outputs: Out,
) {
  const model = sequential(
    dense(inputs, hidden),
    tanh,
    dense(hidden, hidden),
    dense(hidden, outputs),
  );
  const y: Tensor<[number, Out]> = model.forward(zeros([sizes.length, inputs]));
  return { model, y };
}
