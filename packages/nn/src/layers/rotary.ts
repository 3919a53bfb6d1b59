// Rotary positions: queries and keys are turned by angles that grow with their position.

import {
  defineElementwise,
  defineOp,
  type Operand,
  type OpFunction,
  type Shape,
  ShapeError,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { formatShape } from '../errors.js';
import { recent } from './recent.js';

export interface RotaryOptions {
  /** Wavelengths grow from 2π to 2π · base. Default: 10 000. */
  readonly base?: number;
  /** The position of the first element, for sequences that go on where others ended. Default: 0. */
  readonly offset?: number;
}

/** The elements of each pair along the last axis exchanged. Its own inverse, and its own adjoint. */
const swapPairs: OpFunction = defineOp({
  name: 'swapPairs',
  output: ([x]) => x,
  lower: ([x], [y], _attrs, kernels) => {
    const pairs = x.data.length / 2;
    const [even, odd] = [0, 1].map((offset) => ({ offset, strides: [2] }));
    kernels.copy(x.data, odd, y.data, even, [pairs]);
    kernels.copy(x.data, even, y.data, odd, [pairs]);
  },
  vjp: (g) => swapPairs(g),
  jvp: ([t]) => t && swapPairs(t),
});

/** x cos + x′ sin, x′ being x with its pairs swapped; the signs stand with the sines. */
const turn = defineElementwise('turn', (x, swapped, cos, sin) => x.mul(cos).add(swapped.mul(sin)));

/** cos(p θᵢ) for both elements of pair i, or −sin(p θᵢ) and sin(p θᵢ), in rows p. */
const angles = recent(
  (
    kind: 'cos' | 'sin',
    length: number,
    dim: number,
    base: number,
    offset: number,
    dtype: 'float32' | 'float64',
  ) => {
    const table = Float64Array.from({ length: length * dim }, (_, at) => {
      const column = at % dim;
      const odd = column % 2;
      const angle = (offset + Math.floor(at / dim)) * base ** (-(column - odd) / dim);
      return kind === 'cos' ? Math.cos(angle) : odd === 0 ? -Math.sin(angle) : Math.sin(angle);
    });
    return tensor(table, { dtype: 'float64' }).reshape([length, dim]).cast(dtype);
  },
);

/**
 * Rotary positions for queries or keys [..., length, dim]: at position p the pair (x₂ᵢ, x₂ᵢ₊₁) is turned by p θᵢ with
 * θᵢ = base^(−2i / dim), so that the product of a query and a key depends on their distance alone. J. Su et al., RoFormer,
 * 2021, 3.2.2.
 * @throws ShapeError without a sequence axis, or for an odd last axis.
 */
export function rotary<S extends Shape>(x: Operand<S>, options: RotaryOptions = {}): Tensor<S> {
  const value: Tensor = x.read();
  const { shape } = value;
  const [length, dim] = shape.slice(-2);
  if (shape.length < 2 || dim % 2 !== 0) {
    throw new ShapeError(
      `rotary: takes sequences [..., length, dim] of pairs, got shape ${formatShape(shape)}. ` +
        'Choose an even number of features for each head.',
    );
  }
  const { base = 10_000, offset = 0 } = options;
  if (value.size === 0) return value as Tensor<S>;
  const dtype = value.dtype === 'float64' ? 'float64' : 'float32';
  const of = (kind: 'cos' | 'sin') => angles(kind, length, dim, base, offset, dtype);
  return turn(value, swapPairs(value), of('cos'), of('sin')) as Tensor<S>;
}
