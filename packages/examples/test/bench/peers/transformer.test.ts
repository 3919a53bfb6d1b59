// The GPT that everybody trains: its parameters, and the rule of their numbers.
import { describe, expect, it } from 'vitest';
import {
  countOf,
  numbersOf,
  parametersOf,
  transformerTasks,
} from '../../../bench/peers/transformer.js';

const sizes = { depth: 2, dim: 8, heads: 2, context: 5, batch: 3, vocabulary: 11 };
const parameters = parametersOf(sizes);
const count = parameters.reduce((sum, each) => sum + countOf(each), 0);

describe('the transformer', () => {
  it('has about 200,000 parameters', () => {
    const [{ settings }] = transformerTasks;
    const all = settings.parameters as typeof parameters;
    const total = all.reduce((sum, each) => sum + countOf(each), 0);
    expect(Math.abs(total / 200_000 - 1)).toBeLessThan(0.1);
  });

  it('has 12 dim² weights and 13 dim biases and scales a layer', () => {
    const first = parameters.filter(({ name }) => name.startsWith('encoder.layers.0.'));
    expect(first.reduce((sum, each) => sum + countOf(each), 0)).toBe(12 * 8 ** 2 + 13 * 8);
  });

  it('has parameters of different names', () => {
    expect(new Set(parameters.map(({ name }) => name)).size).toBe(parameters.length);
  });
});

describe('the numbers of a transformer', () => {
  const numbers = numbersOf(sizes);

  it('are all parameters, then four batches of tokens and of those that follow', () => {
    expect(numbers).toHaveLength(count + 4 * 2 * 3 * 5);
    const tokens = numbers.slice(count);
    expect(tokens.every((each) => Number.isInteger(each) && each >= 0 && each < 11)).toBe(true);
    expect(new Set(tokens).size).toBe(11);
  });

  it('begin normalisations as the identity', () => {
    let offset = 0;
    for (const parameter of parameters) {
      const values = numbers.slice(offset, offset + countOf(parameter));
      if (parameter.name.endsWith('norm1.weight')) expect(new Set(values)).toEqual(new Set([1]));
      if (parameter.name.endsWith('norm1.bias')) expect(new Set(values)).toEqual(new Set([0]));
      offset += values.length;
    }
  });
});
