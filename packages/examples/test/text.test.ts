import { rng, tensor } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { Alphabet, drawFrom, tellStory, windowsOf, wrapped } from '../src/text.js';

describe('a story', () => {
  it('is as long as it is to be, the same by its seed, and counts what the dice decided', () => {
    const { text, bitsPerCharacter } = tellStory(1000, 1);
    expect(text.length).toBeGreaterThanOrEqual(1000);
    expect(text.length).toBeLessThan(1100);
    expect(tellStory(1000, 1).text).toBe(text);
    expect(tellStory(1000, 2).text).not.toBe(text);
    expect(bitsPerCharacter).toBeGreaterThan(0.15);
    expect(bitsPerCharacter).toBeLessThan(0.3);
  });
});

describe('an alphabet', () => {
  it('numbers the characters of a text, and leaves out others', () => {
    const alphabet = new Alphabet('banana');
    expect(alphabet.characters).toEqual(['a', 'b', 'n']);
    expect([...alphabet.encode('nabxa').data()]).toEqual([2, 0, 1, 0]);
    expect(alphabet.decode([1, 0, 2])).toBe('ban');
  });

  it('cuts pieces, each beside what comes next', () => {
    const { x, y } = windowsOf(tensor([5, 6, 7, 8, 9], { dtype: 'int32' }), [0, 2], 2);
    expect([x.toArray(), y.toArray()]).toEqual([
      [
        [5, 6],
        [7, 8],
      ],
      [
        [6, 7],
        [8, 9],
      ],
    ]);
  });
});

describe('a draw', () => {
  it('is as likely as its score says, and surer when it is cold', () => {
    const random = rng(1);
    const share = (temperature: number) => {
      const drawn = Array.from({ length: 2000 }, () => drawFrom([0, 1], random, temperature));
      return drawn.reduce((sum, i) => sum + i, 0) / drawn.length;
    };
    expect(Math.abs(share(1) - 1 / (1 + Math.exp(-1)))).toBeLessThan(0.04);
    expect(share(0.05)).toBe(1);
  });
});

it('a text is broken into lines between words', () => {
  expect(wrapped('one two three\nfour', 9)).toBe('  one two\n  three ⏎\n  four');
});
