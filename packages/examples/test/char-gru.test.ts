import { expect, it } from 'vitest';
import { learnToRead } from '../src/char-gru.js';
import { tellStory } from '../src/text.js';

it('needs far fewer bits for a new story than counting does, and not fewer than the dice', () => {
  const test = tellStory(1500, 9);
  const { bitsPerCharacter, byCounting, write } = learnToRead({
    training: tellStory(6000, 3).text,
    test: test.text,
    steps: 100,
    units: 32,
  });
  expect(byCounting).toBeGreaterThan(3.5);
  expect(bitsPerCharacter).toBeLessThan(1);
  expect(bitsPerCharacter).toBeGreaterThan(test.bitsPerCharacter);
  expect(write('the ', 30)).toHaveLength(30);
});
