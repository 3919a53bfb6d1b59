// What operations at positions refuse.

import { ArgumentError, AxisError, DTypeError, IndexError, ShapeError } from '../../../errors.js';
import { gather, index, oneHot, scatterAdd, takeAlong } from '../../../ops/indexing.js';
import { reshape } from '../../../ops/shape.js';
import { argmax, argmin, argsort, sort, topK } from '../../../ops/sort.js';
import type { Operand } from '../../../tensor/operand.js';
import { constantOf, type ErrorSample, errorsOf, indicesOf } from '../sample.js';

const scalar = constantOf();
const vector = constantOf(3);
const matrix = constantOf(2, 3);
const nothing = constantOf(0);

export const positionErrors: readonly ErrorSample[] = [
  ...errorsOf(
    'gather',
    [
      'an index beyond the end',
      () => gather(vector, indicesOf(3)),
      IndexError,
      /^gather: indices lie in -3 … 2, got 3\. Check/,
    ],
    [
      'an index before the start',
      () => gather(vector, indicesOf(0, -4)),
      IndexError,
      /^gather: indices lie in -3 … 2, got -4\./,
    ],
    [
      'fractional indices',
      () => gather(vector, vector),
      DTypeError,
      /^gather: indices are int32, got float64\. Make/,
    ],
    [
      'an axis beyond the last',
      () => gather(vector, indicesOf(0), 1),
      AxisError,
      /^gather: axes run from -1 to 0, got 1\./,
    ],
  ),
  ...errorsOf(
    'takeAlong',
    [
      'another number of axes',
      () => takeAlong(matrix, indicesOf(0), 0),
      ShapeError,
      /^takeAlong: x and indices have equally many axes, got \[2, 3\] and \[1\]\. Use gather/,
    ],
    [
      'other axes that differ',
      () => takeAlong(matrix, reshape(indicesOf(0, 0), [1, 2]), 0),
      ShapeError,
      /^takeAlong: shapes \[1, 3\] and \[1, 2\] do not broadcast/,
    ],
    [
      'an index beyond the end',
      () => takeAlong(vector, indicesOf(3), 0),
      IndexError,
      /^takeAlong: indices lie in -3 … 2, got 3\./,
    ],
  ),
  ...errorsOf(
    'scatterAdd',
    [
      'updates of another shape',
      () => scatterAdd(vector, indicesOf(0), constantOf(2)),
      ShapeError,
      /^scatterAdd: updates have the shape of what is gathered, \[1\], got \[2\]\. Broadcast/,
    ],
    [
      'an index beyond the end',
      () => scatterAdd(vector, indicesOf(3), constantOf(1)),
      IndexError,
      /^scatterAdd: indices lie in -3 … 2, got 3\./,
    ],
  ),
  ...errorsOf(
    'index',
    [
      'no indices',
      () => index(matrix),
      ArgumentError,
      /^index: takes 1 … 2 index tensors for shape \[2, 3\], got 0\. Index/,
    ],
    [
      'too many indices',
      () => index(vector, indicesOf(0), indicesOf(0)),
      ArgumentError,
      /^index: takes 1 … 1 index tensors for shape \[3\], got 2\./,
    ],
    [
      'an index beyond the end',
      () => index(matrix, indicesOf(0), indicesOf(3)),
      IndexError,
      /^index: indices lie in -3 … 2, got 3\./,
    ],
    [
      'indices that do not broadcast',
      () => index(matrix, indicesOf(0, 0), indicesOf(0, 0, 0)),
      ShapeError,
      /^add: shapes \[2\] and \[3\] do not broadcast/,
    ],
  ),
  ...errorsOf(
    'oneHot',
    [
      'a class that there isn’t',
      () => oneHot(indicesOf(3), 3),
      IndexError,
      /^oneHot: indices lie in 0 … 2, got 3\./,
    ],
    [
      'a negative class',
      () => oneHot(indicesOf(-1), 3),
      IndexError,
      /^oneHot: indices lie in 0 … 2, got -1\./,
    ],
    [
      'half a class',
      () => oneHot(indicesOf(0), 1.5),
      ArgumentError,
      /^oneHot: classes is an integer of at least 0, got 1\.5\./,
    ],
    ['fractions', () => oneHot(vector, 3), DTypeError, /^oneHot: indices are int32, got float64\./],
    [
      'an unknown dtype',
      () => oneHot(indicesOf(0), 3, { dtype: 'int8' as never }),
      DTypeError,
      /^oneHot: dtype is one of .*, got int8\./,
    ],
  ),
  ...errorsOf('sort', [
    'a scalar',
    () => sort(scalar as Operand),
    AxisError,
    /^sort: a scalar has no axes, got -1\./,
  ]),
  ...errorsOf('argsort', [
    'an axis beyond the last',
    () => argsort(vector as Operand, 1),
    AxisError,
    /^argsort: axes run from -1 to 0, got 1\./,
  ]),
  ...errorsOf(
    'topK',
    [
      'more than there are',
      () => topK(vector, 4),
      ArgumentError,
      /^topK: k is at most the size of axis 0, 3, got 4\. Pass/,
    ],
    [
      'a negative number',
      () => topK(vector, -1),
      ArgumentError,
      /^topK: k is an integer of at least 0, got -1\./,
    ],
  ),
  ...errorsOf(
    'argmax',
    [
      'nothing',
      () => argmax(nothing),
      ShapeError,
      /^argmax: needs at least one element along the axis, got shape \[0\]\. Check/,
    ],
    [
      'an axis beyond the last',
      () => argmax(vector, 1),
      AxisError,
      /^argmax: axes run from -1 to 0, got 1\./,
    ],
  ),
  ...errorsOf('argmin', [
    'rows of nothing',
    () => argmin(constantOf(2, 0), 1),
    ShapeError,
    /^argmin: needs .*, got shape \[2, 0\]\./,
  ]),
];
