// XOR is learned in a moment. Why then not from every start?
//
// No line separates {01, 10} from {00, 11}: that takes a hidden layer, and a network with one
// learns it. It is said that the cost falls with every step, and that training therefore finds the
// global optimum. The first is true here, the second is not: a network whose hidden ReLUs are all 0
// on all four inputs goes down as well, as far as its last bias takes it, and there the gradient is
// 0, exactly, in every weight and bias, and nothing near is lower. From another start, it learns.

import { relu, rng, type Tensor, tanh, tensor } from '@retrograd/autograd';
import {
  adam,
  binaryCrossEntropy,
  constantInit,
  dense,
  halfSquaredError,
  predict,
  sequential,
  sgd,
  train,
} from '@retrograd/nn';
import { curve, exponential, table, whenRun } from './show.js';

const dtype = 'float64';
const x = tensor(
  [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  { dtype },
);
const y = tensor([[0], [1], [1], [0]], { dtype });

export interface Learned {
  readonly losses: readonly number[];
  /** What the network thinks of 00, 01, 10 and 11: the probability of 1. */
  readonly probabilities: readonly number[];
}

/** A 2–4–1 network, tanh within and cross-entropy at its end. */
export async function learnXor({ steps = 300, seed = 1 } = {}): Promise<Learned> {
  const options = { rng: rng(seed), dtype } as const;
  const model = sequential(dense(2, 4, options), tanh, dense(4, 1, options));
  const { history } = await train(
    model,
    { x, y },
    {
      loss: binaryCrossEntropy,
      optimizer: adam(model.parameters(), { lr: 0.1 }),
      mode: 'batch',
      epochs: steps,
    },
  );
  return { losses: history.loss, probabilities: [...predict(model, x).sigmoid().data()] };
}

export interface Start {
  readonly losses: readonly number[];
  /** max |∂J/∂θ| over all weights and biases at the end. */
  readonly gradient: number;
  /** The lowest J among random points near the end, each parameter moved by up to 0.1. */
  readonly lowestNearby: number;
}

/**
 * A 2–4–1 network of ReLUs with squared error, its hidden biases beginning at `bias`. At −4 no unit ever fires: weights
 * begin within ±√3, so that z ≤ 2√3 − 4 < 0 on all four inputs.
 */
export async function startFrom(
  bias: number,
  { steps = 400, probes = 500, seed = 7 } = {},
): Promise<Start> {
  const random = rng(seed);
  const options = { rng: random, dtype } as const;
  const model = sequential(
    dense(2, 4, { ...options, biasInit: constantInit(bias) }),
    relu,
    dense(4, 1, options),
  );
  const { history } = await train(
    model,
    { x, y },
    {
      loss: halfSquaredError,
      optimizer: sgd(model.parameters(), { lr: 1 }),
      mode: 'batch',
      epochs: steps,
    },
  );

  const cost = () => halfSquaredError(model.forward(x), y);
  cost().backward();
  const cells = model.parameters();
  const gradient = Math.max(...cells.map(({ grad }) => grad?.abs().max().item() ?? 0));

  const end = cells.map(({ value }): Tensor => value.detach());
  let lowestNearby = Number.POSITIVE_INFINITY;
  for (let probe = 0; probe < probes; probe++) {
    const reach = 0.1 * random.next();
    cells.forEach((cell, i) => {
      cell.assign(end[i].add(random.uniform([...cell.shape], { low: -reach, high: reach, dtype })));
    });
    lowestNearby = Math.min(lowestNearby, cost().item());
  }
  return { losses: history.loss, gradient, lowestNearby };
}

export async function main(): Promise<void> {
  const { losses, probabilities } = await learnXor();
  console.log(`XOR, learned: J ${curve(losses)}  ${exponential(losses.at(-1) ?? 0)}\n`);
  const answers = probabilities.map((p, i) => [['00', '01', '10', '11'][i], p.toFixed(4)]);
  console.log(table(['input', 'probability of 1'], answers));

  const [dead, alive] = [await startFrom(-4), await startFrom(0)];
  console.log('\nTwo starts of one network of ReLUs, by the same descent:\n');
  const show = (name: string, { losses, gradient, lowestNearby }: Start) => [
    name,
    curve(losses, { width: 24, low: 0, high: 0.25 }),
    exponential(losses.at(-1) ?? 0),
    exponential(gradient),
    (lowestNearby - (losses.at(-1) ?? 0)).toExponential(1),
  ];
  const head = [
    'hidden biases begin at',
    'J',
    'J at the end',
    'max |∂J/∂θ|',
    'lowest near, above that',
  ];
  console.log(table(head, [show('−4, no unit ever fires', dead), show('0', alive)]));
}

whenRun(import.meta.url, main);
