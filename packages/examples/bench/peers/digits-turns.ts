// Everybody trains on each split of the digits, in turn.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Batch, stratifiedSplit } from '@retrograd/nn';
import type { Contender } from './contender.js';
import { type Question, readDigitsFile, SPLITS, TRAINING, type Trained } from './digits.js';
import { trainers } from './entries.js';
import type { Absence } from './page.js';
import { gather, nameOf, reasonOf } from './turns.js';

interface Options {
  /** Where the bundled drivers are. */
  readonly folder: string;
  readonly scratch: string;
  readonly say: (text: string) => void;
  /** Pictures and their digits; otherwise they are those that scikit-learn comes with. */
  readonly data?: Batch;
}

/** Nobody trains where there is no data. */
export async function trainInTurn({ folder, scratch, say, data }: Options): Promise<{
  trained: Trained[];
  absent: Absence[];
}> {
  const file = join(scratch, 'digits.f32');
  if (data !== undefined) writeDigits(file, data);
  const { contenders, absent } = await gather(trainers(folder));
  try {
    if (data === undefined) {
      const owner = contenders.find(({ lib }) => lib === 'scikit-learn');
      if (owner === undefined) {
        const reason = 'they are those of scikit-learn, which is absent, or of a file: --data FILE';
        return { trained: [], absent: [...absent, { name: 'the digits', reason }] };
      }
      await owner.ask({ op: 'write', file });
    }
    const measured = await splitBySplit(contenders, file, say);
    return { trained: measured.trained, absent: [...absent, ...measured.absent] };
  } finally {
    for (const contender of contenders) contender.end();
  }
}

function writeDigits(file: string, { x, y }: Batch): void {
  const numbers = Float32Array.from([...x.reshape([-1]).data(), ...y.data()] as number[]);
  writeFileSync(file, new Uint8Array(numbers.buffer));
}

/** Whoever breaks down has no row. */
async function splitBySplit(
  contenders: readonly Contender[],
  file: string,
  say: (text: string) => void,
): Promise<{ trained: Trained[]; absent: Absence[] }> {
  const { labels } = readDigitsFile(file);
  const absent: Absence[] = [];
  const taking = new Map(
    contenders.map((each) => [each, { seconds: [] as number[], accuracies: [] as number[] }]),
  );
  for (let seed = 1; seed <= SPLITS; seed++) {
    say(`Digits: split ${seed} of ${SPLITS}.`);
    const split = stratifiedSplit(labels, 0.25, seed);
    const [training, test] = [Array.from(split.train), Array.from(split.test)];
    const question: Question = { op: 'train', file, ...TRAINING, seed, training, test };
    for (const [contender, { seconds, accuracies }] of taking) {
      try {
        const answer = await contender.ask(question);
        seconds.push(Number(answer.seconds?.toPrecision(5)));
        accuracies.push(Number(answer.accuracy?.toPrecision(5)));
      } catch (error) {
        taking.delete(contender);
        absent.push({ name: `${nameOf(contender)} at the digits`, reason: reasonOf(error) });
      }
    }
  }
  const trained = [...taking].map(([{ lib, variant }, each]) => ({ lib, variant, ...each }));
  return { trained, absent };
}
