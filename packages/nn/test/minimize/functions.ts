// Functions that tests of minimisation share.
import { type Tensor, tensor } from '@retrograd/autograd';

export const vector = (values: readonly number[]): Tensor =>
  tensor([...values], { dtype: 'float64' });

/** Σ 100(xᵢ₊₁ − xᵢ²)² + (1 − xᵢ)². */
export const rosenbrock = (x: Tensor): Tensor => {
  const [head, tail] = [x.slice([0, -1]), x.slice([1])];
  return tail.sub(head.square()).square().mul(100).add(head.sub(1).square()).sum();
};

/** ½ Σ cᵢ(xᵢ − i)² with curvatures c from 1 to `condition`. */
export const bowl =
  (n: number, condition: number) =>
  (x: Tensor): Tensor => {
    const scale = vector(
      Array.from({ length: n }, (_, i) => condition ** (i / Math.max(1, n - 1))),
    );
    const centre = vector(Array.from({ length: n }, (_, i) => i));
    return x.sub(centre).square().mul(scale).sum().div(2);
  };
