// What the tests of the closed form share: small random networks, batches, and who stands on a tape.
import {
  type Generator,
  type Operand,
  relu,
  rng,
  sigmoid,
  type Tensor,
  tanh,
  tensor,
} from '@retrograd/autograd';
import { dense, type FloatDType, type Layer, sequential } from '@retrograd/nn';
import { pointsBehind, type TapeOp } from '../../src/closed-form/tape-points.js';

export type ActivationName = 'identity' | 'sigmoid' | 'tanh' | 'relu';

const ACTIVATIONS: Readonly<Record<ActivationName, readonly Layer[]>> = {
  identity: [],
  sigmoid: [sigmoid],
  tanh: [tanh],
  relu: [relu],
};

/** 4 features to 3 outputs; the sizes between differ. */
const WIDTHS = [4, 5, 3, 6, 4, 5];

/** `depth` dense layers with an activation behind each, the last one too if `atOutput`. Biases aren't zero. */
export function network(
  depth: number,
  activation: ActivationName,
  { atOutput = false, seed = 1, dtype = 'float64' as FloatDType } = {},
) {
  const generator = rng(seed);
  const sizes = [...WIDTHS.slice(0, depth), 3];
  const layers = sizes.slice(1).flatMap((units, i): Layer[] => {
    const layer = dense(sizes[i], units, {
      rng: generator,
      dtype,
      biasInit: (shape, own, kind) => own.uniform([...shape], { low: 0.1, high: 0.9, dtype: kind }),
    });
    return i < depth - 1 || atOutput ? [layer, ...ACTIVATIONS[activation]] : [layer];
  });
  return sequential(...layers);
}

/** A batch of 4 features. */
export function inputs(samples: number, generator: Generator = rng(2)): Tensor<[number, number]> {
  return generator.normal([samples, 4], { dtype: 'float64' });
}

/** Targets of 3 outputs between 0 and 1. */
export function targets(samples: number, generator: Generator = rng(3)): Tensor<[number, number]> {
  return generator.uniform([samples, 3], { dtype: 'float64' });
}

/** Classes 0, 1, 2, 0, … */
export function labels(samples: number): Tensor<[number]> {
  return tensor(Int32Array.from({ length: samples }, (_, i) => (i * 7) % 3));
}

/** The operation of this name that a value was made by, somewhere on its tape. */
export function opBehind(value: Tensor, name: string): TapeOp & { vjp: TapeOp['vjp'] } {
  const found = pointsBehind(value).find(({ op }) => op?.name === name)?.op;
  if (found === undefined) throw new Error(`no ${name} on the tape:\n${value.tape()}`);
  return found;
}

/** max|a − b| / max|b| */
export function relative(a: Operand | ArrayLike<number>, b: Operand | ArrayLike<number>): number {
  const [x, y] = [a, b].map((v) => ('read' in v ? v.read().data() : v));
  if (x.length !== y.length) return Number.NaN;
  const scale = Math.max(...Array.from(y, Math.abs));
  return Math.max(0, ...Array.from(x, (xi, i) => Math.abs(xi - y[i]))) / scale;
}
