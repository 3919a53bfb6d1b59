// What arithmetic, reductions and products refuse.

import { ArgumentError, AxisError, ShapeError } from '../../../errors.js';
import { relu } from '../../../ops/activations.js';
import { add, clamp, div, maximum, mul, pow } from '../../../ops/arithmetic.js';
import { einsum } from '../../../ops/einsum.js';
import { less, where } from '../../../ops/logic.js';
import { dot, matmul, outer } from '../../../ops/matmul.js';
import { cumsum, max, mean, min, norm, sum } from '../../../ops/reduce.js';
import { logSoftmax, softmax } from '../../../ops/softmax.js';
import type { Operand } from '../../../tensor/operand.js';
import { constantOf, type ErrorSample, errorsOf } from '../sample.js';

const scalar = constantOf();
const vector = constantOf(3);
const matrix = constantOf(2, 3);
const batch = constantOf(2, 2, 3);
const nothing = constantOf(0);
/** What TypeScript refuses and JavaScript may pass all the same. */
const text = 'three' as unknown as Operand;
const none = undefined as unknown as Operand;

export const arithmeticErrors: readonly ErrorSample[] = [
  // ── Operands ───────────────────────────────────────────────────────────────────────────────────
  ...errorsOf(
    'add',
    [
      'a word',
      () => add(text, 1),
      ArgumentError,
      /^add: takes tensors, variables and numbers, got string\. Wrap/,
    ],
    [
      'nothing',
      () => add(vector, none),
      ArgumentError,
      /^add: takes tensors, variables and numbers, got undefined\./,
    ],
    [
      'an array',
      () => add([1, 2] as never, vector),
      ArgumentError,
      /^add: takes .*, got an array\. Wrap arrays/,
    ],
    [
      'shapes that do not broadcast',
      () => add(vector, constantOf(2)),
      ShapeError,
      /^add: shapes \[3\] and \[2\] do not broadcast, sizes 3 and 2 meet at axis -1\. Reshape/,
    ],
  ),
  ...errorsOf(
    'mul',
    [
      'one operand',
      () => Reflect.apply(mul, null, [vector]),
      ArgumentError,
      /^mul: takes 2 operands, got 1\. Check the call\./,
    ],
    [
      'shapes that do not broadcast',
      () => mul(batch, constantOf(3, 1, 1)),
      ShapeError,
      /^mul: shapes \[2, 2, 3\] and \[3, 1, 1\] do not broadcast, sizes 2 and 3 meet at axis -3\./,
    ],
  ),
  ...errorsOf('div', [
    'a size against nothing',
    () => div(nothing, vector),
    ShapeError,
    /^div: shapes \[0\] and \[3\] do not broadcast, sizes 0 and 3/,
  ]),
  ...errorsOf('pow', [
    'an exponent that is no tensor',
    () => pow(vector, null as never),
    ArgumentError,
    /^pow: takes .*, got null\./,
  ]),
  ...errorsOf('maximum', [
    'shapes that do not broadcast',
    () => maximum(matrix, constantOf(2)),
    ShapeError,
    /^maximum: shapes \[2, 3\] and \[2\] do not/,
  ]),
  ...errorsOf('less', [
    'shapes that do not broadcast',
    () => less(matrix, constantOf(2)),
    ShapeError,
    /^less: shapes \[2, 3\] and \[2\] do not/,
  ]),
  ...errorsOf('relu', [
    'nothing',
    () => relu(none),
    ArgumentError,
    /^relu: takes tensors, variables and numbers, got undefined\./,
  ]),
  ...errorsOf('clamp', [
    'no maximum',
    () => Reflect.apply(clamp, null, [vector, 0]),
    ArgumentError,
    /^clamp: takes 3 operands, got 2\./,
  ]),
  ...errorsOf(
    'where',
    [
      'a condition that does not broadcast',
      () => where(constantOf(2), vector, 0),
      ShapeError,
      /^where: shapes \[2\] and \[3\] do not broadcast/,
    ],
    [
      'branches that do not broadcast',
      () => where(vector, vector, constantOf(2)),
      ShapeError,
      /^where: shapes \[3\] and \[2\] do not broadcast/,
    ],
  ),

  // ── Reductions ─────────────────────────────────────────────────────────────────────────────────
  ...errorsOf(
    'sum',
    [
      'an axis beyond the last',
      () => sum(matrix, 2),
      AxisError,
      /^sum: axes run from -2 to 1, got 2\. Check/,
    ],
    [
      'an axis before the first',
      () => sum(matrix, -3),
      AxisError,
      /^sum: axes run from -2 to 1, got -3\./,
    ],
    [
      'an axis named twice',
      () => sum(matrix, [0, -2]),
      AxisError,
      /^sum: every axis may be named once, got \[0, -2\]\. Remove/,
    ],
    [
      'an axis of a scalar',
      () => sum(scalar as Operand, 0),
      AxisError,
      /^sum: a scalar has no axes, got 0\./,
    ],
    ['a fraction for an axis', () => sum(matrix, 0.5), AxisError, /^sum: axes run .*, got 0\.5\./],
  ),
  ...errorsOf('mean', [
    'an axis beyond the last',
    () => mean(vector, 1),
    AxisError,
    /^mean: axes run from -1 to 0, got 1\./,
  ]),
  ...errorsOf(
    'max',
    [
      'nothing',
      () => max(nothing),
      ShapeError,
      /^max: needs at least one element along the axes, got shape \[0\]\. Check/,
    ],
    [
      'rows of nothing',
      () => max(constantOf(2, 0), 1),
      ShapeError,
      /^max: needs .*, got shape \[2, 0\]\./,
    ],
  ),
  ...errorsOf('min', [
    'nothing',
    () => min(nothing),
    ShapeError,
    /^min: needs at least one element along the axes, got shape \[0\]\./,
  ]),
  ...errorsOf(
    'norm',
    [
      'an order below 1',
      () => norm(vector, 0, { ord: 0.5 }),
      ArgumentError,
      /^norm: ord is a number of at least 1 or Infinity, got 0\.5\. Use 2/,
    ],
    [
      'an order that is no number',
      () => norm(vector, 0, { ord: Number.NaN }),
      ArgumentError,
      /^norm: ord is .*, got NaN\./,
    ],
    [
      'the largest of nothing',
      () => norm(nothing, 0, { ord: Infinity }),
      ShapeError,
      /^max: needs at least one element/,
    ],
  ),
  ...errorsOf('cumsum', [
    'an axis beyond the last',
    () => cumsum(vector, 1),
    AxisError,
    /^cumsum: axes run from -1 to 0, got 1\./,
  ]),
  ...errorsOf('softmax', [
    'a scalar',
    () => softmax(scalar as Operand),
    AxisError,
    /^softmax: a scalar has no axes, got -1\./,
  ]),
  ...errorsOf('logSoftmax', [
    'an axis beyond the last',
    () => logSoftmax(vector as Operand, 1),
    AxisError,
    /^logSoftmax: axes run from -1 to 0, got 1\./,
  ]),

  // ── Products ───────────────────────────────────────────────────────────────────────────────────
  ...errorsOf(
    'matmul',
    [
      'inner dimensions that differ',
      () => matmul(matrix, matrix),
      ShapeError,
      /^matmul: inner dimensions 3 and 2 differ, got \[2, 3\] and \[2, 3\]\. Transpose/,
    ],
    [
      'inner dimensions that differ when transposed',
      () => matmul(matrix, constantOf(3, 2), { transposeA: true }),
      ShapeError,
      /^matmul: inner dimensions 2 and 3 differ/,
    ],
    [
      'a scalar',
      () => matmul(scalar, matrix),
      ShapeError,
      /^matmul: operands have at least one axis, got \[\] and \[2, 3\]\. Use mul/,
    ],
    [
      'batches that do not broadcast',
      () => matmul(batch, constantOf(3, 3, 1)),
      ShapeError,
      /^matmul: shapes \[2\] and \[3\] do not broadcast/,
    ],
  ),
  ...errorsOf(
    'dot',
    [
      'a matrix',
      () => dot(matrix as Operand, vector),
      ShapeError,
      /^dot: takes two vectors, got \[2, 3\] and \[3\]\. Use matmul/,
    ],
    [
      'lengths that differ',
      () => dot(vector, constantOf(2)),
      ShapeError,
      /^dot: vectors are equally long, got 3 and 2 elements\. Check/,
    ],
  ),
  ...errorsOf('outer', [
    'a matrix',
    () => outer(vector, matrix),
    ShapeError,
    /^outer: takes two vectors, got \[3\] and \[2, 3\]\./,
  ]),
  ...errorsOf(
    'einsum',
    [
      'too few operands',
      () => einsum('ij,jk->ik', matrix),
      ArgumentError,
      /^einsum: there is one term for each operand, got 2 for 1 in 'ij,jk->ik'\. Separate/,
    ],
    [
      'two arrows',
      () => einsum('i->i->i', vector),
      ArgumentError,
      /^einsum: there is one term for each operand, got 1 for 1/,
    ],
    [
      'a digit',
      () => einsum('i1->i', matrix),
      ArgumentError,
      /^einsum: a term is letters and at most one ellipsis, got 'i1' in 'i1->i'\./,
    ],
    [
      'a digit in the output',
      () => einsum('ij->1', matrix),
      ArgumentError,
      /^einsum: a term is letters and at most one ellipsis, got '1'/,
    ],
    [
      'too few letters',
      () => einsum('i->i', matrix),
      ArgumentError,
      /^einsum: the term 'i' names every axis of its tensor, got \[2, 3\] in 'i->i'\. Add/,
    ],
    [
      'too many letters beside an ellipsis',
      () => einsum('...ij', vector),
      ArgumentError,
      /^einsum: the term '\.\.\.ij' names every axis of its tensor, got \[3\]/,
    ],
    [
      'an unknown letter in the output',
      () => einsum('ij->ik', matrix),
      ArgumentError,
      /^einsum: the output names axes of the operands, each once, got 'ik'/,
    ],
    [
      'a letter twice in the output',
      () => einsum('ij->ii', matrix),
      ArgumentError,
      /^einsum: the output names .*, got 'ii'/,
    ],
    [
      'sizes that differ',
      () => einsum('i,i->i', vector, constantOf(2)),
      ShapeError,
      /^einsum: an index has one size, got 3 and 2 for 'i' in 'i,i->i'\. Check/,
    ],
    [
      'nothing against something',
      () => einsum('i,i->i', nothing, constantOf(2)),
      ShapeError,
      /^einsum: an index has one size, got 0 and 2/,
    ],
  ),
];
