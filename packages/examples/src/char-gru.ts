// How few bits does a character take, if all before it have been read one by one?
//
// A recurrent network reads a text from left to right, and keeps what it must remember in 64 numbers; gates (GRU, Cho et
// al. 2014) decide what of it is kept and what is made new at each character. What it is asked each time is: which one
// comes next? The mean of −log₂ of the probability that it gave to the one that came is bits per character, to which a
// text can be packed with it. The story that the example makes up is thrown with dice, so that it is known how many bits a
// new one holds: no reader can do with fewer, and one that counts letters alone needs about four.
//
// npm run example -- char-gru --text book.txt

import { compile, rng, type Tensor, tensor } from '@retrograd/autograd';
import {
  adam,
  clipGradNorm,
  cosineDecay,
  crossEntropy,
  dense,
  embedding,
  gru,
  Module,
} from '@retrograd/nn';
import { type Watch, watching } from './progress.js';
import { textAt } from './settings.js';
import { table, whenRun } from './show.js';
import { Alphabet, drawFrom, tellStory, windowsOf, wrapped } from './text.js';
import { UsageError } from './usage-error.js';

export const SETTINGS = { text: '', steps: 250, units: 64, seed: 1 };

const [BATCH, LENGTH] = [16, 48];

export class Reader extends Module {
  readonly table;
  readonly memory;
  readonly next;

  constructor(characters: number, units: number, seed: number) {
    super();
    const options = { rng: rng(seed) };
    this.table = embedding(characters, 24, options);
    this.memory = gru(24, units, options);
    this.next = dense(units, characters, options);
  }

  /** int32 [N, time] → a score for each character to come next, [N · time, characters], and the state behind the last. */
  read(x: Tensor, state?: Tensor): { logits: Tensor; state: Tensor } {
    const run = this.memory.run(this.table.forward(x), { state });
    return {
      logits: this.next.forward(run.outputs).reshape([x.size, -1]),
      state: run.state,
    };
  }

  forward(x: Tensor): Tensor {
    return this.read(x).logits;
  }
}

export interface Options {
  /** What is learnt from, and what is predicted in the end; default: two stories of the example's own. */
  readonly training?: string;
  readonly test?: string;
  readonly steps?: number;
  readonly units?: number;
  readonly seed?: number;
  readonly watch?: Watch;
}

export interface Learnt {
  /** Of the test, each character predicted from all before it. */
  readonly bitsPerCharacter: number;
  /** The same by a table of how often each character occurs. */
  readonly byCounting: number;
  /** Goes on from a beginning. */
  readonly write: (beginning: string, length: number) => string;
}

/** Learns a text, and is tested on another one. */
export function learnToRead(options: Options = {}): Learnt {
  const { steps, units, seed } = { ...SETTINGS, ...options };
  const { training = tellStory(20_000, seed).text, test = tellStory(4000, seed + 1).text } =
    options;
  const alphabet = new Alphabet(training);
  const [numbers, unseen] = [alphabet.encode(training), alphabet.encode(test)];
  const model = new Reader(alphabet.size, units, seed);
  const cells = model.parameters();
  const optimizer = adam(cells, { lr: 0.01, schedule: cosineDecay(steps) });
  const step = compile((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(model.forward(x), y.reshape([-1]));
    loss.backward();
    // Through 48 steps of time a gradient can grow: it is shortened to length 1 where it is longer.
    clipGradNorm(cells, 1);
    optimizer.step();
    return loss;
  });

  const random = rng(seed);
  for (let k = 1; k <= steps; k++) {
    const starts = Array.from({ length: BATCH }, () => random.integer(numbers.size - LENGTH));
    const { x, y } = windowsOf(numbers, starts, LENGTH);
    const loss = step(x, y).item();
    options.watch?.(k, steps, loss / Math.LN2);
  }

  return {
    bitsPerCharacter: bitsOf(model, unseen),
    byCounting: bitsByCounting(numbers, unseen),
    write: (beginning, length) => {
      let { logits, state } = model.read(alphabet.encode(beginning).reshape([1, -1]));
      let written = '';
      for (let i = 0; i < length; i++) {
        const drawn = drawFrom(logits.slice(-1).data(), random, 0.8);
        written += alphabet.decode([drawn]);
        ({ logits, state } = model.read(tensor([[drawn]], { dtype: 'int32' }), state));
      }
      return written;
    },
  };
}

/** −log₂ of the probabilities that the model gives to a text, piece by piece, on from the state behind the last. */
function bitsOf(model: Reader, numbers: Tensor): number {
  let [bits, state]: [number, Tensor | undefined] = [0, undefined];
  for (let from = 0; from + 1 < numbers.size; from += 256) {
    const to = Math.min(from + 256, numbers.size - 1);
    const run = model.read(numbers.slice([from, to]).reshape([1, -1]), state);
    const next = numbers.slice([from + 1, to + 1]);
    bits += crossEntropy(run.logits, next, { reduction: 'sum' }).item() / Math.LN2;
    state = run.state.detach();
  }
  return bits / (numbers.size - 1);
}

function bitsByCounting(training: Tensor, test: Tensor): number {
  const counts = new Map<number, number>();
  for (const i of training.data()) counts.set(i, (counts.get(i) ?? 0) + 1);
  const bits = Array.from(test.data(), (i) => Math.log2(training.size / (counts.get(i) ?? 1)));
  return bits.reduce((sum, b) => sum + b, 0) / bits.length;
}

export function main(settings = SETTINGS): void {
  const own = settings.text === '';
  const story = own ? tellStory(4000, settings.seed + 1) : null;
  const texts: { training?: string; test?: string } = own
    ? {}
    : partsOf(textAt('--text', settings.text));
  if (own)
    console.log(`A story thrown with dice:\n\n${wrapped(tellStory(300, settings.seed).text)}\n`);
  const watch = watching({ unit: 'step', figure: 'bits' });
  const { bitsPerCharacter, byCounting, write } = learnToRead({ ...settings, ...texts, watch });

  const beginning = own ? 'the ' : (texts.test ?? '').slice(0, 20);
  console.log(`\nWhat it writes by itself:\n\n${wrapped(beginning + write(beginning, 300))}\n`);
  const rows = [
    ['counting characters', byCounting.toFixed(2)],
    ['the network', bitsPerCharacter.toFixed(2)],
    ...(story === null ? [] : [['the dice themselves', story.bitsPerCharacter.toFixed(2)]]),
  ];
  console.log(table(['a text that it never saw, predicted by', 'bits per character'], rows));
  console.log(`\n${bitsPerCharacter.toFixed(2)} bits per character.`);
}

/** The first nine tenths of a text, and the rest. @throws UsageError if it is too short. */
function partsOf(text: string): { training: string; test: string } {
  if (text.length < 1000) {
    throw new UsageError(`--text: 1,000 characters are needed at least, there are ${text.length}.`);
  }
  const cut = Math.floor(text.length * 0.9);
  return { training: text.slice(0, cut), test: text.slice(cut) };
}

whenRun(import.meta.url, main);
