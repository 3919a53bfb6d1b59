// A small net that learns, eagerly and compiled: what runs in Node and in the browser's worker alike.
import { backendInfo, compile, rng, type Tensor, tanh, tensor } from '@retrograd/autograd';
import { adam, crossEntropy, dense, dropout, sequential } from '@retrograd/nn';

export interface Learned {
  readonly eager: readonly number[];
  readonly compiled: readonly number[];
  /** What matrix products run on. */
  readonly gemm: string;
  /** Whether code may be generated from strings. */
  readonly evaluates: boolean;
}

const STEPS = 30;

function losses(isCompiled: boolean): number[] {
  const random = rng(3);
  const model = sequential(
    dense(4, 24, { rng: random }),
    tanh,
    dropout(0.1, { rng: rng(5) }),
    dense(24, 3, { rng: random }),
  ).to('float64');
  const optimizer = adam(model.parameters(), { lr: 0.02 });
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const run = isCompiled ? compile(step) : step;
  return Array.from({ length: STEPS }, (_, k) => {
    const rows = k % 5 === 4 ? 7 : 32;
    const x = rng(40 + (k % 5)).normal([rows, 4], { dtype: 'float64' });
    const y = tensor(Int32Array.from({ length: rows }, (_, i) => i % 3));
    return run(x, y).item();
  });
}

function canEvaluate(): boolean {
  try {
    return new Function('return true')();
  } catch {
    return false;
  }
}

export function learn(): Learned {
  return {
    eager: losses(false),
    compiled: losses(true),
    gemm: backendInfo().gemm,
    evaluates: canEvaluate(),
  };
}
