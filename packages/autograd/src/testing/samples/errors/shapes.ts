// What operations on shapes and axes refuse.

import { ArgumentError, AxisError, DTypeError, IndexError, ShapeError } from '../../../errors.js';
import { broadcastTo, cast } from '../../../ops/broadcast.js';
import { diag, tril, triu } from '../../../ops/diagonal.js';
import { concat, split, stack } from '../../../ops/join.js';
import { permute } from '../../../ops/permute.js';
import { repeat, reshape, squeeze, tile, unsqueeze } from '../../../ops/shape.js';
import { flip, pad, slice } from '../../../ops/slice.js';
import type { Operand } from '../../../tensor/operand.js';
import { constantOf, type ErrorSample, errorsOf, indicesOf } from '../sample.js';

const scalar = constantOf();
const vector = constantOf(3);
const matrix = constantOf(2, 3);
const batch = constantOf(2, 2, 3);
const nothing = constantOf(0);

export const shapeErrors: readonly ErrorSample[] = [
  ...errorsOf(
    'reshape',
    [
      'another number of elements',
      () => reshape(matrix, [4]),
      ShapeError,
      /^reshape: \[2, 3\] has 6 elements, \[4\] has 4\. The products/,
    ],
    [
      'two unknown sizes',
      () => reshape(matrix, [-1, -1]),
      ShapeError,
      /^reshape: one size may be -1, got \[-1, -1\]\. Write/,
    ],
    [
      'an unknown size that does not fit',
      () => reshape(matrix, [4, -1]),
      ShapeError,
      /^reshape: \[2, 3\] has 6 elements, no size for -1 fits in \[4, -1\]\./,
    ],
    [
      'an unknown size beside nothing',
      () => reshape(nothing, [0, -1]),
      ShapeError,
      /^reshape: \[0\] has 0 elements, no size for -1 fits/,
    ],
    [
      'a negative size',
      () => reshape(matrix, [-2, -3]),
      ShapeError,
      /^reshape: sizes are non-negative integers, got \[-2, -3\]\./,
    ],
    [
      'a number',
      () => reshape(matrix, 6 as never),
      ShapeError,
      /^reshape: a shape is an array of sizes, got 6\./,
    ],
  ),
  ...errorsOf(
    'squeeze',
    [
      'an axis that is not of size 1',
      () => squeeze(matrix, 0),
      ShapeError,
      /^squeeze: removes axes of size 1, got axis 0 of \[2, 3\]\. Index/,
    ],
    [
      'an axis beyond the last',
      () => squeeze(matrix, 5),
      AxisError,
      /^squeeze: axes run from -2 to 1, got 5\./,
    ],
  ),
  ...errorsOf('unsqueeze', [
    'an axis beyond the last',
    () => unsqueeze(vector as Operand, 2),
    AxisError,
    /^unsqueeze: axes run from -2 to 1, got 2\./,
  ]),
  ...errorsOf(
    'permute',
    [
      'too few axes',
      () => permute(matrix, [0]),
      AxisError,
      /^permute: every one of the 2 axes is named once, got \[0\]\. List/,
    ],
    [
      'an axis twice',
      () => permute(matrix, [0, 0]),
      AxisError,
      /^permute: every one of the 2 axes is named once, got \[0, 0\]\./,
    ],
    [
      'an axis beyond the last',
      () => permute(matrix, [0, 2]),
      AxisError,
      /^permute: axes run from -2 to 1, got 2\./,
    ],
  ),
  ...errorsOf(
    'broadcastTo',
    [
      'a larger axis',
      () => broadcastTo(vector, [1]),
      ShapeError,
      /^broadcastTo: \[3\] repeats to \[1\] only along axes of size 1, got a larger one\. Swap/,
    ],
    [
      'another size',
      () => broadcastTo(vector, [2]),
      ShapeError,
      /^broadcastTo: shapes \[3\] and \[2\] do not broadcast/,
    ],
    [
      'fewer axes',
      () => broadcastTo(matrix, [3]),
      ShapeError,
      /^broadcastTo: \[2, 3\] repeats to \[3\] only/,
    ],
    [
      'a size that is none',
      () => broadcastTo(vector, [1.5, 3]),
      ShapeError,
      /^broadcastTo: sizes are non-negative integers, got \[1\.5, 3\]\./,
    ],
  ),
  ...errorsOf('tile', [
    'a negative count',
    () => tile(vector, [-1]),
    ShapeError,
    /^tile: sizes are non-negative integers, got \[-1\]\./,
  ]),
  ...errorsOf(
    'repeat',
    [
      'a fraction',
      () => repeat(vector as Operand, 1.5, 0),
      ArgumentError,
      /^repeat: count is an integer of at least 0, got 1\.5\./,
    ],
    [
      'an axis beyond the last',
      () => repeat(vector as Operand, 2, 1),
      AxisError,
      /^repeat: axes run from -1 to 0, got 1\./,
    ],
  ),
  ...errorsOf(
    'slice',
    [
      'an index beyond the end',
      () => slice(vector, 3),
      IndexError,
      /^slice: axis 0 has 3 elements, got index 3\. Use -3 … 2/,
    ],
    [
      'an index before the start',
      () => slice(matrix, null, -4),
      IndexError,
      /^slice: axis 1 has 3 elements, got index -4\./,
    ],
    [
      'too many ranges',
      () => slice(vector, null, null),
      ArgumentError,
      /^slice: shape \[3\] takes up to 1 ranges, got 2\. Leave/,
    ],
    [
      'a step of 0',
      () => slice(vector, [0, 2, 0]),
      ArgumentError,
      /^slice: a range is \[start, stop, step\] of integers, the step not 0, got \[0, 2, 0\]\./,
    ],
    [
      'a fraction',
      () => slice(vector, [0.5]),
      ArgumentError,
      /^slice: a range is .*, got \[0\.5\]\./,
    ],
  ),
  ...errorsOf('flip', [
    'an axis beyond the last',
    () => flip(vector as Operand, 1),
    AxisError,
    /^flip: axes run from -1 to 0, got 1\./,
  ]),
  ...errorsOf(
    'pad',
    [
      'widths of another rank',
      () => pad(matrix, [[1, 1]]),
      ArgumentError,
      /^pad: takes \[before, after\] for each of the 2 axes, got 1\. Use/,
    ],
    [
      'a negative width',
      () => pad(vector, [[-1, 0]]),
      ShapeError,
      /^pad: sizes are non-negative integers, got \[-1, 0\]\./,
    ],
    [
      'a fraction around integers',
      () => pad(indicesOf(1), [[1, 1]], 0.5),
      DTypeError,
      /^pad: int32 holds whole numbers below 2\^31, got 0\.5\./,
    ],
  ),
  ...errorsOf('tril', [
    'a vector',
    () => tril(vector),
    ShapeError,
    /^tril: takes matrices or batches of them, got shape \[3\]\. Reshape/,
  ]),
  ...errorsOf('triu', [
    'a scalar',
    () => triu(scalar),
    ShapeError,
    /^triu: takes matrices or batches of them, got shape \[\]\./,
  ]),
  ...errorsOf('diag', [
    'a batch',
    () => diag(batch),
    ShapeError,
    /^diag: takes a vector or a matrix, got shape \[2, 2, 3\]\. Reshape/,
  ]),
  ...errorsOf('cast', [
    'an unknown dtype',
    () => cast(vector, 'float16' as never),
    DTypeError,
    /^cast: dtype is one of float32, float64, int32, bool, got float16\./,
  ]),
  ...errorsOf(
    'concat',
    [
      'an empty list',
      () => concat([]),
      ArgumentError,
      /^concat: takes an array of at least one tensor, got none\. Call it as concat\(\[a, b\]\)\./,
    ],
    [
      'no list',
      () => concat(vector as never),
      ArgumentError,
      /^concat: takes an array of at least one tensor, got object\./,
    ],
    [
      'sizes that differ',
      () => concat([matrix, constantOf(2, 2)]),
      ShapeError,
      /^concat: shapes differ only along axis 0, got \[2, 3\] and \[2, 2\]\. Reshape/,
    ],
    [
      'ranks that differ',
      () => concat([matrix, vector]),
      ShapeError,
      /^concat: shapes differ only along axis 0, got \[2, 3\] and \[3\]\./,
    ],
    [
      'scalars',
      () => concat([scalar, scalar]),
      AxisError,
      /^concat: a scalar has no axes, got 0\./,
    ],
  ),
  ...errorsOf(
    'stack',
    [
      'an empty list',
      () => stack([]),
      ArgumentError,
      /^stack: takes an array of at least one tensor, got none\./,
    ],
    [
      'shapes that differ',
      () => stack([vector, matrix]),
      ShapeError,
      /^stack: shapes are equal, got \[3\] and \[2, 3\]\. Use concat/,
    ],
    [
      'an axis beyond the last',
      () => stack([vector, vector], 2),
      AxisError,
      /^stack: axes run from -2 to 1, got 2\./,
    ],
  ),
  ...errorsOf(
    'split',
    [
      'sections that are not equal',
      () => split(vector, 2),
      ShapeError,
      /^split: axis 0 is divided evenly, got 3 elements for 2 sections\. Pass/,
    ],
    [
      'no sections',
      () => split(vector, 0),
      ArgumentError,
      /^split: sections is an integer of at least 1, got 0\./,
    ],
    [
      'sizes that do not add up',
      () => split(vector, [1, 1]),
      ShapeError,
      /^split: the sizes add up to axis 0, 3, got \[1, 1\]\. Check/,
    ],
    [
      'a negative size',
      () => split(vector, [4, -1]),
      ArgumentError,
      /^split: a size is an integer of at least 0, got -1\./,
    ],
  ),
];
