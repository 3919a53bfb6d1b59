// Every optimizer within a compiled step, with all that can stand beside it: schedules, clipping, noise, averages of weights.
import {
  compile,
  rng,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import {
  accumulate,
  adadelta,
  adagrad,
  adam,
  adamW,
  clipGradNorm,
  clipGradValue,
  cosineDecay,
  cosineRestarts,
  crossEntropy,
  dense,
  ema,
  gradientNoise,
  joinSchedules,
  linearWarmup,
  lion,
  muon,
  nadam,
  type Optimizer,
  oneCycle,
  radam,
  rmsprop,
  scheduler,
  sequential,
  sgd,
  stepDecay,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

type Cells = readonly Variable[];

const warm = joinSchedules([linearWarmup(5), cosineDecay(40, { final: 0.1 })]);

const OPTIMIZERS: Readonly<Record<string, (cells: Cells) => Optimizer>> = {
  'adam with amsgrad': (p) => adam(p, { lr: 0.01, amsgrad: true }),
  nadam: (p) => nadam(p, { lr: 0.01, weightDecay: 0.01 }),
  radam: (p) => radam(p, { lr: 0.01, betas: [0.9, 0.95] }),
  rmsprop: (p) => rmsprop(p, { lr: 0.01, centered: true, momentum: 0.5 }),
  adagrad: (p) => adagrad(p, { lr: 0.1, lrDecay: 0.01, initialAccumulator: 0.1 }),
  adadelta: (p) => adadelta(p),
  lion: (p) => lion(p, { lr: 0.001, weightDecay: 0.1 }),
  muon: (p) => muon(p, { lr: 0.01, schedule: warm }),
  'sgd in groups, one on a schedule': ([w, ...rest]) =>
    sgd(
      [
        { parameters: [w], lr: 0.2, schedule: oneCycle(50) },
        { parameters: rest, momentum: 0.5 },
      ],
      {
        lr: 0.1,
      },
    ),
  'adamW on restarts': (p) => adamW(p, { lr: 0.01, schedule: cosineRestarts(5, { growth: 2 }) }),
};

const draw = (seed: number, shape: [number, number]) =>
  rng(seed).normal(shape, { dtype: 'float64' });

function largestDifference(a: Tensor, b: Tensor): number {
  const largest = b.abs().max().item();
  return a.sub(b).abs().max().item() / (largest === 0 ? 1 : largest);
}

/** A model, its optimizer, and everything beside it; the same at every call. */
function learner(make: (cells: Cells) => Optimizer) {
  const random = rng(1);
  const model = sequential(dense(4, 6, { rng: random }), tanh, dense(6, 3, { rng: random })).to(
    'float64',
  );
  const cells = model.parameters();
  const optimizer = make(cells);
  const average = ema(model, 0.9, { biasCorrection: true });
  const noise = gradientNoise(cells, { rng: rng(5), eta: 0.001 });
  const step = (x: Tensor, y: Tensor): { loss: Tensor; norm: Tensor } => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    noise.add();
    clipGradValue(cells, 0.8);
    const norm = clipGradNorm(cells, 0.5);
    optimizer.step();
    average.update();
    return { loss, norm };
  };
  return { model, optimizer, average, step };
}

const labels = (n: number) => tensor(Int32Array.from({ length: n }, (_, i) => i % 3));

describe('a compiled step', () => {
  it.each(Object.entries(OPTIMIZERS))(
    'with %s, clipping, noise and an average trains as the eager one',
    (_name, make) => {
      const [eager, compiled] = [learner(make), learner(make)];
      const run = compile(compiled.step);
      for (let step = 0; step < 50; step++) {
        // Every fourth batch is the ragged last one of a pass.
        const rows = step % 4 === 3 ? 5 : 8;
        const [x, y] = [draw(step + 10, [rows, 4]), labels(rows)];
        const [got, wanted] = [run(x, y), eager.step(x, y)];
        expect(largestDifference(got.loss, wanted.loss), `loss ${step}`).toBeLessThan(1e-12);
        expect(largestDifference(got.norm, wanted.norm), `norm ${step}`).toBeLessThan(1e-12);
      }
      const pairs = [
        ...eager.model
          .parameters()
          .map((cell, i) => [compiled.model.parameters()[i].value, cell.value]),
        ...eager.average.values().map((value, i) => [compiled.average.values()[i], value]),
        ...eager.optimizer.groups.map(({ lr }, i) => [
          compiled.optimizer.groups[i].lr.value,
          lr.value,
        ]),
      ];
      pairs.forEach(([got, wanted], i) => {
        expect(largestDifference(got, wanted), `cell ${i}`).toBeLessThan(1e-12);
      });
    },
  );

  it('changes its rate from run to run without being traced again', () => {
    const cell = variable(1, { dtype: 'float64' });
    const optimizer = sgd([cell], { lr: 1, schedule: stepDecay(2, 0.5) });
    const step = compile((g: Tensor) => {
      cell.mul(g).backward();
      optimizer.step();
      return optimizer.lr.value;
    });
    const one = tensor(1, { dtype: 'float64' });
    expect([0, 1, 2, 3, 4].map(() => step(one).item())).toEqual([1, 1, 0.5, 0.5, 0.25]);
    expect(cell.value.item()).toBe(1 - 3.25);
  });

  it('carries a scheduler of its own', () => {
    const cell = variable(0, { dtype: 'float64' });
    const optimizer = sgd([cell], { lr: 8 });
    const rates = scheduler(optimizer, stepDecay(1, 0.5));
    const step = compile((g: Tensor) => {
      cell.mul(g).backward();
      optimizer.step();
      rates.step();
    });
    for (let i = 0; i < 3; i++) step(tensor(-1, { dtype: 'float64' }));
    expect(cell.value.item()).toBe(14);
    expect(rates.count.value.item()).toBe(3);
  });

  it('gathers micro-batches, and makes of them what the whole batch makes', () => {
    const { model } = learner((cells) => sgd(cells, { lr: 1 }));
    const [x, y] = [draw(3, [10, 4]), labels(10)];
    const gather = compile((rows: Tensor, classes: Tensor) =>
      accumulate(
        [
          [0, 4],
          [4, 8],
          [8, 10],
        ],
        ([from, to]) =>
          crossEntropy(model.forward(rows.slice([from, to])), classes.slice([from, to])),
        { weight: ([from, to]) => to - from },
      ),
    );
    const loss = gather(x, y);
    const gathered = model.parameters().map((cell) => cell.grad as Tensor);
    model.clearGrad();
    const whole = crossEntropy(model.forward(x), y);
    whole.backward();
    expect(largestDifference(loss, whole)).toBeLessThan(1e-13);
    model.parameters().forEach((cell, i) => {
      expect(largestDifference(gathered[i], cell.grad as Tensor)).toBeLessThan(1e-13);
    });
  });
});
