// The network of the main job: dense layers with an activation between them.
import {
  elu,
  type Generator,
  gelu,
  leakyRelu,
  relu,
  sigmoid,
  silu,
  softplus,
  type Tensor,
  tanh,
} from '@retrograd/autograd';
import { dense, Sequential } from '@retrograd/nn';
import type { ActivationName } from './choices.js';

const FUNCTIONS = { sigmoid, tanh, relu, leakyRelu, elu, gelu, silu, softplus };

/** Layers from `sizes[0]` features to the last size, with the activation behind each but the last. */
export function network(
  sizes: readonly number[],
  activation: ActivationName,
  rng: Generator,
): Sequential {
  const between = activation === 'identity' ? [] : [FUNCTIONS[activation] as (x: Tensor) => Tensor];
  const layers = sizes.slice(1).flatMap((units, i) => {
    const layer = dense(sizes[i], units, { rng });
    return i === sizes.length - 2 ? [layer] : [layer, ...between];
  });
  return new Sequential(layers);
}
