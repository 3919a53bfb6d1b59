// Every optimizer against PyTorch's figures: 50 steps down a fixed stream of gradients.
import { type Variable, variable } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { disagreement, type Figure, tensorOf } from '../../../autograd/test/oracle/agreement.js';
import { figures, optimizerNamed } from './figures.js';

const { start, gradients, runs } = figures.optimizers;

describe("PyTorch's figures for the optimizers", () => {
  it.each(runs.map((run) => [run.optimizer, JSON.stringify(run.options), run] as const))(
    '%s with %s takes the same path',
    (name, _options, run) => {
      const cells = start.map((figure) => variable(tensorOf(figure)));
      const optimizer = optimizerNamed(name)(cells, run.options);
      const complaints: string[] = [];
      for (const [i, gradient] of gradients.entries()) {
        leaveGradients(cells, gradient);
        optimizer.step();
        for (const [n, figure] of (run.after[i + 1] ?? []).entries()) {
          const difference = disagreement(cells[n].read(), figure);
          if (difference !== null)
            complaints.push(`parameter ${n} after step ${i + 1}: ${difference}`);
        }
      }
      expect(complaints).toEqual([]);
    },
  );

  it('cover sgd, adam and adamW, each up to its 50th step', () => {
    expect([...new Set(runs.map((run) => run.optimizer))].sort()).toEqual(['adam', 'adamW', 'sgd']);
    for (const run of runs) expect(run.after[gradients.length]).toHaveLength(start.length);
  });
});

/** The gradient of Σ cell · g is g. */
function leaveGradients(cells: readonly Variable[], figuresOfStep: readonly Figure[]): void {
  cells
    .map((cell, n) => cell.read().mul(tensorOf(figuresOfStep[n])).sum())
    .reduce((a, b) => a.add(b))
    .backward();
}
