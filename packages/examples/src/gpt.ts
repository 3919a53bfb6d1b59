// Can a language model learn two thousand characters by heart, and what is in such a model?
//
// A small GPT, of about 200,000 weights. Each character becomes 64 numbers; then four times the same: every place looks
// at itself and all before it (attention, four ways at once; how far away they are it sees by rotary positions), takes
// over what fits, and thinks it over by itself (two dense layers). At the end stands a score for each character to come next. To
// learn a short text by heart is the first thing to try with any such model: if it can't do that, something is wrong, and
// no larger text will mend it. The loss is the mean of −ln of the probability that it gave to the character that came; by
// chance it is ln 30 = 3.4. The first few characters of a piece can't be known from the ones before it: that is what is left.
//
// npm run example -- gpt --text poem.txt

import { compile, gelu, noGrad, rng, type Tensor, tensor } from '@retrograd/autograd';
import {
  adamW,
  clipGradNorm,
  crossEntropy,
  dense,
  embedding,
  Module,
  oneCycle,
  transformerEncoder,
} from '@retrograd/nn';
import { type Watch, watching } from './progress.js';
import { textAt } from './settings.js';
import { curve, whenRun } from './show.js';
import { Alphabet, drawFrom, tellStory, windowsOf, wrapped } from './text.js';
import { UsageError } from './usage-error.js';

export const SETTINGS = { text: '', steps: 400, seed: 1 };

/** How large a GPT is. */
export interface Size {
  /** Features of each place. */
  readonly dim: number;
  readonly heads: number;
  readonly depth: number;
  /** How many characters it looks back at, at most. */
  readonly length: number;
}

const SIZE: Size = { dim: 64, heads: 4, depth: 4, length: 128 };

export class Gpt extends Module {
  readonly characters;
  readonly body;
  readonly next;

  constructor(characters: number, { dim, heads, depth }: Size, seed: number) {
    super();
    const options = { rng: rng(seed) };
    this.characters = embedding(characters, dim, {
      ...options,
      // Small: what a place is by itself shall not drown what it takes over from others.
      init: (shape, random, dtype) => random.normal([...shape], { std: 0.1, dtype }),
    });
    this.body = transformerEncoder(dim, heads, depth, {
      ...options,
      causal: true,
      rotary: true,
      normFirst: true,
      activation: gelu,
      dropout: 0,
    });
    this.next = dense(dim, characters, options);
  }

  /** int32 [N, time] → a score for each character to come next, [N, time, characters]. */
  forward(x: Tensor): Tensor {
    return this.next.forward(this.body.forward(this.characters.forward(x)));
  }
}

export interface Options {
  readonly text?: string;
  readonly size?: Size;
  readonly steps?: number;
  readonly lr?: number;
  /** Pieces of text in a step. */
  readonly batch?: number;
  readonly seed?: number;
  readonly watch?: Watch;
}

export interface Memory {
  readonly parameters: number;
  readonly losses: readonly number[];
  /** Over the whole text, in nats a character: each predicted from up to `length` before it. */
  readonly loss: number;
  /** Goes on from a beginning. */
  readonly write: (beginning: string, length: number) => string;
}

/** Learns a text by heart. */
export function learnByHeart(options: Options = {}): Memory {
  const { steps, seed } = { ...SETTINGS, ...options };
  const { text = tellStory(2000, seed).text, size = SIZE, lr = 0.006, batch = 4 } = options;
  const alphabet = new Alphabet(text);
  const numbers = alphabet.encode(text);
  const length = Math.min(size.length, numbers.size - 1);
  const model = new Gpt(alphabet.size, size, seed);
  const cells = model.parameters();
  const optimizer = adamW(cells, { lr, weightDecay: 0.01, schedule: oneCycle(steps) });
  const lossOf = ({ x, y }: { x: Tensor; y: Tensor }): Tensor =>
    crossEntropy(model.forward(x).reshape([y.size, -1]), y.reshape([-1]));
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = lossOf({ x, y });
    loss.backward();
    clipGradNorm(cells, 1);
    optimizer.step();
    return loss;
  });

  const random = rng(seed);
  const losses: number[] = [];
  for (let k = 1; k <= steps; k++) {
    const starts = Array.from({ length: batch }, () => random.integer(numbers.size - length));
    const { x, y } = windowsOf(numbers, starts, length);
    losses.push(step(x, y).item());
    options.watch?.(k, steps, losses[k - 1]);
  }

  // The text in pieces side by side; the last one ends where the text does.
  const last = numbers.size - 1 - length;
  const pieces = Math.ceil((last + length) / length);
  const starts = Array.from({ length: pieces }, (_, i) => Math.min(i * length, last));
  return {
    parameters: cells.reduce((sum, cell) => sum + cell.size, 0),
    losses,
    loss: noGrad(() => lossOf(windowsOf(numbers, starts, length)).item()),
    write: (beginning, count) => {
      const read = [...alphabet.encode(beginning).data()];
      for (let i = 0; i < count; i++) {
        const x = tensor(Int32Array.from(read.slice(-size.length))).reshape([1, -1]);
        const scores = noGrad(() => model.forward(x)).slice(0, -1);
        read.push(drawFrom(scores.data(), random, 0.1));
      }
      return alphabet.decode(read.slice(-count));
    },
  };
}

export function main(settings = SETTINGS): void {
  const text = settings.text === '' ? tellStory(2000, settings.seed).text : ownText(settings.text);
  console.log(`${text.length} characters, which begin\n\n${wrapped(text.slice(0, 300))} …\n`);
  const watch = watching({ unit: 'step' });
  const { parameters, losses, loss, write } = learnByHeart({ ...settings, text, watch });
  console.log(`\n${parameters} weights; log loss  ${curve(losses.map(Math.log))}\n`);

  // From the middle on: of the first characters there is least to learn from, as few pieces begin so early.
  const middle = Math.floor(text.length / 2);
  const beginning = text.slice(Math.max(0, middle - 100), middle);
  const wanted = text.slice(middle, middle + 260);
  const written = write(beginning, wanted.length);
  const right = [...written].filter((character, i) => character === wanted[i]).length;
  console.log(`Told, from the middle,\n\n${wrapped(beginning)}\n`);
  console.log(`it goes on\n\n${wrapped(written)}\n`);
  console.log(`and ${right} of these ${wanted.length} characters stand so in the text.`);
  console.log(`\nLoss: ${loss.toFixed(3)} nats a character.`);
}

/** @throws UsageError for a file that is missing, too short to learn, or too long to be learnt by heart. */
function ownText(path: string): string {
  const text = textAt('--text', path);
  if (text.length >= 100 && text.length <= 20_000) return text;
  throw new UsageError(
    `--text: 100 to 20,000 characters can be learnt by heart, there are ${text.length}.`,
  );
}

whenRun(import.meta.url, main);
