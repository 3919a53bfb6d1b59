// The audit: runs a function, then tries every operation that it recorded against finite differences.

import { AuditError } from '../errors.js';
import { rng } from '../kernels/random.js';
import { cast, mul, sum } from '../ops/index.js';
import { detach } from '../tape/backward.js';
import type { Node } from '../tape/node.js';
import { observing } from '../tape/state.js';
import { isFloating } from '../tensor/dtype.js';
import type { Generator } from '../tensor/random.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import { Tensor } from '../tensor/tensor.js';
import { inColumns, Printed } from '../tensor/text.js';
import { vjp } from '../transforms/grad.js';
import { withLevel } from '../transforms/level.js';
import { leavesOf } from '../transforms/tree.js';

/** What the audit found at one operation. */
export interface AuditEntry {
  /** Its place among the recorded operations, from 0. */
  readonly index: number;
  readonly name: string;
  /** The input that the gradient belongs to. */
  readonly input: number;
  readonly shape: Shape;
  /** `kink`: the slopes on both sides differ, and the derivative is right a little aside. */
  readonly verdict: 'right' | 'wrong' | 'kink' | 'not tried';
  /** |vjp − difference| over the size of what was added up. */
  readonly error: number;
}

/** The result of `audit`; printing it shows a table. */
export class AuditReport extends Printed {
  readonly entries: readonly AuditEntry[];

  /** @internal */
  constructor(entries: readonly AuditEntry[]) {
    super();
    this.entries = entries;
  }

  /** The first operation, in the order of the run, whose derivative is wrong. */
  get firstWrong(): AuditEntry | null {
    return this.entries.find(({ verdict }) => verdict === 'wrong') ?? null;
  }

  /** @throws AuditError that names the first wrong derivative. */
  assertRight(): void {
    const wrong = this.firstWrong;
    if (wrong === null) return;
    throw new AuditError(
      `audit: derivatives agree with finite differences, got ${wrong.name} (operation ${wrong.index}), ` +
        `input ${wrong.input} of shape ${formatShape(wrong.shape)}, off by ${wrong.error.toExponential(1)}. ` +
        `Correct the vjp of ${wrong.name}.`,
    );
  }

  toString(): string {
    const rows = this.entries.map(({ index, name, input, shape, verdict, error }) => [
      String(index),
      name,
      String(input),
      formatShape(shape),
      verdict,
      verdict === 'not tried' ? '' : error.toExponential(1),
    ]);
    return inColumns([['op', 'name', 'input', 'shape', 'verdict', 'error'], ...rows]);
  }
}

/** Relative to what is added up; a central difference of a smooth function in float64 is far better than this. */
const TOLERANCE = 1e-5;
const STEP = 1e-5;

/** Slopes on both sides that differ by more than this share can't be those of a smooth function. */
const KINK = 1e-2;

/** How far from a kink the derivative is tried instead. */
const ASIDE = 1e-2;

function plain(x: Tensor): Tensor {
  const value = detach(x);
  return isFloating(value.dtype) ? cast(value, 'float64') : value;
}

/** Σ a ⊙ b as a number. */
function inner(a: Tensor, b: Tensor): number {
  return sum(mul(a, b)).item();
}

function moved(x: Tensor, direction: Tensor, step: number): Tensor {
  const [from, along] = [x.data(), direction.data()];
  const result = from.map((value, i) => value + step * along[i]);
  return new Tensor(x.rank === 0 ? result[0] : result, x.shape, 'float64', null, 0);
}

type Run = (inputs: readonly Tensor[]) => Tensor;

/** What one comparison has shown. */
interface Trial {
  readonly error: number;
  readonly agrees: boolean;
  /** The slopes on both sides differ: no derivative is right here. */
  readonly bends: boolean;
}

/**
 * Tries one input of one operation: ⟨g, J v⟩ by differences against ⟨Jᵀg, v⟩ by the rule, for a random g and v. One
 * number stands for the whole matrix: a wrong Jᵀ gives the same one with probability 0.
 */
function compare(run: Run, inputs: readonly Tensor[], i: number, random: Generator): Trial {
  const replaced = (x: Tensor) => run(inputs.map((other, k) => (k === i ? x : other)));
  const x = inputs[i];
  const v = random.normal([...x.shape], { dtype: 'float64' });
  const [value, pullback] = vjp(replaced, x);
  const g = random.normal([...value.shape], { dtype: 'float64' });
  const [gradient] = pullback(g);
  const claimed = inner(gradient, v);
  const here = inner(g, value);
  const h = STEP * Math.max(1, ...x.data().map(Math.abs));
  const ahead = inner(g, replaced(moved(x, v, h)));
  const behind = inner(g, replaced(moved(x, v, -h)));
  const measured = (ahead - behind) / (2 * h);
  const size = Math.max(Math.abs(measured), sum(mul(gradient, v).abs()).item());
  const distance = Math.abs(claimed - measured);
  // Central differences are good to h² of the third derivative and to ε/h of the value.
  const slack = TOLERANCE * size + (4 * Number.EPSILON * Math.abs(here)) / h;
  return {
    error: distance === 0 ? 0 : distance / size,
    agrees: distance <= slack,
    bends: Math.abs(ahead - 2 * here + behind) / h > KINK * size,
  };
}

/** At a kink no difference is right; what counts is that the derivative is, a little aside from it. */
function examine(
  run: Run,
  inputs: readonly Tensor[],
  i: number,
  random: Generator,
): { verdict: AuditEntry['verdict']; error: number } {
  const { error, agrees, bends } = compare(run, inputs, i, random);
  if (agrees) return { verdict: 'right', error };
  if (!bends) return { verdict: 'wrong', error };
  const aside = random.normal([...inputs[i].shape], { dtype: 'float64' });
  const nearby = inputs.map((x, k) => (k === i ? moved(x, aside, ASIDE) : x));
  return { verdict: compare(run, nearby, i, random).agrees ? 'kink' : 'wrong', error };
}

/**
 * Runs `fn(...args)`, records every operation on the way, and tries each one's derivative, input by input, against
 * finite differences in float64: the report names the first wrong one. `fn` must depend on variables, on tensors that
 * require a gradient or on its arguments; the gradients of what it returns are not needed.
 */
export function audit<A extends unknown[]>(fn: (...args: A) => unknown, ...args: A): AuditReport {
  const recorded: { node: Node; inputs: readonly Tensor[] }[] = [];
  withLevel((level) => {
    const bound = leavesOf(args).length > 0 ? level.rebind('audit', args).argument : args;
    observing(
      (node, inputs) => recorded.push({ node: node as Node, inputs }),
      () => level.run('audit', () => fn(...bound)),
    );
  });
  const random = rng(0);
  const entries = recorded.flatMap(({ node, inputs }, index) => {
    const { op, attrs } = node;
    const values = inputs.map(plain);
    return node.inputs.flatMap((input, i): AuditEntry[] => {
      if (input === null) return [];
      const entry = { index, name: op.name, input: i, shape: values[i].shape };
      if (op.apply === null) return [{ ...entry, verdict: 'not tried', error: 0 }];
      const { apply } = op;
      const weights = new Map<number, Tensor>();
      const run: Run = (xs) => joined(apply(xs, attrs), weights, random);
      return [{ ...entry, ...examine(run, values, i, random) }];
    });
  });
  return new AuditReport(entries);
}

/** Several outputs as one number, under weights that stay the same for all runs. */
function joined(
  result: Tensor | readonly Tensor[],
  weights: Map<number, Tensor>,
  random: Generator,
): Tensor {
  if (result instanceof Tensor) return result;
  const terms = result.map((y, k) => {
    const weight = weights.get(k) ?? random.normal([...y.shape], { dtype: 'float64' });
    weights.set(k, weight);
    return sum(mul(y, weight));
  });
  return terms.reduce((total, term) => total.add(term));
}
