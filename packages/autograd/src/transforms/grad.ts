// Gradients as functions: grad, valueAndGrad, vjp.

import { ArgumentError, ShapeError } from '../errors.js';
import { scalarOf, toTensor } from '../ops/convert.js';
import { checkSeed } from '../tape/backward.js';
import type { Adjoint } from '../tape/node.js';
import { onesLike } from '../tensor/creation.js';
import type { TensorLike } from '../tensor/operand.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Level, withLevel } from './level.js';
import { type Feed, type Gradients, leavesOf, rebuild } from './tree.js';

export interface GradOptions<K extends number | readonly number[] = number | readonly number[]> {
  /** Which argument is differentiated, or which ones (then a list of gradients is returned). Default: the first. */
  readonly argnums?: K;
}

/** The gradients by the arguments that K names. */
type GradientsAt<A extends readonly unknown[], K> = K extends number
  ? Gradients<A[K]>
  : { [I in keyof K]: K[I] extends number ? Gradients<A[K[I]]> : never };

/** Numbers in the place of a differentiated argument are scalars. */
export function asArgument(op: string, value: unknown): unknown {
  return typeof value === 'number' ? toTensor(op, value) : value;
}

function pathOf(position: number, path: string): string {
  return ` ${position}${path === '' ? '' : `, ${path}`}`;
}

/** The arguments named by `argnums` on fresh leaves, and the leaves with where they came from. */
function rebindArguments(
  op: string,
  level: Level,
  args: readonly unknown[],
  argnums: readonly number[],
) {
  const bound = [...args];
  const leaves: Tensor[] = [];
  const paths: string[] = [];
  for (const position of argnums) {
    if (!Number.isInteger(position) || position < 0 || position >= args.length) {
      throw new ArgumentError(
        `${op}: argnums are positions of arguments, 0 … ${args.length - 1}, got ${position}. ` +
          'Pass the argument, or another position.',
      );
    }
    const argument = asArgument(op, args[position]);
    const rebound = level.rebind(op, argument);
    bound[position] = rebound.argument;
    leaves.push(...rebound.leaves);
    paths.push(...leavesOf(argument).map(({ path }) => pathOf(position, path)));
  }
  return { bound, leaves, paths };
}

/** Distributes a flat list of gradients over the structures of the arguments. */
function structured(
  args: readonly unknown[],
  argnums: readonly number[],
  gradients: readonly Tensor[],
) {
  const chosen = argnums.map((position) => asArgument('grad', args[position]));
  return rebuild(chosen, gradients) as unknown[];
}

function differentiate(
  op: string,
  fn: (...args: never[]) => unknown,
  options: GradOptions,
  args: readonly unknown[],
): [Tensor, unknown] {
  const { argnums = 0 } = options;
  const positions = typeof argnums === 'number' ? [argnums] : argnums;
  return withLevel((level) => {
    const { bound, leaves, paths } = rebindArguments(op, level, args, positions);
    const value = level.valueOf(op, () => fn(...(bound as never[])));
    if (value.size !== 1) {
      throw new ShapeError(
        `${op}: the function returns a single number, got shape ${formatShape(value.shape)}. ` +
          'Reduce it with .sum() or .mean(), or use jacobian or vjp.',
      );
    }
    const gradients = level.pull([value], [onesLike(value)], leaves).map((g, i) => {
      const leaf = leaves[i];
      if (g !== null) return level.derivative(g);
      return level.filled(op, leaf, paths[i], level.cutBetween(value, leaf));
    });
    const result = structured(args, positions, gradients);
    return [level.outward(value), typeof argnums === 'number' ? result[0] : result];
  });
}

/**
 * The gradient of a scalar function, as a function of the same arguments. Arguments may be tensors, variables or nested
 * arrays and plain objects of them; the gradient has the same structure. An argument that the result does not depend on
 * has a gradient of zeros. Gradients of gradients, to any order, are `grad(grad(f))` or any mixture.
 *
 * @throws ShapeError if the function's result is not a single number; NoPathError if the argument was cut off (by
 *   detach, noGrad or an operation without derivative); DTypeError for int32 and bool arguments; AsyncScopeError if the
 *   function returns a promise.
 */
export function grad<S extends Shape = Shape, R extends unknown[] = []>(
  fn: (x: Tensor<S>, ...rest: R) => Tensor,
): (x: TensorLike<S>, ...rest: R) => Tensor<S>;
export function grad<P extends object, R extends unknown[] = []>(
  fn: (params: P, ...rest: R) => Tensor,
): (params: Feed<P>, ...rest: R) => Gradients<P>;
export function grad<A extends unknown[], const K extends number | readonly number[]>(
  fn: (...args: A) => Tensor,
  options: GradOptions<K>,
): (...args: Feed<A>) => GradientsAt<A, K>;
export function grad(fn: (...args: never[]) => unknown, options: GradOptions = {}): unknown {
  return (...args: unknown[]): unknown => differentiate('grad', fn, options, args)[1];
}

/** Like `grad`, returning `[value, gradient]` of one run. */
export function valueAndGrad<S extends Shape = Shape, R extends unknown[] = []>(
  fn: (x: Tensor<S>, ...rest: R) => Tensor,
): (x: TensorLike<S>, ...rest: R) => [Tensor, Tensor<S>];
export function valueAndGrad<P extends object, R extends unknown[] = []>(
  fn: (params: P, ...rest: R) => Tensor,
): (params: Feed<P>, ...rest: R) => [Tensor, Gradients<P>];
export function valueAndGrad<A extends unknown[], const K extends number | readonly number[]>(
  fn: (...args: A) => Tensor,
  options: GradOptions<K>,
): (...args: Feed<A>) => [Tensor, GradientsAt<A, K>];
export function valueAndGrad(
  fn: (...args: never[]) => unknown,
  options: GradOptions = {},
): unknown {
  return (...args: unknown[]): [Tensor, unknown] =>
    differentiate('valueAndGrad', fn, options, args);
}

/**
 * Runs `fn` at `primals` and returns its value with the pullback: the map from a gradient of the value to the gradients
 * of the primals (vᵀJ), which may be called any number of times.
 * @throws ShapeError if the pullback's gradient doesn't have the shape of the value.
 */
export function vjp<A extends unknown[]>(
  fn: (...args: A) => Tensor,
  ...primals: Feed<A>
): [value: Tensor, pullback: (g: TensorLike) => Gradients<A>] {
  return withLevel((level) => {
    const args: readonly unknown[] = primals as unknown as readonly unknown[];
    const positions = args.map((_, i) => i);
    const { bound, leaves, paths } = rebindArguments('vjp', level, args, positions);
    const value = level.valueOf('vjp', () => fn(...(bound as A)));
    const cuts = leaves.map((leaf) => level.cutBetween(value, leaf));
    const pullback = (g: TensorLike): Gradients<A> => {
      const seed = checkSeed('vjp', value, scalarOf('vjp', g, value.dtype));
      const limit = seed.requiresGrad ? Infinity : undefined;
      const gradients = level.pull([value], [seed], leaves, limit).map((own: Adjoint, i) => {
        const full = own ?? level.filled('vjp', leaves[i], paths[i], cuts[i]);
        return seed.requiresGrad ? full : level.derivative(full);
      });
      return structured(args, positions, gradients) as Gradients<A>;
    };
    return [level.outward(value), pullback];
  });
}
