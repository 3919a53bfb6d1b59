// What the compiler says of programs whose shapes don't fit, word for word, and that it accepts those that do.

import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from './compiler.js';

const HEADER = `
import { add, dot, matmul, ones, type Tensor, type Variable, where, zeros } from '@retrograd/autograd';
declare const batch: number;
export { add, batch, dot, matmul, ones, type Tensor, type Variable, where, zeros };
`;

/** [the program, the sentence in the error]. */
const WRONG: Record<string, readonly [program: string, sentence: string]> = {
  'a product of matrices that do not fit': [
    'zeros([32, 784]).matmul(zeros([128, 10]));',
    'matmul: inner dimensions 784 and 128 differ',
  ],
  'the same, as a function': [
    'matmul(zeros([32, 784]), zeros([128, 10]));',
    'matmul: inner dimensions 784 and 128 differ',
  ],
  'the same, with a batch of unknown size': [
    'zeros([batch, 784]).matmul(zeros([128, 10]));',
    'matmul: inner dimensions 784 and 128 differ',
  ],
  'a product of stacks that do not broadcast': [
    'zeros([2, 4, 3]).matmul(zeros([5, 3, 4]));',
    'matmul: shapes [2] and [5] do not broadcast: 2 against 5',
  ],
  'a product with a scalar': [
    'zeros([]).matmul(zeros([3]));',
    'matmul: both operands need an axis, got [] and [3]',
  ],
  'the inner product of vectors of two lengths': [
    'dot(zeros([2]), zeros([3]));',
    'dot: inner dimensions 2 and 3 differ',
  ],
  'a sum of shapes that do not broadcast': [
    'zeros([3, 4]).add(zeros([5]));',
    'add: shapes [3,4] and [5] do not broadcast: 4 against 5',
  ],
  'the same sum, as a function, the first size unknown': [
    'add(zeros([batch, 4]), zeros([5]));',
    'add: shapes [?,4] and [5] do not broadcast: 4 against 5',
  ],
  'a choice between shapes that do not broadcast': [
    'where(zeros([2]), zeros([2]), zeros([3]));',
    'where: shapes [2] and [3] do not broadcast: 2 against 3',
  ],
  'a reduction over an axis that is not there': [
    'zeros([3, 4]).sum(2);',
    'sum: axis 2 is out of range for shape [3,4]',
  ],
  'a softmax along an axis that is not there': [
    'zeros([3, 4]).softmax(-3);',
    'softmax: axis -3 is out of range for shape [3,4]',
  ],
  'a reshape to more elements': [
    'zeros([2, 3]).reshape([4, 2]);',
    'reshape: [2,3] has 6 elements, [4,2] has 8',
  ],
  'a reshape that leaves a remainder': [
    'zeros([2, 3]).reshape([4, -1]);',
    'reshape: the 6 elements of [2,3] do not divide into [4,-1]',
  ],
  'a reshape with two unknowns': [
    'zeros([2, 3]).reshape([-1, -1]);',
    'reshape: only one size can be -1, got [-1,-1]',
  ],
  'a permutation that names an axis twice': [
    'zeros([2, 3]).permute([0, 0]);',
    'permute: axes [0,0] do not name each axis of shape [2,3] once',
  ],
  'a stretch to a shape that does not fit': [
    'zeros([3]).broadcastTo([2, 4]);',
    'broadcastTo: shape [3] does not broadcast to [2,4]: 3 against 4',
  ],
  'a squeeze of an axis that is not of size 1': [
    'zeros([2, 3]).squeeze(0);',
    'squeeze: axis 0 of shape [2,3] is not of size 1',
  ],
  'an axis put in too far': [
    'zeros([2, 3]).unsqueeze(4);',
    'unsqueeze: axis 4 is out of range for a result of 3 axes',
  ],
};

/** Programs that compile as they stand. */
const RIGHT: Record<string, string> = {
  'a batch of unknown size': `
    const y: Tensor<[number, 10]> = zeros([batch, 784]).matmul(zeros([784, 10])).add(zeros([10]));
    void y;`,
  'a layer generic in its sizes': `
    export function layer<In extends number, Out extends number>(w: Variable<[Out, In]>, b: Variable<[Out]>) {
      return (x: Tensor<[number, In]>): Tensor<[number, Out]> => x.matmul(w.transpose()).add(b).tanh();
    }`,
  'a shape that is not known at all': `
    export const f = (x: Tensor, y: Tensor): Tensor => x.matmul(y).add(ones([3])).reshape([-1]).sum(0);`,
};

const key = (title: string) => title.replace(/\W+/g, '-');

describe('the compiler', () => {
  let said: Map<string, string>;

  beforeAll(async () => {
    const wrong = Object.entries(WRONG).map(([title, [program]]) => [key(title), program]);
    const right = Object.entries(RIGHT).map(([title, program]) => [key(title), program]);
    const programs = Object.fromEntries(
      [...wrong, ...right].map(([name, program]) => [name, HEADER + program]),
    );
    said = await compile(programs);
  }, 60_000);

  it('finds no fault with the library itself', () => {
    expect(said.get('')).toBe('');
  });

  it.each(Object.entries(WRONG))('refuses %s, in a sentence', (title, [, sentence]) => {
    const message = said.get(key(title)) ?? '';
    expect(message).toContain(`'"${sentence}"'`);
    expect(message.match(/error TS/g)).toHaveLength(1);
  });

  it.each(Object.keys(RIGHT))('accepts %s', (title) => {
    expect(said.get(key(title))).toBe('');
  });
});
