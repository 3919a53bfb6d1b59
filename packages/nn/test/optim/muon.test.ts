// Muon: steps that are orthogonal, of matrices and flattened kernels, and what becomes of the rest.

import { eye, noGrad, rng, type Tensor, type Variable, variable } from '@retrograd/autograd';
import { linearWarmup, muon, type Optimizer } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { orthogonalize } from '../../src/optim/muon.js';

const float64 = { dtype: 'float64' } as const;

/** How far x is from having orthonormal rows (or columns). */
function defect(x: Tensor): number {
  const gram = x.shape[0] <= x.shape[1] ? x.matmul(x.transpose()) : x.transpose().matmul(x);
  return gram.sub(eye(gram.shape[0])).abs().max().item();
}

describe('orthogonalize', () => {
  it.each([[[4, 4]], [[3, 7]], [[7, 3]], [[1, 5]]])(
    'brings the singular values of a matrix %j near 1',
    (shape) => {
      const g = rng(3).normal(shape, float64);
      const x = orthogonalize(g, 5);
      expect(x.shape).toEqual(shape);
      expect(defect(x)).toBeLessThan(0.6);
      expect(defect(g)).toBeGreaterThan(0.6);
    },
  );

  it('does not care how large the matrix is, and leaves 0 at 0', () => {
    const g = rng(4).normal([3, 5], float64);
    const difference = orthogonalize(g, 5).sub(orthogonalize(g.mul(1e3), 5));
    expect(difference.abs().max().item()).toBeLessThan(1e-5);
    expect(orthogonalize(g.mul(0), 5).abs().max().item()).toBe(0);
  });
});

describe('muon', () => {
  it('moves kernels as matrices of units by the rest', () => {
    const g = rng(5).normal([4, 2, 3], float64);
    const [kernel, matrix] = [variable(g.mul(0)), variable(g.mul(0).reshape([4, 6]))];
    kernel.mul(g).sum().backward();
    matrix
      .mul(g.reshape([4, 6]))
      .sum()
      .backward();
    muon([kernel, matrix]).step();
    expect(kernel.value.reshape([4, 6]).toArray()).toEqual(matrix.value.toArray());
    expect(defect(matrix.value.div(0.02))).toBeLessThan(0.6);
  });

  it('steps further with tall matrices, by the root of rows over columns', () => {
    const g = rng(6).normal([8, 2], float64);
    const cell = variable(g.mul(0));
    cell.mul(g).sum().backward();
    muon([cell], { lr: 0.5 }).step();
    const wanted = noGrad(() => orthogonalize(g, 5).mul(-0.5 * 2));
    expect(cell.value.sub(wanted).abs().max().item()).toBeLessThan(1e-6);
  });

  it('leaves vectors and scalars to AdamW, as a group of their own', () => {
    const cells = [variable([1, 2]), variable([[1, 2]]), variable(3)];
    const optimizer = muon(cells, { lr: 0.1, adamW: { lr: 0.25 } });
    expect(optimizer.groups.map(({ parameters }) => parameters)).toEqual([
      [cells[1]],
      [cells[0], cells[2]],
    ]);
    expect(optimizer.groups.map(({ lr }) => lr.value.item())).toEqual([0.1, 0.25]);
    cells[2].mul(5).backward();
    optimizer.step();
    expect(cells[2].value.item()).toBeCloseTo(2.75, 6);
  });

  it('has no second group where all are matrices, and only AdamW’s where none is', () => {
    expect(muon([variable([[1]])]).groups).toHaveLength(1);
    const rates = muon([variable([1])]).groups.map(({ lr }) => lr.value.item());
    expect(rates).toEqual([3e-4]);
  });

  it('puts both on the schedule', () => {
    const cells = [variable([[1]]), variable([1])];
    const optimizer = muon(cells, { lr: 0.5, schedule: linearWarmup(1), adamW: { lr: 0.25 } });
    expect(optimizer.groups.map(({ lr }) => lr.value.item())).toEqual([0.25, 0.125]);
    optimizer.step();
    optimizer.step();
    expect(optimizer.groups.map(({ lr }) => lr.value.item())).toEqual([0.5, 0.25]);
  });

  it('lets cells without elements be', () => {
    const cell = variable(rng(1).normal([0, 3]));
    cell.sum().backward();
    muon([cell]).step();
    expect(cell.value.shape).toEqual([0, 3]);
  });

  it('takes up where its state was kept', () => {
    const g = rng(7).normal([2, 3], float64);
    const run = (cells: readonly Variable[], optimizer: Optimizer) => {
      for (let i = 0; i < 3; i++) {
        cells[0]
          .mul(g)
          .sum()
          .add(cells[1].mul(g.sum(0)).sum())
          .backward();
        optimizer.step();
      }
    };
    const straight: Variable[] = [variable(g.mul(2)), variable(g.sum(0))];
    const whole = muon(straight);
    run(straight, whole);
    const state = whole.stateDict();
    const resumed = straight.map((cell) => variable(cell.value.detach()));
    run(straight, whole);
    run(resumed, muon(resumed).loadStateDict(state));
    expect(resumed.map((cell) => cell.value.toArray())).toEqual(
      straight.map((cell) => cell.value.toArray()),
    );
  });
});
