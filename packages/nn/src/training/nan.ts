// Training: a loss that became NaN, traced back to where that began.

import {
  firstNaN,
  type Generator,
  type GeneratorState,
  type Operand,
  type Tensor,
  type Variable,
} from '@retrograd/autograd';
import type { Batch } from '../data/batches.js';
import type { Module } from '../module.js';
import { generatorStates } from './state.js';
import { costOf, type Learning } from './step.js';

const isBroken = (value: Operand): boolean => value.read().data().some(Number.isNaN);

/** Steps from one remembered state to the next, at least. */
const LEAST_BETWEEN = 64;

/** Remembers where model, optimizer and draws stand; values don't change, so holding them copies nothing. @returns what puts them back. */
function remember<M extends Module>(model: M, { optimizer }: Learning<M>): () => void {
  const [weights, state, draws] = [
    model.stateDict(),
    optimizer.stateDict(),
    generatorStates(model),
  ];
  return () => {
    model.loadStateDict(weights);
    optimizer.loadStateDict(state);
    for (const [name, generator] of model.namedGenerators()) generator.restore(draws[name]);
    for (const cell of optimizer.parameters) cell.clearGrad();
  };
}

/** The passes over some samples from a place in the order on. */
export type Passes = (order: GeneratorState | null) => Iterable<Batch>;

/** Follows a training, so that the first NaN can be traced back to where it arose. */
export class NaNWatch<M extends Module> {
  readonly #op: string;
  readonly #model: M;
  readonly #learning: Learning<M>;
  readonly #passes: Passes;
  #restore: (() => void) | null = null;
  #order: GeneratorState | null = null;
  #iteration = Number.NEGATIVE_INFINITY;
  #told = false;

  constructor(op: string, model: M, learning: Learning<M>, passes: Passes) {
    this.#op = op;
    this.#model = model;
    this.#learning = learning;
    this.#passes = passes;
  }

  /** A pass begins; `random` draws the order of its samples. */
  begin(iteration: number, random: Generator | null): void {
    if (this.#told || iteration - this.#iteration < LEAST_BETWEEN) return;
    this.#restore = remember(this.#model, this.#learning);
    this.#order = random?.snapshot() ?? null;
    this.#iteration = iteration;
  }

  /**
   * Looks at the loss of a step. At the first that is NaN, the steps since the state that is remembered are taken again,
   * plainly and watched, and everything is put back.
   * @returns the warning that says where it arose; null if there is nothing to say.
   */
  observe(iteration: number, loss: number): string | null {
    if (!Number.isNaN(loss) || this.#told) return null;
    this.#told = true;
    const now = remember(this.#model, this.#learning);
    this.#restore?.();
    try {
      const batches = this.#passes(this.#order);
      const where = firstBroken(this.#op, this.#model, this.#learning, batches);
      return (
        `${this.#op}: a loss is a number, got NaN in step ${iteration}. It first arose in ${where}. ` +
        'Lower the learning rate, clip with clipGradNorm, or look at that operation.'
      );
    } finally {
      now();
      this.#restore = null;
    }
  }
}

/** Steps taken again before it is given up. */
const MOST_REPEATED = 10_000;

function firstBroken<M extends Module>(
  op: string,
  model: M,
  learning: Learning<M>,
  batches: Iterable<Batch>,
): string {
  const nameOf = new Map<Variable, string>(
    model.namedVariables().map(([name, cell]) => [cell, name]),
  );
  const broken = (has: (cell: Variable) => boolean): string | undefined => {
    const cell = learning.optimizer.parameters.find(has);
    return cell && (nameOf.get(cell) ?? 'a parameter');
  };
  let repeated = 0;
  for (const batch of batches) {
    if (++repeated > MOST_REPEATED) break;
    if (isBroken(batch.x)) return 'the samples themselves';
    const costs: Tensor[] = [];
    const found = firstNaN(() => {
      costs.push(costOf(op, model, learning, batch));
      return costs[0];
    });
    if (found !== null) return found.op === null ? 'the parameters' : `${found.op}${found.site}`;
    costs[0].backward();
    const gradient = broken((cell) => cell.grad !== null && isBroken(cell.grad));
    if (gradient !== undefined) return `the gradient of ${gradient}`;
    learning.optimizer.step();
    const updated = broken((cell) => isBroken(cell));
    if (updated !== undefined) return `the update of ${updated}`;
  }
  return 'a step that does not repeat itself';
}
