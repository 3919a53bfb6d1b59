// Tests of tensor/philox: the known answers that its authors publish with Random123.
import { expect, test } from 'vitest';
import { philox } from '../../src/tensor/philox.js';

/** Counter and key as hexadecimal words → the four words that come out. */
const KNOWN_ANSWERS: [counter: string, key: string, answer: string][] = [
  [
    '00000000 00000000 00000000 00000000',
    '00000000 00000000',
    '6627e8d5 e169c58d bc57ac4c 9b00dbd8',
  ],
  [
    'ffffffff ffffffff ffffffff ffffffff',
    'ffffffff ffffffff',
    '408f276d 41c83b0e a20bc7c6 6d5451fd',
  ],
  [
    '243f6a88 85a308d3 13198a2e 03707344',
    'a4093822 299f31d0',
    'd16cfe09 94fdcceb 5001e420 24126ea1',
  ],
];

const words = (text: string) => text.split(' ').map((word) => Number.parseInt(word, 16));

test.each(KNOWN_ANSWERS)('philox4x32-10 of %s under %s is %s', (counter, key, answer) => {
  const [c0, c1, c2, c3] = words(counter);
  const [k0, k1] = words(key);
  for (const signed of [false, true]) {
    const [a, b, c, d, e, f] = [c0, c1, c2, c3, k0, k1].map((w) => (signed ? w | 0 : w));
    const out = new Int32Array(4);
    philox(out, a, b, c, d, e, f);
    const hex = Array.from(out, (word) => (word >>> 0).toString(16).padStart(8, '0'));
    expect(hex.join(' ')).toBe(answer);
  }
});

test('every bit of the counter and the key changes about half of the bits that come out', () => {
  const run = (input: readonly number[]) => {
    const out = new Int32Array(4);
    philox(out, input[0], input[1], input[2], input[3], input[4], input[5]);
    return out;
  };
  const base = [1, 2, 3, 4, 5, 6];
  const before = run(base);
  for (let bit = 0; bit < 192; bit++) {
    const flipped = base.map((word, i) => (i === bit >> 5 ? word ^ (1 << (bit & 31)) : word));
    let changed = 0;
    run(flipped).forEach((word, i) => {
      for (let rest = word ^ before[i]; rest !== 0; rest &= rest - 1) changed++;
    });
    expect(changed).toBeGreaterThan(36);
    expect(changed).toBeLessThan(92);
  }
});
