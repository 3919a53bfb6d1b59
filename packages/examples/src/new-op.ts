// How does an operation that the library doesn't have come to be one of its own?
//
// The operation is mish(x) = x · tanh(ln(1 + eˣ)), and there are three ways to say so. As a formula
// on one number: all else follows from it. As tensor operations, with the derivative worked out by
// hand: for what is no formula on one number. And as a loop over typed arrays: for what is best
// written as a loop. Each is then asked the same three questions: is the value the same, is the
// derivative (and its derivative) that of the value, and how long does it take?

import {
  audit,
  defineElementwise,
  defineOp,
  grad,
  rng,
  sigmoid,
  softplus,
  sub,
  type Tensor,
  tanh,
  tensor,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import { exponential, table, whenRun } from './show.js';

// 1. A formula. The kernel, the gradient, the forward mode, every higher order and the LaTeX are made from it.
const fromFormula = defineElementwise('mish', (x) => x.mul(x.softplus().tanh()));

/** mish′(x) = t + x σ(x)(1 − t²), t = tanh(ln(1 + eˣ)). Of operations, so it has a derivative as well. */
const slope = (x: Tensor): Tensor => {
  const t = tanh(softplus(x));
  return t.add(x.mul(sigmoid(x)).mul(sub(1, t.square())));
};

// 2. Tensor operations, which aren't recorded; what is recorded is the one operation that they make up.
const fromOperations = defineOp({
  name: 'mishOfOperations',
  forward: ([x]) => x.mul(tanh(softplus(x))),
  saves: { inputs: [0] },
  vjp: (g, { x: [x] }) => g.mul(slope(x)),
  jvp: ([t], { x: [x] }) => t?.mul(slope(x)) ?? null,
});

// 3. A loop over typed arrays. It says first what it will return, then fills it.
const fromKernel = defineOp({
  name: 'mishOfKernel',
  output: ([x]) => x,
  kernel: ([{ data: x }], [{ data: y }]) => {
    for (let i = 0; i < x.length; i++) {
      // tanh(ln u) = (u² − 1)/(u² + 1), and u² − 1 = e(e + 2) for u = 1 + e; where e² overflows, it is 1.
      const e = Math.exp(x[i]);
      y[i] = x[i] > 20 ? x[i] : (x[i] * e * (e + 2)) / (e * (e + 2) + 2);
    }
  },
  saves: { inputs: [0] },
  vjp: (g, { x: [x] }) => g.mul(slope(x)),
  jvp: ([t], { x: [x] }) => t?.mul(slope(x)) ?? null,
});

/** The second way again, with a slip of the pen: 1 − t in place of 1 − t². */
export const mistaken = defineOp({
  name: 'mishMistaken',
  forward: ([x]) => x.mul(tanh(softplus(x))),
  saves: { inputs: [0] },
  vjp: (g, { x: [x] }) => {
    const t = tanh(softplus(x));
    return g.mul(t.add(x.mul(sigmoid(x)).mul(sub(1, t))));
  },
});

export interface Way {
  readonly way: string;
  /** The largest difference of its values from x · tanh(ln(1 + eˣ)) in plain numbers. */
  readonly valueError: number;
  /** The largest relative errors of its first and second derivatives, by finite differences. */
  readonly firstError: number;
  readonly secondError: number;
  /** Microseconds for a value and its gradient. */
  readonly microseconds: number;
}

/** All three, on the same numbers. `elements` and `runs` say how thoroughly the time is taken. */
export function compareWays(elements = 10_000, runs = 50): Way[] {
  const few = tensor([-30, -4, -1.2, 0, 0.3, 2, 25], { dtype: 'float64' });
  const expected = few.data().map((x) => x * Math.tanh(Math.log1p(Math.exp(x))));
  const many = rng(1).normal([elements], { dtype: 'float64' });
  const ways = { formula: fromFormula, operations: fromOperations, kernel: fromKernel };
  return Object.entries(ways).map(([way, mish]) => {
    const report = gradcheck((x: Tensor) => mish(x), [few.slice([1, 6])]);
    const step = grad((x: Tensor) => mish(x).sum());
    step(many); // the first run makes the kernels
    const start = performance.now();
    for (let run = 0; run < runs; run++) step(many);
    const microseconds = ((performance.now() - start) / runs) * 1000;
    return {
      way,
      valueError: Math.max(
        ...mish(few)
          .data()
          .map((y, i) => Math.abs(y - expected[i])),
      ),
      firstError: report.largest('first'),
      secondError: report.largest('second'),
      microseconds,
    };
  });
}

/** What the audit of a run says about the mistaken derivative: the name of the first operation whose rule is wrong. */
export function auditMistake(): string | undefined {
  const x = rng(2).normal([5], { dtype: 'float64' });
  return audit((x: Tensor) => mistaken(x.mul(2)).tanh().sum(), x).firstWrong?.name;
}

export function main(): void {
  const rows = compareWays().map((way) => [
    way.way,
    exponential(way.valueError),
    exponential(way.firstError),
    exponential(way.secondError),
    `${way.microseconds.toFixed(0)} µs`,
  ]);
  console.log('mish(x) = x · tanh(ln(1 + eˣ)), declared in three ways\n');
  console.log(
    table(['way', 'value', 'first derivative', 'second', '10,000 elements, both ways'], rows),
  );
  console.log(`\nWith 1 − t in place of 1 − t², the audit of a run names ${auditMistake()}:`);
  try {
    gradcheck((x: Tensor) => mistaken(x), [tensor([0.3, 2], { dtype: 'float64' })], {
      modes: ['reverse'],
    });
  } catch (error) {
    console.log(String(error));
  }
}

whenRun(import.meta.url, main);
