// Minimisation: closures over cells as functions of flat vectors, differentiated by the tape.

import { onesLike, type Tensor, tensor, type Variable } from '@retrograd/autograd';
import { type Layout, layoutOf, resultOf } from './flatten.js';
import { epsilonOf, scalarResult, vectorOf } from './functions.js';
import { type LeastSquares, noEvaluations, type Objective } from './objective.js';
import { dot, type Vector } from './vectors.js';

/** Computes something from the current values of cells. */
export type Closure = () => Tensor;

/** Cells as one vector. */
export class CellVector {
  readonly layout: Layout;
  readonly #cells: readonly Variable[];

  constructor(op: string, cells: readonly Variable[]) {
    this.#cells = cells;
    this.layout = layoutOf(op, cells, 'parameters');
  }

  read(op: string): Vector {
    return this.layout.flatten(op, 'parameters', this.#cells);
  }

  /** @returns the vector as the cells hold it, rounded to their dtype. */
  assign(x: Vector): Vector {
    const flat = this.layout.toTensor(x);
    const values = this.layout.unflatten(flat) as readonly Tensor[];
    this.#cells.forEach((cell, i) => {
      cell.assign(values[i]);
    });
    return vectorOf(flat);
  }

  /** The gradients that have arrived, which are taken away; null for a cell that none has reached. */
  takeGradients(): (Tensor | null)[] {
    return this.#cells.map((cell) => {
      const { grad } = cell;
      cell.clearGrad();
      return grad;
    });
  }

  /** Gradients as a vector, with zeros where there is none. */
  join(gradients: readonly (Tensor | null)[]): Vector {
    const flat = new Float64Array(this.layout.size);
    let start = 0;
    this.#cells.forEach(({ size }, i) => {
      const gradient = gradients[i];
      if (gradient !== null) flat.set(gradient.data(), start);
      start += size;
    });
    return flat;
  }

  /** The part of a vector that belongs to each cell. */
  split(v: Vector): readonly Tensor[] {
    return this.layout.unflatten(this.layout.toTensor(v)) as readonly Tensor[];
  }
}

/** A loss by its gradients, and by products with its Hessian: gradients of gᵀv, g being recorded once for each x. */
export function lossOf(op: string, cells: CellVector, closure: Closure): Objective {
  const { size, dtype } = cells.layout;
  const evaluations = noEvaluations();
  let recorded: { x: Vector; gradients: (Tensor | null)[] } | null = null;
  return {
    size,
    epsilon: epsilonOf(dtype),
    evaluations,
    evaluate(x) {
      evaluations.function++;
      evaluations.gradient++;
      const at = cells.assign(x);
      const loss = scalarResult(op, closure());
      cells.takeGradients();
      loss.backward();
      return { x: at, value: loss.item(), gradient: cells.join(cells.takeGradients()) };
    },
    hessianVector(x, v) {
      evaluations.hessianVector++;
      if (recorded === null || recorded.x.some((value, i) => value !== x[i])) {
        cells.assign(x);
        const loss = scalarResult(op, closure());
        loss.backward(onesLike(loss), { createGraph: true });
        recorded = { x, gradients: cells.takeGradients() };
      }
      const product = inner(recorded.gradients, cells.split(v));
      if (product === null) return new Float64Array(size);
      product.backward(onesLike(product), { retain: true });
      return cells.join(cells.takeGradients());
    },
  };
}

/** Σ gᵀv over the gradients that depend on anything; null if none does. */
function inner(gradients: readonly (Tensor | null)[], v: readonly Tensor[]): Tensor | null {
  let sum: Tensor | null = null;
  gradients.forEach((g, i) => {
    if (g === null || !g.requiresGrad) return;
    const term = g.mul(v[i]).sum();
    sum = sum === null ? term : sum.add(term);
  });
  return sum;
}

/**
 * Residuals by their Jacobian: a row for each residual, by replays backward; or, where there are far fewer unknowns, a
 * column for each of these, since Jᵀu is linear in u and its gradients by u are the columns of J.
 */
export function residualsOf(op: string, cells: CellVector, closure: Closure): LeastSquares {
  const { size, dtype } = cells.layout;
  const evaluations = noEvaluations();
  return {
    size,
    epsilon: epsilonOf(dtype),
    evaluations,
    evaluate(x) {
      evaluations.function++;
      const at = cells.assign(x);
      const residuals = vectorOf(resultOf(op, closure()));
      return { x: at, value: dot(residuals, residuals) / 2, residuals };
    },
    jacobian(x) {
      evaluations.jacobian++;
      cells.assign(x);
      const residuals = resultOf(op, closure());
      cells.takeGradients();
      return residuals.size > 2 * size ? columns(cells, residuals) : rows(cells, residuals);
    },
  };
}

function unit(size: number, i: number): Vector {
  const e = new Float64Array(size);
  e[i] = 1;
  return e;
}

function rows(cells: CellVector, residuals: Tensor): Vector {
  const { size, dtype } = cells.layout;
  const result = new Float64Array(residuals.size * size);
  for (let i = 0; i < residuals.size; i++) {
    const seed = tensor(unit(residuals.size, i), { dtype }).reshape([...residuals.shape]);
    residuals.backward(seed, { retain: i + 1 < residuals.size });
    result.set(cells.join(cells.takeGradients()), i * size);
  }
  return result;
}

function columns(cells: CellVector, residuals: Tensor): Vector {
  const { size, dtype } = cells.layout;
  const m = residuals.size;
  const result = new Float64Array(m * size);
  const u = tensor(new Float64Array(m), { dtype, requiresGrad: true });
  residuals.backward(u.reshape([...residuals.shape]), { createGraph: true });
  const gradients = cells.takeGradients();
  for (let j = 0; j < size; j++) {
    const element = inner(gradients, cells.split(unit(size, j)));
    if (element === null) break;
    u.clearGrad();
    element.backward(onesLike(element), { retain: true });
    cells.takeGradients();
    const column = u.grad === null ? new Float64Array(m) : vectorOf(u.grad);
    for (let i = 0; i < m; i++) result[i * size + j] = column[i];
  }
  u.clearGrad();
  return result;
}
