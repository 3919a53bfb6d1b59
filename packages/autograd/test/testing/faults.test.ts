// The checker is checked: every operation, with every kind of fault in its rules, must be caught.
import { rng, type Tensor } from '@retrograd/autograd';
import { gradcheck, type OpSample, samples } from '@retrograd/autograd/testing';
import { describe, expect, it } from 'vitest';
import { Node, type Op } from '../../src/tape/node.js';
import { leafTensor } from '../../src/tensor/tensor.js';
import { Problem } from '../../src/testing/problem.js';
import { pull, push, type TensorMap } from '../../src/testing/rules.js';
import { leavesOf } from '../../src/transforms/tree.js';
import { DETACHED, FAULTS, type Fault, REDUCTION_FAULTS, withFault } from './faults.js';

/** Their derivative is zero everywhere, so no fault shows. `pow` stands here with the exponent 0. */
const FLAT = ['sign', 'floor', 'ceil', 'round', 'pow'];

/** What is differentiated, and by what. */
interface Probe {
  readonly map: TensorMap;
  readonly at: readonly Tensor[];
  readonly weights: readonly Tensor[];
}

function randomLike(values: readonly Tensor[], seed: number): Tensor[] {
  const source = rng(seed);
  return values.map(({ shape }) =>
    source.uniform([...shape], { low: 0.3, high: 1.7, dtype: 'float64' }),
  );
}

function firstOrder({ fn, inputs }: OpSample): Probe {
  const problem = new Problem(fn, inputs());
  const weights = randomLike(problem.run(problem.inputs), 11);
  return { map: (at) => problem.run(at), at: problem.inputs, weights };
}

/** The gradient as a function of inputs and weights. */
function secondOrder(sample: OpSample): Probe {
  const { map, at, weights } = firstOrder(sample);
  return {
    map: (both) => pull(map, both.slice(0, at.length), both.slice(at.length)),
    at: [...at, ...weights],
    weights: randomLike(at, 12),
  };
}

const gradientsOf = ({ map, at, weights }: Probe) => pull(map, at, weights);
const tangentsOf = ({ map, at }: Probe) =>
  push(map, at, [randomLike(at, 13)])[0].map((t, k) => t ?? map(at)[k]?.mul(0) ?? null);

/** The operations on the tape of some results, with their samples. */
function recordedBy(resultsOf: (sample: OpSample) => readonly Tensor[]): Map<Op, OpSample[]> {
  const found = new Map<Op, OpSample[]>();
  for (const sample of samples) {
    const pending = resultsOf(sample).map(({ origin }) => origin);
    const seen = new Set<unknown>();
    for (let origin = pending.pop(); origin !== undefined; origin = pending.pop()) {
      if (!(origin instanceof Node) || seen.has(origin)) continue;
      seen.add(origin);
      pending.push(...origin.inputs);
      const list = found.get(origin.op) ?? [];
      if (!list.includes(sample)) found.set(origin.op, [...list, sample]);
    }
  }
  return found;
}

function leavesLike(values: readonly Tensor[]): Tensor[] {
  return values.map((x) => (x.dtype === 'float64' ? leafTensor('test', x) : x));
}

const onFirstTape = recordedBy(({ fn, inputs }) => {
  const leaves = leavesLike(inputs());
  return leavesOf(fn(...(leaves as Parameters<typeof fn>))).map(({ value }) => value.read());
});

/** Operations that occur in gradients only. */
const onSecondTape = new Map(
  [
    ...recordedBy((sample) => {
      const { map, at, weights } = firstOrder(sample);
      const both = leavesLike([...at, ...weights]);
      return pull(map, both.slice(0, at.length), both.slice(at.length));
    }),
  ].filter(([op]) => !onFirstTape.has(op)),
);

/** Whether a fault shows: it throws, or changes a gradient that isn't zero. */
function changes(right: readonly (Tensor | null)[], compute: () => readonly (Tensor | null)[]) {
  let wrong: readonly (Tensor | null)[];
  try {
    wrong = compute();
  } catch {
    return true;
  }
  return right.some((value, k) => {
    if (value === null) return false;
    const numbers = Array.from(value.data());
    const others = wrong[k]?.data() ?? numbers.map(() => 0);
    const largest = numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    return numbers.some((x, i) => !(Math.abs(x - others[i]) <= 1e-9 * largest));
  });
}

/** The class of error that the checker throws; null if it is satisfied. */
function complaintOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return (error as Error).name;
  }
}

interface Trial {
  readonly rule: 'vjp' | 'jvp';
  readonly faults: readonly Fault[];
  readonly probe: (sample: OpSample) => Probe;
  readonly compute: (probe: Probe) => readonly (Tensor | null)[];
  readonly options: Parameters<typeof gradcheck>[2];
  /** On how many samples, at most. */
  readonly count: number;
}

/**
 * Tries every fault of one rule, until some samples have been found on which any shows: those that show must be caught,
 * and by an error that is meant for it.
 */
function tryFaults(op: Op, own: readonly OpSample[], trial: Trial): void {
  const { rule, faults, probe, compute, options, count } = trial;
  const uncaught: string[] = [];
  let telling = 0;
  const several = own.filter(hasElements);
  for (const sample of several.length > 0 ? several : own) {
    const point = probe(sample);
    const right = compute(point);
    const broken = <R>(fault: Fault, body: () => R): R => withFault(op, rule, fault, body);
    const shown = faults.filter((fault) =>
      changes(right, () => broken(fault, () => compute(point))),
    );
    for (const fault of shown) {
      const check = () => gradcheck(sample.fn, sample.inputs(), options);
      const complaint = complaintOf(() => broken(fault, check));
      if (complaint === 'GradcheckError' || complaint === 'RuleError') continue;
      uncaught.push(`${fault.name}, on ${sample.op} ${sample.name}: ${complaint ?? 'not caught'}`);
    }
    if (shown.length > 0 && ++telling === count) break;
  }
  expect(uncaught).toEqual([]);
  if (!FLAT.includes(op.name)) expect(telling).toBeGreaterThan(0);
}

/** On nothing no fault shows, and on one element few do. */
function hasElements({ inputs }: OpSample): boolean {
  const sizes = inputs().map(({ size }) => size);
  return Math.min(...sizes) > 0 && Math.max(...sizes) > 1;
}

const listed = (ops: ReadonlyMap<Op, OpSample[]>) =>
  [...ops].map(([op, own], i) => [`${op.name} (${i})`, op, own] as const);

describe('gradcheck catches every fault in the', () => {
  it.each(listed(onFirstTape))('vjp of %s', (_name, op, own) => {
    tryFaults(op, own, {
      rule: 'vjp',
      faults: [...FAULTS, ...REDUCTION_FAULTS],
      probe: firstOrder,
      compute: gradientsOf,
      count: 2,
      options: { order: 1, modes: ['reverse'] },
    });
  });

  it.each(listed(onFirstTape))('jvp of %s', (_name, op, own) => {
    tryFaults(op, own, {
      rule: 'jvp',
      faults: FAULTS,
      probe: firstOrder,
      compute: tangentsOf,
      count: 2,
      options: { order: 1, modes: ['forward'] },
    });
  });

  it.each(listed(onSecondTape))('vjp of %s, by second order', (_name, op, own) => {
    tryFaults(op, own, {
      rule: 'vjp',
      faults: [...FAULTS, ...REDUCTION_FAULTS],
      probe: secondOrder,
      compute: gradientsOf,
      count: 1,
      options: { order: 2, modes: ['reverse'] },
    });
  });

  it.each(listed(onFirstTape))('vjp of %s that is right but cut off', (_name, op, own) => {
    tryFaults(op, own, {
      rule: 'vjp',
      faults: [DETACHED],
      probe: secondOrder,
      compute: gradientsOf,
      count: 1,
      options: { order: 2, modes: ['reverse'] },
    });
  });
});

describe('a fault', () => {
  it('is mended when its trial is over, whatever is thrown in it', () => {
    const [op] = [...onFirstTape.keys()];
    const { vjp } = op;
    expect(() =>
      withFault(op, 'vjp', FAULTS[0], () => {
        expect(op.vjp).not.toBe(vjp);
        throw new Error('in the middle of it');
      }),
    ).toThrow('in the middle of it');
    expect(op.vjp).toBe(vjp);
  });
});
