// A small problem of three classes, and a fresh model for it.
import { relu, rng, type Tensor, tensor } from '@retrograd/autograd';
import { dense, dropout, type Sequential, sequential } from '@retrograd/nn';

/** 60 points of which class 0 has half, class 1 a third, class 2 a sixth. */
export function points(): { x: Tensor; y: Tensor } {
  const labels = Int32Array.from({ length: 60 }, (_, i) => (i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2));
  const centres = tensor(
    Array.from(labels, (label) => [Math.cos(2 * label), Math.sin(2 * label)]),
    { dtype: 'float64' },
  );
  const noise = rng(2).normal([60, 2], { std: 0.4, dtype: 'float64' });
  return { x: centres.add(noise) as Tensor, y: tensor(labels) as Tensor };
}

export function freshModel(p = 0): Sequential {
  const random = rng(4);
  return sequential(
    dense(2, 12, { rng: random }),
    relu,
    dropout(p, { rng: rng(8) }),
    dense(12, 3, { rng: random }),
  ).to('float64');
}
