// How many miles to the gallon does a car do, if all that is known of it is seven columns with gaps?
//
// 406 cars of 1970–1982: cylinders, displacement, horsepower, weight, acceleration, year and origin. A model that is
// judged by cars it was trained on is flattered, so each of five folds is predicted by a model that saw only the other
// four. And a figure says little alone: beside the network stand the mean of all other cars, and a weighted sum of the
// columns (a network without hidden layers). What the network adds is that the columns count differently together:
// another hundred pounds cost a light car more miles than a heavy one.

import { fileURLToPath } from 'node:url';
import { relu, rng, type Tensor } from '@retrograd/autograd';
import {
  adamW,
  type Batch,
  cosineDecay,
  crossValidate,
  dense,
  huber,
  type Module,
  meanAbsoluteError,
  type PreparedData,
  predict,
  prepareData,
  r2,
  Standardizer,
  sequential,
  train,
} from '@retrograd/nn';
import { readCsv } from '@retrograd/nn/node';
import { type Watch, watching } from './progress.js';
import { scatter, table, whenRun } from './show.js';
import { UsageError } from './usage-error.js';

export const SETTINGS = { epochs: 60, folds: 5, seed: 1 };

/**
 * The cars whose row has no gap, as tensors. `Name` is left out: nearly every car has one of its own. Inputs are
 * standardised over all rows, which tells a model nothing of what it is to predict; miles are left as they are.
 */
export function readCars(): PreparedData {
  const path = fileURLToPath(new URL('../data/cars.csv', import.meta.url));
  return prepareData(readCsv(path), {
    target: 'Miles_per_Gallon',
    ignore: ['Name'],
    testFraction: 0,
    standardizeTarget: false,
  });
}

type Recipe = (inputs: number, seed: number) => Module;

const RECIPES: Readonly<Record<string, Recipe>> = {
  'weighted sum': (inputs, seed) => sequential(dense(inputs, 1, { rng: rng(seed) })),
  network: (inputs, seed) => {
    const options = { rng: rng(seed) };
    return sequential(
      dense(inputs, 32, options),
      relu,
      dense(32, 32, options),
      relu,
      dense(32, 1, options),
    );
  },
};

export interface Judged {
  readonly name: string;
  /** 1 − Σ(y − ŷ)² / Σ(y − ȳ)², the mean over the folds, and its standard deviation. */
  readonly r2: number;
  readonly r2Deviation: number;
  /** Miles per gallon, the mean over the folds. */
  readonly error: number;
  /** [miles per gallon, what was predicted] of every car, by the model that had not seen it. */
  readonly pairs: readonly (readonly [number, number])[];
}

export interface Options {
  readonly epochs?: number;
  readonly folds?: number;
  readonly seed?: number;
  readonly watch?: Watch;
}

/** The mean, the weighted sum and the network, each judged by cars that it was not trained on. */
export async function judge(options: Options = {}): Promise<Judged[]> {
  const { epochs = SETTINGS.epochs, folds = SETTINGS.folds, seed = SETTINGS.seed, watch } = options;
  if (folds < 2 || folds > 100) {
    throw new UsageError(`--folds: from 2 to 100, so that each has some cars, got ${folds}.`);
  }
  const data = readCars();
  const total = Object.keys(RECIPES).length * folds * epochs;
  let done = 0;
  const tell = (loss: number) => watch?.(++done, total, loss);

  const judgeOne = async (name: string, learn: Learn): Promise<Judged> => {
    const pairs: [number, number][] = [];
    const { mean, standardDeviation } = await crossValidate(
      data.train,
      async ({ fold, training, validation }) => {
        const predicted = (await learn(training, seed + fold))(validation.x);
        const guesses = predicted.data();
        validation.y.data().forEach((y, i) => {
          pairs.push([y, guesses[i]]);
        });
        return {
          r2: r2(predicted, validation.y),
          error: meanAbsoluteError(predicted, validation.y),
        };
      },
      { k: folds, seed },
    );
    return { name, r2: mean.r2, r2Deviation: standardDeviation.r2, error: mean.error, pairs };
  };

  const judged = [await judgeOne('mean of the others', meanOfAll)];
  for (const [name, recipe] of Object.entries(RECIPES)) {
    const learn: Learn = (training, seed) => fit(recipe(data.inputs, seed), training, epochs, tell);
    judged.push(await judgeOne(name, learn));
  }
  return judged;
}

/** From cars [N, features] and their miles [N, 1] to a function that predicts. */
type Learn = (training: Batch, seed: number) => Promise<(x: Tensor) => Tensor>;

const meanOfAll: Learn = async ({ y }) => {
  const mean = y.mean();
  return (x) => mean.broadcastTo([x.shape[0], 1]);
};

async function fit(
  model: Module,
  { x, y }: Batch,
  epochs: number,
  tell: (loss: number) => void,
): Promise<(x: Tensor) => Tensor> {
  // The network learns miles of mean 0 and standard deviation 1; what it says is turned back into miles.
  const { mean, std } = Standardizer.of(y.data());
  const steps = epochs * Math.ceil(x.shape[0] / 32);
  await train(
    model,
    { x, y: y.sub(mean).div(std) },
    {
      // Of a large error it takes the size, not the square: a few odd cars shall not rule the rest.
      loss: huber,
      optimizer: adamW(model.parameters(), {
        lr: 0.01,
        // 33 weights for each car invite learning by heart: they are kept small.
        weightDecay: 0.5,
        schedule: cosineDecay(steps),
      }),
      epochs,
      onProgress: ({ epochEnd }) => {
        if (epochEnd !== null) tell(epochEnd.loss);
      },
    },
  );
  return (x) => predict(model, x).mul(std).add(mean);
}

export async function main(settings = SETTINGS): Promise<void> {
  const { summary } = readCars();
  console.log(`${summary.rows} cars, of which ${summary.used} have no gap in their row\n`);
  const judged = await judge({ ...settings, watch: watching() });
  const rows = judged.map(({ name, r2, r2Deviation, error }) => [
    name,
    `${r2.toFixed(3)} ± ${r2Deviation.toFixed(3)}`,
    error.toFixed(2),
  ]);
  console.log(`\n${table(['predicted by', 'R²', 'mean error, miles/gallon'], rows)}`);

  const network = judged[judged.length - 1];
  console.log('\nEach car: what it does (across) and what the network said (up); ╱ is the truth\n');
  const span = [5, 50] as const;
  const under = (x: number, y: number, { height }: { height: number }) =>
    Math.abs(x - y) < height / 2 ? '╱' : ' ';
  console.log(scatter(network.pairs, { x: span, y: span, width: 54, height: 18, under }));
  console.log(`\nThe network explains ${(100 * network.r2).toFixed(1)} % of the variance (R²).`);
}

whenRun(import.meta.url, main);
