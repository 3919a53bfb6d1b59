// Texts to learn from: sentences made by dice, whose entropy is known, and characters as numbers.

import { type Generator, rng, stack, type Tensor, tensor } from '@retrograd/autograd';

/** Sentences are made of one choice from each list. */
const SENTENCES: readonly (readonly (readonly string[])[])[] = [
  [
    ['the ', 'an old ', 'the young '],
    ['miller', 'fisher', 'baker', 'sailor'],
    [' saw ', ' found ', ' lost '],
    ['a ship', 'a lamp', 'the key', 'his hat'],
    [' by the river', ' in the snow', ' at night', ''],
    ['. '],
  ],
  [['who '], ['saw ', 'found ', 'took '], ['the ship', 'the lamp', 'the key', 'his hat'], ['? ']],
  [
    ['"not I", said the '],
    ['miller', 'fisher', 'baker', 'sailor'],
    [', "it was the '],
    ['wind', 'fox', 'moon'],
    ['". '],
  ],
];

export interface Story {
  readonly text: string;
  /** What the dice decided, in bits for each character: no model can say a new text of this kind in fewer. */
  readonly bitsPerCharacter: number;
}

/** A text of at least `length` characters. */
export function tellStory(length: number, seed = 0): Story {
  const random = rng(seed);
  let [text, bits] = ['', 0];
  const choose = <T>(from: readonly T[]): T => {
    bits += Math.log2(from.length);
    return from[random.integer(from.length)];
  };
  while (text.length < length) text += choose(SENTENCES).map(choose).join('');
  return { text, bitsPerCharacter: bits / text.length };
}

/** The characters of a text, numbered in their order. */
export class Alphabet {
  readonly characters: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(text: string) {
    this.characters = [...new Set(text)].sort();
    this.#numbers = new Map(this.characters.map((character, i) => [character, i]));
  }

  get size(): number {
    return this.characters.length;
  }

  /** int32 [length]; characters that it doesn't have are left out. */
  encode(text: string): Tensor<[number]> {
    const numbers = [...text].flatMap((character) => this.#numbers.get(character) ?? []);
    return tensor(Int32Array.from(numbers));
  }

  decode(numbers: Iterable<number>): string {
    return Array.from(numbers, (i) => this.characters[i]).join('');
  }
}

/** Pieces of a text from each of these places on, x [count, length], and what comes next in each place, y of that shape. */
export function windowsOf(
  numbers: Tensor,
  starts: readonly number[],
  length: number,
): { x: Tensor; y: Tensor } {
  const from = (shift: number) =>
    stack(starts.map((start) => numbers.slice([start + shift, start + shift + length])));
  return { x: from(0), y: from(1) };
}

/** A draw from the probabilities softmax(logits / temperature): the lower it is, the surer the choice. */
export function drawFrom(logits: ArrayLike<number>, random: Generator, temperature = 1): number {
  const scores = Array.from(logits, (logit) => logit / temperature);
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return drawn < 0 ? weights.length - 1 : drawn;
}

/** A text in lines of at most `width` characters, for a terminal. */
export function wrapped(text: string, width = 76): string {
  return text
    .replaceAll(/\s*\n\s*/g, ' ⏎ ')
    .replaceAll(new RegExp(`(.{1,${width}})(?: |$)`, 'g'), '  $1\n')
    .trimEnd();
}
