// Samples of elementwise operations of one tensor.

import {
  elu,
  gelu,
  leakyRelu,
  logSigmoid,
  relu,
  sigmoid,
  silu,
  softplus,
} from '../../ops/activations.js';
import {
  abs,
  ceil,
  clamp,
  floor,
  neg,
  round,
  rsqrt,
  sign,
  sqrt,
  square,
} from '../../ops/arithmetic.js';
import {
  acos,
  asin,
  atan,
  cos,
  cosh,
  erf,
  exp,
  expm1,
  log,
  log1p,
  sin,
  sinh,
  tan,
  tanh,
} from '../../ops/transcendental.js';
import type { Tensor } from '../../tensor/tensor.js';
import { type Draw, type OpSample, samplesOf } from './sample.js';

type DrawInput = (draw: Draw, shape: readonly number[]) => Tensor;

/** The shapes that every elementwise operation is tried on. */
function unary(op: string, input: DrawInput, fn: (x: Tensor) => Tensor): OpSample[] {
  return samplesOf(
    op,
    ['of a scalar', (draw) => [input(draw, [])], fn],
    ['of nothing', (draw) => [input(draw, [0, 3])], fn],
    ['of one element', (draw) => [input(draw, [1, 1])], fn],
    ['of odd sizes', (draw) => [input(draw, [3, 1, 3])], fn],
  );
}

const anywhere: DrawInput = (draw, shape) => draw.uniform(shape);
const within =
  (low: number, high: number): DrawInput =>
  (draw, shape) =>
    draw.uniform(shape, low, high);
const clearOf =
  (...kinks: readonly number[]): DrawInput =>
  (draw, shape) =>
    draw.clear(shape, ...kinks);

const WHOLE = [-2, -1, 0, 1, 2];
const HALVES = [-1.5, -0.5, 0.5, 1.5];

export const elementwiseSamples: readonly OpSample[] = [
  // ── Signs, powers, roots ───────────────────────────────────────────────────────────────────────
  ...unary('neg', anywhere, neg),
  ...unary('abs', clearOf(0), abs),
  ...unary('sign', clearOf(0), sign),
  ...unary('square', anywhere, square),
  ...unary('sqrt', within(0.3, 3), sqrt),
  ...unary('rsqrt', within(0.3, 3), rsqrt),
  ...unary('floor', clearOf(...WHOLE), floor),
  ...unary('ceil', clearOf(...WHOLE), ceil),
  ...unary('round', clearOf(...HALVES), round),

  // ── Exponentials, logarithms, circular and hyperbolic functions ────────────────────────────────
  ...unary('exp', anywhere, exp),
  ...unary('expm1', anywhere, expm1),
  ...unary('log', within(0.3, 3), log),
  ...unary('log1p', within(-0.6, 3), log1p),
  ...unary('sin', anywhere, sin),
  ...unary('cos', anywhere, cos),
  ...unary('tan', within(-1.2, 1.2), tan),
  ...unary('asin', within(-0.8, 0.8), asin),
  ...unary('acos', within(-0.8, 0.8), acos),
  ...unary('atan', anywhere, atan),
  ...unary('sinh', anywhere, sinh),
  ...unary('cosh', anywhere, cosh),
  ...unary('tanh', anywhere, tanh),
  ...unary('erf', anywhere, erf),

  // ── Activations ────────────────────────────────────────────────────────────────────────────────
  ...unary('sigmoid', anywhere, sigmoid),
  ...unary('logSigmoid', anywhere, logSigmoid),
  ...unary('softplus', anywhere, softplus),
  ...unary('relu', clearOf(0), relu),
  ...unary('gelu', anywhere, gelu),
  ...unary('silu', anywhere, silu),
  ...unary('leakyRelu', clearOf(0), (x) => leakyRelu(x)),
  ...samplesOf(
    'leakyRelu',
    ['with a slope', (draw) => [draw.clear([5], 0)], (x) => leakyRelu(x, 0.3)],
    [
      'with a slope that is learned',
      (draw) => [draw.clear([2, 3], 0), draw.uniform([], 0.1, 0.5)],
      (x, slope) => leakyRelu(x, slope as Tensor<[]>),
    ],
  ),
  ...unary('elu', clearOf(0), (x) => elu(x)),
  ...samplesOf(
    'elu',
    ['with alpha', (draw) => [draw.clear([5], 0)], (x) => elu(x, 0.7)],
    [
      'with an alpha that is learned',
      (draw) => [draw.clear([2, 3], 0), draw.uniform([], 0.5, 1.5)],
      (x, alpha) => elu(x, alpha as Tensor<[]>),
    ],
  ),
  ...unary('clamp', clearOf(-1, 0.5), (x) => clamp(x, -1, 0.5)),
  ...samplesOf(
    'clamp',
    ['without a lower bound', (draw) => [draw.clear([5], 0.5)], (x) => clamp(x, -Infinity, 0.5)],
    ['without an upper bound', (draw) => [draw.clear([5], -0.5)], (x) => clamp(x, -0.5, Infinity)],
    ['without bounds', (draw) => [draw.uniform([3])], (x) => clamp(x, -Infinity, Infinity)],
  ),
];
