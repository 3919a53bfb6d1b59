// A long training run without a pause for the collector: prints the resident memory early on and at the end.
import { noGrad, rng, type Tensor, type Variable, variable } from '../../../src/index.js';

const STEPS = 20_000;
const EARLY = 1_000;

const random = rng(1);
const w1 = variable(random.normal([4, 16], { std: 0.5 }));
const b1 = variable(random.normal([16], { std: 0.1 }));
const w2 = variable(random.normal([16, 3], { std: 0.5 }));
const b2 = variable(random.normal([3], { std: 0.1 }));
const parameters: Variable[] = [w1, b1, w2, b2];
const x = random.normal([32, 4]);
const y = random.normal([32, 3]);

const losses: Tensor[] = [];
let early = 0;
for (let step = 0; step < STEPS; step++) {
  // A ragged last batch now and then: two structures take turns.
  const rows = step % 8 === 7 ? 8 : 32;
  const prediction = x.slice([0, rows]).matmul(w1).add(b1).tanh().matmul(w2).add(b2);
  const loss = prediction
    .sub(y.slice([0, rows]))
    .square()
    .mean();
  loss.backward();
  noGrad(() => {
    for (const p of parameters) {
      p.assign(p.sub((p.grad as Tensor).mul(0.05)));
      p.clearGrad();
    }
  });
  losses.push(loss);
  if (step === EARLY) early = process.memoryUsage.rss();
}

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
const report = {
  early: megabytes(early),
  end: megabytes(process.memoryUsage.rss()),
  kept: losses.length,
  first: losses[0].item(),
  last: losses[STEPS - 2].item(),
};
process.stdout.write(JSON.stringify(report));
