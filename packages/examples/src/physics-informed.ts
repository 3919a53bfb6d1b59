// Can a network learn a function that it is never shown, only told which law the function obeys?
//
// The law is that of a string under a load, −u″(x) = f(x) on [0, 1] with both ends held, u(0) =
// u(1) = 0. No value of u is given away. The loss asks how far −u″ is from f at a few points, so
// that u″, the network's second derivative by its *input*, must itself be differentiated by the
// weights: three derivatives deep. With f = π² sin πx + 4π² sin 2πx the law has the solution u =
// sin πx + sin 2πx, which only the judge knows.

import { grad, jvp, linspace, onesLike, rng, sub, type Tensor, tanh } from '@retrograd/autograd';
import { adam, dense, type Initializer, mse, sequential } from '@retrograd/nn';
import { curve, exponential, whenRun } from './show.js';

const { PI } = Math;
const load = (x: Tensor): Tensor =>
  x
    .mul(PI)
    .sin()
    .mul(PI ** 2)
    .add(
      x
        .mul(2 * PI)
        .sin()
        .mul(4 * PI ** 2),
    );
const solution = (x: Tensor): Tensor =>
  x
    .mul(PI)
    .sin()
    .add(x.mul(2 * PI).sin());

type Curve = (x: Tensor) => Tensor;

/** Every point has a u of its own, so Σu differentiated by x is u′ at each, and Σu′ gives u″. Two replays backward. */
export const secondByReverse = (u: Curve): Curve =>
  grad((x: Tensor) => grad((x: Tensor) => u(x).sum())(x).sum());

/**
 * The same by moving all points at once, at speed 1: the speed of u is u′, and the speed of that is
 * u″. Two replays forward.
 */
export const secondByForward = (u: Curve): Curve => {
  const moving = (f: Curve) => (x: Tensor) => jvp(f, [x], [onesLike(x)])[1];
  return moving(moving(u));
};

export interface Options {
  readonly steps?: number;
  readonly units?: number;
  readonly points?: number;
  readonly seed?: number;
}

export interface Solved {
  readonly u: Curve;
  readonly losses: readonly number[];
  /** max |u − solution| over points between those that were trained on. */
  readonly maxError: number;
  /** max |u″ by reverse − u″ by forward| / max |u″| at the end. */
  readonly disagreement: number;
}

/** Trains a network on the law alone. */
export function solve({ steps = 1000, units = 32, points = 24, seed = 1 }: Options = {}): Solved {
  // The first layer begins with steep slopes at scattered places, so that its units bend at different points of [0, 1].
  const scattered: Initializer = (shape, rng, dtype) =>
    rng.uniform([...shape], { low: -8, high: 8, dtype });
  const options = { dtype: 'float64', rng: rng(seed) } as const;
  const net = sequential(
    dense(1, units, { ...options, init: scattered, biasInit: scattered }),
    tanh,
    dense(units, 1, options),
  );
  // x(1 − x) is 0 at both ends, and so is u, whatever the network says.
  const u: Curve = (x) => x.mul(sub(1, x)).mul(net.forward(x));
  const bend = secondByForward(u);

  const x = linspace(0, 1, points, { dtype: 'float64' }).reshape([points, 1]);
  const f = load(x);
  const optimizer = adam(net.parameters(), { lr: 0.1 });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    // From large strides to small ones: lr falls to 1/100.
    optimizer.lr.assign(0.1 * 100 ** (-step / steps));
    const loss = mse(bend(x).neg(), f);
    loss.backward();
    optimizer.step();
    losses.push(loss.item());
  }

  const between = linspace(0.013, 0.987, 101, { dtype: 'float64' }).reshape([101, 1]);
  const byForward = bend(between);
  const largest = (t: Tensor) => t.abs().max().item();
  return {
    u,
    losses,
    maxError: largest(u(between).sub(solution(between))),
    disagreement: largest(byForward.sub(secondByReverse(u)(between))) / largest(byForward),
  };
}

export function main(): void {
  const { u, losses, maxError, disagreement } = solve();
  const x = linspace(0, 1, 48, { dtype: 'float64' }).reshape([48, 1]);
  const scale = { low: -0.37, high: 1.76 };
  console.log('−u″ = π² sin πx + 4π² sin 2πx, u(0) = u(1) = 0\n');
  console.log(`learned   ${curve([...u(x).data()], scale)}`);
  console.log(`solution  ${curve([...solution(x).data()], scale)}`);
  console.log(
    `log loss  ${curve(losses.map(Math.log))}  ${losses[0].toFixed(0)} → ${exponential(losses.at(-1) ?? 0)}`,
  );
  console.log(`\nlargest error of u: ${exponential(maxError)}`);
  console.log(
    `u″ by two replays backward and by two forward: equal to ${exponential(disagreement)}`,
  );
}

whenRun(import.meta.url, main);
