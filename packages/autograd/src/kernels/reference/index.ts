// The readable truth: every kernel in plain JavaScript, what faster ones are tested against.

import { allocate } from '../../tensor/storage.js';
import type { Kernels } from '../kernels.js';
import { convert } from './convert.js';
import { copy } from './copy.js';
import { elementwise } from './elementwise.js';
import { gather, scatterAdd, scatterAddAlong, takeAlong } from './indexing.js';
import { matmul } from './matmul.js';
import { argReduce, reduce } from './reduce.js';
import { argSort, cumulativeSum, softmax } from './scan.js';

export const reference: Kernels = {
  name: 'reference',
  allocate,
  convert,
  elementwise,
  reduce,
  argReduce,
  cumulativeSum,
  softmax,
  argSort,
  copy,
  matmul,
  gather,
  scatterAdd,
  takeAlong,
  scatterAddAlong,
};
