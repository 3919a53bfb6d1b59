// Forward mode, and what needs both modes: jvp, jacobian, hessian, hvp.

import { ArgumentError, ShapeError } from '../errors.js';
import { toTensor } from '../ops/convert.js';
import { stack } from '../ops/join.js';
import { reshape } from '../ops/shape.js';
import { zeros, zerosLike } from '../tensor/creation.js';
import type { TensorLike } from '../tensor/operand.js';
import { formatShape, type Shape, sameShape, sizeOf } from '../tensor/shape.js';
import { allocate } from '../tensor/storage.js';
import { Tensor } from '../tensor/tensor.js';
import { asArgument, grad } from './grad.js';
import { withLevel } from './level.js';
import { push } from './push.js';
import { type Feed, type Gradients, leavesOf, rebuild } from './tree.js';

/** The operands of both trees, one by one. @throws ArgumentError, ShapeError if they don't match. */
function tangentsFor(op: string, primals: unknown, tangents: unknown): Tensor[] {
  const points = leavesOf(primals);
  const directions = leavesOf(tangents);
  if (points.length !== directions.length) {
    throw new ArgumentError(
      `${op}: there is one tangent for each primal, got ${directions.length} for ${points.length}. ` +
        'Pass zeros where nothing moves.',
    );
  }
  return points.map(({ value, path }, i) => {
    const tangent = directions[i].value.read();
    if (!sameShape(tangent.shape, value.shape) || tangent.dtype !== value.dtype) {
      throw new ShapeError(
        `${op}: a tangent has shape and dtype of its primal, ${value.dtype} ${formatShape(value.shape)}, ` +
          `got ${tangent.dtype} ${formatShape(tangent.shape)} at ${path}. Reshape or cast it.`,
      );
    }
    return tangent;
  });
}

/**
 * Runs `fn` at `primals` and returns its value with its directional derivative along `tangents` (J v), by one replay
 * forward. Primals are a list of arguments; each may be nested, and its tangent has the same structure.
 * @throws NondifferentiableError for an operation that declares no jvp.
 */
export function jvp<A extends unknown[]>(
  fn: (...args: A) => Tensor,
  primals: Feed<A>,
  tangents: Feed<A>,
): [value: Tensor, tangent: Tensor] {
  return withLevel((level) => {
    const [points, directions] = [primals, tangents].map((args) =>
      (args as unknown as readonly unknown[]).map((value) => asArgument('jvp', value)),
    );
    const moving = tangentsFor('jvp', points, directions);
    const { argument, leaves } = level.rebind('jvp', points);
    const value = level.valueOf('jvp', () => fn(...(argument as A)));
    const [tangent] = push(level, [value], leaves, moving);
    return [level.outward(value), tangent === null ? zerosLike(value) : level.derivative(tangent)];
  });
}

/** The i-th unit vector, in the shape of something. */
function unit({ shape, dtype }: Tensor, i: number): Tensor {
  if (shape.length === 0) return new Tensor(1, shape, dtype, null, 0);
  const array = allocate(dtype, sizeOf(shape));
  array[i] = 1;
  return new Tensor(array, shape, dtype, null, 0);
}

/**
 * The matrix of all first derivatives, as a function: its result has the axes of the value, then those of the argument.
 * Replays backward once for each element of the value, or forward once for each of the argument, whichever are fewer.
 */
export function jacobian<S extends Shape = Shape>(
  fn: (x: Tensor<S>) => Tensor,
): (x: TensorLike<S>) => Tensor {
  return (x) =>
    withLevel((level) => {
      const leaf = level.leaf('jacobian', toTensor('jacobian', x), '');
      const value = level.valueOf('jacobian', () => fn(leaf as Tensor<S>));
      const shape = [...value.shape, ...leaf.shape];
      if (sizeOf(shape) === 0) return zeros(shape, { dtype: value.dtype });
      const backward = value.size <= leaf.size;
      const cut = backward ? level.cutBetween(value, leaf) : null;
      const parts = Array.from({ length: backward ? value.size : leaf.size }, (_, i) => {
        const [d] = backward
          ? level.pull([value], [unit(value, i)], [leaf])
          : push(level, [value], [leaf], [unit(leaf, i)]);
        if (d !== null) return level.derivative(d);
        return backward ? level.filled('jacobian', leaf, '', cut) : zerosLike(value);
      });
      return reshape(stack(parts, backward ? 0 : value.rank), shape);
    });
}

/** The matrix of all second derivatives of a scalar function, as a function: the argument's axes, twice. */
export function hessian<S extends Shape = Shape>(
  fn: (x: Tensor<S>) => Tensor,
): (x: TensorLike<S>) => Tensor {
  return jacobian(grad(fn) as (x: Tensor<S>) => Tensor);
}

/**
 * The Hessian of a scalar function at x times a vector, without making the matrix: a replay forward over the recorded
 * replay backward. x may be nested; `v` and the result have its structure.
 */
export function hvp<P extends object>(fn: (x: P) => Tensor, x: Feed<P>, v: Feed<P>): Gradients<P> {
  return withLevel((level) => {
    const moving = tangentsFor('hvp', x, v);
    const { argument, leaves } = level.rebind('hvp', x as unknown as P);
    const gradient = level.run('hvp', () => (grad(fn as never) as (x: P) => unknown)(argument));
    const slots = leavesOf(gradient).map(({ value }) => value.read());
    const products = push(level, slots, leaves, moving).map((t, i) =>
      t === null ? zerosLike(slots[i]) : level.derivative(t),
    );
    return rebuild(x, products) as Gradients<P>;
  });
}
