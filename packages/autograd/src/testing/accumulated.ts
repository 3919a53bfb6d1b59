// Gradients as training finds them: left in variables by `backward()`, run as it is and compiled.

import { compile } from '../compile/compile.js';
import { zerosLike } from '../tensor/creation.js';
import type { Tensor } from '../tensor/tensor.js';
import { Variable } from '../tensor/variable.js';
import type { Problem } from './problem.js';

/**
 * The gradients of Σ weights · fn by the inputs of a problem, which are made variables, and by its cells: of the function
 * itself, and of the program that it compiles to. Gradients that wait in the cells stay as they are.
 */
export function accumulated(
  problem: Problem,
  weights: readonly Tensor[],
): { eager: Tensor[]; compiled: Tensor[] } {
  const { inputs, cells } = problem;
  const own = inputs.slice(0, inputs.length - cells.length).map((x) => new Variable(x));
  const ends = [...own, ...cells];
  const step = (w: readonly Tensor[]): Tensor[] => {
    const waiting = ends.map((cell) => cell.grad);
    for (const cell of ends) cell.clearGrad();
    const total = problem
      .evaluate(own.map((cell) => cell.value))
      .map((y, k): Tensor => y.mul(w[k]).sum())
      .reduce((sum, term) => sum.add(term));
    if (total.requiresGrad) total.backward();
    const gradients = ends.map((cell) => cell.grad ?? zerosLike(cell));
    ends.forEach((cell, i) => {
      cell.grad = waiting[i];
    });
    return gradients;
  };
  problem.begin();
  const eager = step(weights);
  const program = compile(step);
  problem.begin();
  return { eager, compiled: program(weights) };
}
