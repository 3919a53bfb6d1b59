// Every optimizer against PyTorch's figures, or those of its authors' update in NumPy: 1000 steps down a fixed stream of
// gradients, and 1000 steps of a small network.
import { tanh, variable } from '@retrograd/autograd';
import { clipGradNorm, dense, gradNorm, mse, sequential } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { disagreement, numbersDisagree } from '../../../autograd/test/oracle/agreement.js';
import { optimizerNamed } from './figures.js';
import { cellsAt, figures, SHAPES, STEPS, tensorAt } from './optimizer-figures.js';

const EVERY = [
  ...['adadelta', 'adagrad', 'adam', 'adamW', 'lion', 'muon', 'nadam', 'radam', 'rmsprop', 'sgd'],
];
const gradients = Array.from({ length: STEPS }, (_, i) => cellsAt(i + 1));

describe('the figures of 1000 gradients', () => {
  it.each(figures.stream.map((run) => [run.optimizer, JSON.stringify(run.options), run] as const))(
    '%s with %s takes the same path',
    (name, _options, run) => {
      const cells = cellsAt(0).map((start) => variable(start));
      const parameters = run.groups?.map((own, n) => ({ parameters: [cells[n]], ...own })) ?? cells;
      const optimizer = optimizerNamed(name)(parameters, run.options);
      const complaints: string[] = [];
      for (const [i, gradient] of gradients.entries()) {
        cells.forEach((cell, n) => {
          cell.grad = gradient[n];
        });
        optimizer.step();
        for (const [n, figure] of (run.after[i + 1] ?? []).entries()) {
          const difference = numbersDisagree(Array.from(cells[n].read().data()), figure);
          if (difference !== null) complaints.push(`cell ${n} after step ${i + 1}: ${difference}`);
        }
      }
      expect(complaints).toEqual([]);
    },
  );

  it('cover every optimizer up to its 1000th step', () => {
    expect([...new Set(figures.stream.map((run) => run.optimizer))].sort()).toEqual(EVERY);
    for (const run of figures.stream) expect(run.after[STEPS]).toHaveLength(SHAPES.length);
  });
});

describe('the figures of 1000 training steps', () => {
  it.each(
    figures.training.map((run) => [run.optimizer, JSON.stringify(run.options), run] as const),
  )('%s with %s trains the same network', (name, _options, run) => {
    const model = sequential(dense(3, 4), tanh, dense(4, 2)).to('float64');
    const cells = Object.values(model.parameters());
    cells.forEach((cell, n) => {
      cell.assign(tensorAt(cell.shape, n));
    });
    const [x, y] = [tensorAt([7, 3], 11), tensorAt([7, 2], 12)];
    const optimizer = optimizerNamed(name)(cells, run.options);
    const complaints: string[] = [];
    for (let step = 1; step <= STEPS; step++) {
      const loss = mse(model.forward(x), y);
      loss.backward();
      optimizer.step();
      const figure = run.losses[step];
      if (figure === undefined) continue;
      const difference = numbersDisagree([loss.item()], [figure], { tolerance: 1e-9 });
      if (difference !== null) complaints.push(`loss of step ${step}: ${difference}`);
    }
    for (const [key, value] of Object.entries(model.stateDict())) {
      const difference = disagreement(value, run.trained[key], { tolerance: 1e-9 });
      if (difference !== null) complaints.push(`${key}: ${difference}`);
    }
    expect(complaints).toEqual([]);
  });

  it('cover every optimizer, and every loss goes down', () => {
    expect(figures.training.map((run) => run.optimizer).sort()).toEqual(EVERY);
    for (const { losses } of figures.training) expect(losses[1000]).toBeLessThan(losses[1] / 2);
  });
});

describe('the figures of clipping', () => {
  it.each(figures.clipping.map(({ norm, total }) => [Number(norm), total]))(
    'agree on the norm of order %d over all gradients',
    (norm, total) => {
      const cells = cellsAt(0).map((start) => variable(start));
      cells.forEach((cell, n) => {
        cell.grad = gradients[0][n];
      });
      expect(gradNorm(cells, { norm }).item() / total).toBeCloseTo(1, 13);
      expect(clipGradNorm(cells, total / 3, { norm }).item() / total).toBeCloseTo(1, 13);
      expect(gradNorm(cells, { norm }).item() / total).toBeCloseTo(1 / 3, 13);
    },
  );
});
