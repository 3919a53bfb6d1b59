// Samples of products of vectors and matrices, and of einsum.

import { einsum } from '../../ops/einsum.js';
import { dot, matmul, outer } from '../../ops/matmul.js';
import { type OpSample, samplesOf } from './sample.js';

export const productSamples: readonly OpSample[] = [
  ...samplesOf(
    'matmul',
    ['of matrices', (draw) => [draw.uniform([2, 3]), draw.uniform([3, 2])], (a, b) => matmul(a, b)],
    [
      'of one element each',
      (draw) => [draw.uniform([1, 1]), draw.uniform([1, 1])],
      (a, b) => matmul(a, b),
    ],
    ['of vectors', (draw) => [draw.uniform([3]), draw.uniform([3])], (a, b) => matmul(a, b)],
    [
      'of a matrix and a vector',
      (draw) => [draw.uniform([3, 2]), draw.uniform([2])],
      (a, b) => matmul(a, b),
    ],
    [
      'of a vector and a matrix',
      (draw) => [draw.uniform([3]), draw.uniform([3, 2])],
      (a, b) => matmul(a, b),
    ],
    ['of no rows', (draw) => [draw.uniform([0, 3]), draw.uniform([3, 2])], (a, b) => matmul(a, b)],
    [
      'over nothing',
      (draw) => [draw.uniform([2, 0]), draw.uniform([0, 3])],
      (a, b) => matmul(a, b),
    ],
    [
      'of an empty batch',
      (draw) => [draw.uniform([0, 2, 3]), draw.uniform([0, 3, 1])],
      (a, b) => matmul(a, b),
    ],
    ['of a matrix and itself', (draw) => [draw.uniform([3, 3])], (a) => matmul(a, a)],
    [
      'of batches',
      (draw) => [draw.uniform([2, 1, 3]), draw.uniform([2, 3, 2])],
      (a, b) => matmul(a, b),
    ],
    [
      'of a batch and a matrix',
      (draw) => [draw.uniform([2, 2, 3]), draw.uniform([3, 2])],
      (a, b) => matmul(a, b),
    ],
    [
      'of a matrix and a batch',
      (draw) => [draw.uniform([2, 3]), draw.uniform([2, 3, 2])],
      (a, b) => matmul(a, b),
    ],
    [
      'of a batch and a vector',
      (draw) => [draw.uniform([2, 2, 3]), draw.uniform([3])],
      (a, b) => matmul(a, b),
    ],
    [
      'of a vector and a batch',
      (draw) => [draw.uniform([3]), draw.uniform([2, 3, 2])],
      (a, b) => matmul(a, b),
    ],
    [
      'of batches that both repeat',
      (draw) => [draw.uniform([2, 1, 1, 3]), draw.uniform([2, 3, 2])],
      (a, b) => matmul(a, b),
    ],
    [
      'with the first transposed',
      (draw) => [draw.uniform([3, 2]), draw.uniform([3, 1])],
      (a, b) => matmul(a, b, { transposeA: true }),
    ],
    [
      'with the second transposed',
      (draw) => [draw.uniform([2, 3]), draw.uniform([2, 3])],
      (a, b) => matmul(a, b, { transposeB: true }),
    ],
    [
      'with both transposed',
      (draw) => [draw.uniform([3, 2]), draw.uniform([1, 3])],
      (a, b) => matmul(a, b, { transposeA: true, transposeB: true }),
    ],
    [
      'of batches, both transposed',
      (draw) => [draw.uniform([2, 3, 1]), draw.uniform([2, 3])],
      (a, b) => matmul(a, b, { transposeA: true, transposeB: true }),
    ],
    [
      'of a batch and a matrix, the second transposed',
      (draw) => [draw.uniform([2, 1, 3]), draw.uniform([2, 3])],
      (a, b) => matmul(a, b, { transposeB: true }),
    ],
  ),
  ...samplesOf(
    'dot',
    ['of odd sizes', (draw) => [draw.uniform([5]), draw.uniform([5])], (a, b) => dot(a, b)],
    ['of one element', (draw) => [draw.uniform([1]), draw.uniform([1])], (a, b) => dot(a, b)],
    ['of nothing', (draw) => [draw.uniform([0]), draw.uniform([0])], (a, b) => dot(a, b)],
    ['of a vector and itself', (draw) => [draw.uniform([3])], (a) => dot(a, a)],
    [
      'with integers',
      (draw) => [draw.uniform([3]), draw.integers([3], -3, 4)],
      (a, b) => dot(a, b),
    ],
  ),
  ...samplesOf(
    'outer',
    ['of odd sizes', (draw) => [draw.uniform([3]), draw.uniform([3])], (a, b) => outer(a, b)],
    [
      'of one element and two',
      (draw) => [draw.uniform([1]), draw.uniform([2])],
      (a, b) => outer(a, b),
    ],
    ['of nothing', (draw) => [draw.uniform([0]), draw.uniform([2])], (a, b) => outer(a, b)],
    ['of a vector and itself', (draw) => [draw.uniform([3])], (a) => outer(a, a)],
  ),
  ...samplesOf(
    'einsum',
    [
      'a product of matrices',
      (draw) => [draw.uniform([2, 3]), draw.uniform([3, 2])],
      (a, b) => einsum('ij,jk->ik', a, b),
    ],
    [
      'an implicit output',
      (draw) => [draw.uniform([2, 3]), draw.uniform([3, 2])],
      (a, b) => einsum('ij,jk', a, b),
    ],
    ['a scalar', (draw) => [draw.uniform([]), draw.uniform([3])], (a, b) => einsum(',i->i', a, b)],
    [
      'nothing',
      (draw) => [draw.uniform([0, 3]), draw.uniform([3, 2])],
      (a, b) => einsum('ij,jk->ik', a, b),
    ],
    ['one element', (draw) => [draw.uniform([1, 1])], (a) => einsum('ij->', a)],
    ['a transposition', (draw) => [draw.uniform([2, 3])], (a) => einsum('ij->ji', a)],
    ['a sum over an axis', (draw) => [draw.uniform([2, 3])], (a) => einsum('ij->j', a)],
    ['a trace', (draw) => [draw.uniform([3, 3])], (a) => einsum('ii->', a)],
    ['a diagonal', (draw) => [draw.uniform([3, 3])], (a) => einsum('ii->i', a)],
    ['a diagonal of a batch', (draw) => [draw.uniform([2, 3, 2])], (a) => einsum('iji->ji', a)],
    [
      'an outer product',
      (draw) => [draw.uniform([3]), draw.uniform([2])],
      (a, b) => einsum('i,j->ij', a, b),
    ],
    [
      'a batched product',
      (draw) => [draw.uniform([2, 2, 1]), draw.uniform([2, 1, 3])],
      (a, b) => einsum('bij,bjk->bik', a, b),
    ],
    [
      'an ellipsis that broadcasts',
      (draw) => [draw.uniform([2, 1, 3]), draw.uniform([3, 2])],
      (a, b) => einsum('...ij,jk->...ik', a, b),
    ],
    [
      'an axis of size 1 that stretches',
      (draw) => [draw.uniform([2, 1]), draw.uniform([2, 3])],
      (a, b) => einsum('ij,ij->i', a, b),
    ],
    [
      'a letter in one operand only',
      (draw) => [draw.uniform([2, 3]), draw.uniform([2])],
      (a, b) => einsum('ij,i->i', a, b),
    ],
    [
      'three operands',
      (draw) => [draw.uniform([2, 3]), draw.uniform([3, 2]), draw.uniform([2])],
      (a, b, c) => einsum('ij,jk,k->i', a, b, c),
    ],
    ['an operand twice', (draw) => [draw.uniform([2, 3])], (a) => einsum('ij,kj->ik', a, a)],
  ),
];
