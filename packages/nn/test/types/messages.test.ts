// What the compiler says of layers that don't fit in a row, word for word.

import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../autograd/test/types/compiler.js';

const HEADER = `
import { type Tensor, tanh } from '@retrograd/autograd';
import { dense, dropout, sequential } from '@retrograd/nn';
export { dense, dropout, sequential, tanh, type Tensor };
`;

/** [the program, the sentence in the error]. */
const WRONG: Record<string, readonly [program: string, sentence: string]> = {
  'a layer after an activation': [
    'sequential(dense(4, 16), tanh, dense(15, 3));',
    'layer 2 takes 15 features, layer before gives 16',
  ],
  'a layer right after another': [
    'sequential(dense(4, 16), dense(15, 3));',
    'layer 1 takes 15 features, layer before gives 16',
  ],
  'a layer after a net': [
    'sequential(sequential(dense(4, 16), dropout(0.5)), dense(15, 3));',
    'layer 1 takes 15 features, layer before gives 16',
  ],
  'a function that names its features': [
    'sequential(dense(4, 16), (x: Tensor<[number, 12]>) => x.relu());',
    'layer 1 takes 12 features, layer before gives 16',
  ],
};

const RIGHT = `
export const deep = (sizes: number[]) =>
  sequential(dense(4, 8), ...sizes.map((n) => dense(n, n)), tanh, dense(8, 3));
export const wide = <H extends number>(hidden: H) => sequential(dense(4, hidden), tanh, dense(hidden, 3));
`;

const key = (title: string) => title.replace(/\W+/g, '-');

describe('the compiler, of layers that do not fit', () => {
  let said: Map<string, string>;

  beforeAll(async () => {
    const wrong = Object.entries(WRONG).map(([title, [program]]) => [key(title), HEADER + program]);
    said = await compile({ ...Object.fromEntries(wrong), right: HEADER + RIGHT });
  }, 60_000);

  it.each(Object.entries(WRONG))('refuses %s, in a sentence', (title, [, sentence]) => {
    const message = said.get(key(title)) ?? '';
    expect(message).toContain(`'"${sentence}"'`);
    expect(message.match(/error TS/g)).toHaveLength(1);
  });

  it('accepts layers whose sizes come from an array or a type parameter', () => {
    expect(said.get('right')).toBe('');
    expect(said.get('')).toBe('');
  });
});
