// Can a network learn to balance a pole that it has never seen balanced, from nothing but when it fell?
//
// A cart on a track carries a pole that stands on a hinge. 50 times a second the cart is pushed to the left or to the
// right with 10 newtons, and when the pole leans by more than 12° or the cart is 2.4 m from the middle, it is over (the
// task of Barto, Sutton and Anderson 1983, their equations below). Nobody says which push was the wrong one. The policy
// gradient (REINFORCE, Williams 1992) makes do without: π(a|s) is the probability of push a in state s, G is how long it
// went on from there (later steps counting less), and
//
//   ∇E[G] = E[(G − b(s)) ∇ log π(a|s)]
//
// makes pushes likelier that were followed by more than was to be expected, b(s), and the others less so. b is learnt by
// a second network; any b is right, as E[∇ log π] = 0, and a good one takes away most of the noise.

import { compile, type Generator, rng, type Tensor, tanh, tensor } from '@retrograd/autograd';
import { adam, binaryCrossEntropy, clipGradNorm, dense, sequential } from '@retrograd/nn';
import { type Watch, watching } from './progress.js';
import { bar, curve, table, whenRun } from './show.js';

export const SETTINGS = { episodes: 400, seed: 2 };

/** The longest episode, 10 s: who gets so far is let off. */
export const LIMIT = 500;
/** How much a step counts less than the one before it. */
const DISCOUNT = 0.99;
/** Tries to an update. */
const TRIES = 8;

/** x in m, ẋ in m/s, θ in radians from the vertical, θ̇ in 1/s. */
export type State = readonly [x: number, speed: number, angle: number, turning: number];

const [GRAVITY, CART, POLE, HALF_LENGTH, FORCE, SECONDS] = [9.8, 1, 0.1, 0.5, 10, 0.02];

/** The state 0.02 s after a push to the left (0) or to the right (1), by a step of Euler's. Without friction. */
export function push([x, speed, angle, turning]: State, action: number): State {
  const force = action === 1 ? FORCE : -FORCE;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const total = CART + POLE;
  const pull = (force + POLE * HALF_LENGTH * turning ** 2 * sin) / total;
  const angular =
    (GRAVITY * sin - cos * pull) / (HALF_LENGTH * (4 / 3 - (POLE * cos ** 2) / total));
  const acceleration = pull - (POLE * HALF_LENGTH * angular * cos) / total;
  return [
    x + SECONDS * speed,
    speed + SECONDS * acceleration,
    angle + SECONDS * turning,
    turning + SECONDS * angular,
  ];
}

/** Whether it is over: |x| > 2.4 m or |θ| > 12°. */
export function fallen([x, , angle]: State): boolean {
  return Math.abs(x) > 2.4 || Math.abs(angle) > (12 * Math.PI) / 180;
}

/** One try: in which states which pushes were made, until it was over. */
interface Episode {
  readonly states: readonly State[];
  readonly actions: readonly number[];
}

/** Plays `count` tries side by side; `chance(states)` gives the probability of a push to the right in each of them. */
function play(
  count: number,
  chance: (states: readonly State[]) => ArrayLike<number>,
  random: Generator,
): Episode[] {
  const small = () => 0.1 * random.next() - 0.05;
  const tries = Array.from({ length: count }, () => ({
    state: [small(), small(), small(), small()] as State,
    states: [] as State[],
    actions: [] as number[],
  }));
  for (let step = 0; step < LIMIT && tries.some(({ state }) => !fallen(state)); step++) {
    const right = chance(tries.map(({ state }) => state));
    tries.forEach((one, i) => {
      if (fallen(one.state)) return;
      const action = random.next() < right[i] ? 1 : 0;
      one.states.push(one.state);
      one.actions.push(action);
      one.state = push(one.state, action);
    });
  }
  return tries;
}

/**
 * How long it went on from each step of a try: (1 − γ) Σ γᵏ, which is 1 where it goes on for ever. A try that ended at
 * the limit did not fall: from there on it is worth what is expected of its last state.
 */
function returnsOf({ states }: Episode, expected: (state: State) => number): number[] {
  const returns = new Array<number>(states.length);
  let future = states.length === LIMIT ? expected(states[LIMIT - 1]) : 0;
  for (let i = states.length - 1; i >= 0; i--) {
    future = 1 - DISCOUNT + DISCOUNT * future;
    returns[i] = future;
  }
  return returns;
}

/** States as the networks see them: [N, 4], each number about 1. */
const seen = (states: readonly State[]): Tensor =>
  tensor(
    states.map(([x, speed, angle, turning]) => [x / 2.4, speed / 2, angle / 0.2, turning / 2]),
  );

export interface Options {
  readonly episodes?: number;
  readonly seed?: number;
  readonly watch?: Watch;
}

export interface Balanced {
  /** How many steps each try lasted, in their order. */
  readonly lengths: readonly number[];
  /** The mean over the last 50 of them. */
  readonly steps: number;
  /** The states of one more try, with what was learnt. */
  readonly shown: readonly State[];
}

/** Plays, and after every eight tries makes pushes likelier that were followed by more than was expected. */
export function learn(options: Options = {}): Balanced {
  const { episodes = SETTINGS.episodes, seed = SETTINGS.seed, watch } = options;
  const random = rng(seed);
  const network = () => {
    const layers = [dense(4, 32, { rng: random }), tanh, dense(32, 1, { rng: random })];
    return sequential(...layers, (z: Tensor) => z.reshape([-1]));
  };
  const [policy, baseline] = [network(), network()];
  const cells = [...policy.parameters(), ...baseline.parameters()];
  const optimizer = adam(cells, { lr: 0.01 });

  const right = compile((states: Tensor) => policy.forward(states).sigmoid());
  const expected = compile((states: Tensor) => baseline.forward(states));
  const update = compile((states: Tensor, actions: Tensor, returns: Tensor, weights: Tensor) => {
    const mean = (x: Tensor) => x.mul(weights).sum().div(weights.sum());
    const off = returns.sub(baseline.forward(states));
    // In units of its own size, so that steps are as large when tries are short as when they are long.
    const better = off.detach().div(mean(off.detach().square()).sqrt());
    // The cross-entropy of the logit of "right" with the push that was made is −log π(a|s).
    const surprise = binaryCrossEntropy(policy.forward(states), actions, { reduction: 'none' });
    mean(better.mul(surprise)).add(mean(off.square())).backward();
    clipGradNorm(cells, 1);
    optimizer.step();
  });

  const chance = (states: readonly State[]) => right(seen(states)).data();
  const lengths: number[] = [];
  while (lengths.length < episodes) {
    const played = play(TRIES, chance, random);
    const states = played.flatMap((episode) => episode.states);
    const actions = played.flatMap((episode) => episode.actions);
    const worth = (state: State) => expected(seen([state])).data()[0];
    const returns = played.flatMap((episode) => returnsOf(episode, worth));
    // Tries are of all lengths. Rows of weight 0 fill the batch up to a power of 2: so there is a program for each of
    // these, and not one for each length.
    const empty = 2 ** Math.ceil(Math.log2(states.length)) - states.length;
    const filled = (values: readonly number[]) => tensor(values).pad([[0, empty]]);
    const rows = seen(states).pad([
      [0, empty],
      [0, 0],
    ]);
    update(rows, filled(actions), filled(returns), filled(states.map(() => 1)));
    for (const episode of played) lengths.push(episode.states.length);
    watch?.(Math.min(lengths.length, episodes), episodes, recent(lengths));
  }
  return { lengths, steps: recent(lengths), shown: play(1, chance, random)[0].states };
}

/** The mean over the last 50. */
function recent(lengths: readonly number[]): number {
  const last = lengths.slice(-50);
  return last.reduce((sum, length) => sum + length, 0) / last.length;
}

/** The cart and its pole, at a scale of 2 characters for 10 cm and with angles as they would look 3 times as large. */
function picture([x, , angle]: State): string {
  const place = (metres: number) => Math.round(24 + 10 * metres);
  const at = (column: number, text: string) => `${' '.repeat(Math.max(column, 0))}${text}`;
  const height = (share: number) => at(place(x + share * Math.tan(3 * angle)), '●');
  return [height(0.5), height(0.25), at(place(x) - 2, '▄███▄'), '─'.repeat(49)].join('\n');
}

export function main(settings = SETTINGS): void {
  const watch = watching({ unit: 'try', figure: 'steps' });
  const { lengths, steps, shown } = learn({ ...settings, watch });
  const groups = Array.from({ length: Math.ceil(lengths.length / 50) }, (_, i) =>
    lengths.slice(50 * i, 50 * (i + 1)),
  );
  const rows = groups.map((group, i) => [
    `${50 * i + 1}–${50 * i + group.length}`,
    recent(group).toFixed(0),
    bar(recent(group), LIMIT),
  ]);
  console.log(`\n${table(['tries', 'mean steps', `of ${LIMIT}, which are 10 seconds`], rows)}`);
  const moment = Math.min(shown.length - 1, 50);
  const time = `${(moment * SECONDS).toFixed(1)} s`;
  console.log(
    `\nOne more try, of ${shown.length} steps; after ${time}\n\n${picture(shown[moment])}\n`,
  );
  const along = (name: string, values: number[], most: number) =>
    console.log(`${name}  ${curve(values, { width: 64, low: -most, high: most })}`);
  along(
    'where the cart is,   ±2.4 m',
    shown.map(([x]) => x),
    2.4,
  );
  along(
    'how the pole leans,  ±12°  ',
    shown.map(([, , angle]) => angle),
    Math.PI / 15,
  );
  console.log(
    `\nThe last ${Math.min(50, lengths.length)} tries lasted ${steps.toFixed(0)} steps on average.`,
  );
}

whenRun(import.meta.url, main);
