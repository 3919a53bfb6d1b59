// Every op against PyTorch's figures: values, gradients, and gradients of gradients.
import { readFileSync } from 'node:fs';
import * as library from '@retrograd/autograd';
import { grad, type Tensor, tensor, type Variable, variable } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';
import { disagreement, type Figure, numbersDisagree, tensorOf } from './agreement.js';

/** One call, as fixtures/figures.json keeps it; make_figures.py says what each field is. */
interface Case {
  readonly op: string;
  readonly call: string;
  readonly args: readonly unknown[];
  readonly outputs: readonly Figure[];
  readonly weights?: readonly (Figure | null)[];
  readonly grads?: readonly Figure[];
  readonly weights2?: readonly Figure[];
  readonly grads2?: readonly Figure[];
  readonly each?: boolean;
}

const { made, cases } = JSON.parse(
  readFileSync(new URL('./fixtures/figures.json', import.meta.url), 'utf8'),
) as { made: string; cases: Case[] };

const byOp = new Map<string, Case[]>();
for (const one of cases) byOp.set(one.op, [...(byOp.get(one.op) ?? []), one]);

const ops = library as unknown as Record<string, (...args: readonly unknown[]) => unknown>;

describe("PyTorch's figures", () => {
  it('cover at least 75 ops, and at least 25 of them to second order', () => {
    expect(made).toMatch(/^PyTorch 1\.13/);
    expect(byOp.size).toBeGreaterThanOrEqual(75);
    const second = new Set(cases.filter((one) => one.grads2 !== undefined).map((one) => one.op));
    expect(second.size).toBeGreaterThanOrEqual(25);
  });

  it.each([...byOp])('%s agrees', (_op, tried) => {
    expect(tried.flatMap(complaintsAbout)).toEqual([]);
  });
});

describe('agreement with a figure', () => {
  it('notices one element that is off by 2e-12', () => {
    expect(numbersDisagree([1, 2 + 4e-12], [1, 2])).toMatch(/^element 1 is 2\.\d+ instead of 2/);
    expect(numbersDisagree([1, 2 + 1e-12], [1, 2])).toBeNull();
  });

  it('judges each element by its own size when asked to', () => {
    expect(numbersDisagree([1, 2e-20], [1, 1e-20])).toBeNull();
    expect(numbersDisagree([1, 2e-20], [1, 1e-20], { each: true })).toMatch(/^element 1/);
  });

  it('takes NaN for NaN and an infinity for itself, and for nothing else', () => {
    const ends = [Number.NaN, Infinity, -Infinity];
    expect(numbersDisagree(ends, ends)).toBeNull();
    expect(numbersDisagree([0, 1, 1], ends)).toMatch(/^element 0 is 0 instead of NaN/);
    expect(numbersDisagree([Number.NaN, -Infinity, -Infinity], ends)).toMatch(/^element 1/);
    expect(numbersDisagree([Number.NaN], [1])).toMatch(/^element 0/);
    expect(numbersDisagree([Infinity], [1])).toMatch(/^element 0/);
  });

  it('asks for the shape and the dtype of the figure', () => {
    const figure: Figure = { shape: [2, 1], data: [1, 2] };
    expect(disagreement(tensor([[1], [2]], { dtype: 'float64' }), figure)).toBeNull();
    expect(disagreement(tensor([1, 2], { dtype: 'float64' }), figure)).toMatch(/^shape \[2\]/);
    expect(disagreement(tensor([[1], [2]]), figure)).toMatch(/^dtype float32/);
  });
});

/** What is wrong with our answer to one call, each complaint a line that begins with the call. */
function complaintsAbout(one: Case): string[] {
  const complaints: string[] = [];
  const compare = (what: string, got: Tensor, figure: Figure): void => {
    const difference = disagreement(got, figure, { each: one.each });
    if (difference !== null) complaints.push(`${one.call}: ${what}: ${difference}`);
  };

  const cells: Variable[] = [];
  const args = one.args.map((arg) => argument(arg, (x) => keep(cells, variable(x))));
  const outputs = tensorsOf(ops[one.op](...args));
  if (outputs.length !== one.outputs.length) {
    return [`${one.call}: ${outputs.length} outputs instead of ${one.outputs.length}`];
  }
  for (const [i, figure] of one.outputs.entries()) compare(`output ${i}`, outputs[i], figure);
  if (one.weights === undefined || one.grads === undefined) return complaints;

  weighted(outputs, one.weights).backward();
  for (const [i, figure] of one.grads.entries()) {
    const { grad: got } = cells[i];
    if (got === null) complaints.push(`${one.call}: input ${i} got no gradient`);
    else compare(`gradient ${i}`, got, figure);
  }
  if (one.grads2 === undefined) return complaints;

  const second = secondOrder(one);
  for (const [i, figure] of one.grads2.entries()) compare(`second order ${i}`, second[i], figure);
  return complaints;
}

/** The gradient of Σ weights2 · ∂(Σ weights · outputs)/∂inputs. */
function secondOrder({ op, args, weights = [], weights2 = [] }: Case): Tensor[] {
  const inputs: Tensor[] = [];
  for (const arg of args) argument(arg, (x) => keep(inputs, x));
  const first = grad((leaves: Tensor[]) => {
    let next = 0;
    return weighted(
      tensorsOf(ops[op](...args.map((arg) => argument(arg, () => leaves[next++])))),
      weights,
    );
  });
  return grad((leaves: Tensor[]) => weighted(first(leaves), weights2))(inputs);
}

/** Σ over all tensors that have a weight of the sum of their weighted elements. */
function weighted(tensors: readonly Tensor[], weights: readonly (Figure | null)[]): Tensor {
  return tensors
    .flatMap((t, i) => {
      const weight = weights[i];
      return weight === null ? [] : [t.mul(tensorOf(weight)).sum()];
    })
    .reduce((a, b) => a.add(b));
}

/** One argument of the call; float64 tensors go through `differentiable`, from left to right. */
function argument(arg: unknown, differentiable: (x: Tensor) => unknown): unknown {
  if (isFigure(arg)) {
    const value = tensorOf(arg);
    return arg.dtype === undefined ? differentiable(value) : value;
  }
  if (Array.isArray(arg)) return arg.map((item) => argument(item, differentiable));
  if (arg !== null && typeof arg === 'object') {
    return Object.fromEntries(
      Object.entries(arg).map(([key, value]) => [key, argument(value, differentiable)]),
    );
  }
  return typeof arg === 'string' && /^(-?Infinity|NaN)$/.test(arg) ? Number(arg) : arg;
}

function isFigure(arg: unknown): arg is Figure {
  return arg !== null && typeof arg === 'object' && 'shape' in arg && 'data' in arg;
}

/** What an op returns, as a list: a tensor, several, or values and indices. */
function tensorsOf(result: unknown): Tensor[] {
  if (Array.isArray(result)) return result;
  const { values, indices } = result as { values?: unknown; indices?: unknown };
  return typeof values === 'object' ? ([values, indices] as Tensor[]) : [result as Tensor];
}

function keep<T>(list: T[], item: T): T {
  list.push(item);
  return item;
}
