// What is not listed as saved is not read: after the forward run everything else is overwritten.
import { defineOp, grad, mul, rng, type Tensor, tensor } from '@retrograd/autograd';
import { type OpSample, samples } from '@retrograd/autograd/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Node } from '../../src/tape/node.js';
import type { TypedArray } from '../../src/tensor/dtype.js';
import type { Origin } from '../../src/tensor/origin.js';
import { withLevel } from '../../src/transforms/level.js';
import { push } from '../../src/transforms/push.js';
import { leavesOf } from '../../src/transforms/tree.js';

const KINDS = { Float64Array, Float32Array, Int32Array, Uint8Array };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Runs `body` and returns, beside its result, every array of numbers that was made meanwhile. */
function withArrays<R>(body: () => R): [R, TypedArray[]] {
  const made: TypedArray[] = [];
  for (const [name, kind] of Object.entries(KINDS)) {
    const watched: typeof kind = new Proxy(kind, {
      construct(target, args, newTarget): TypedArray {
        const own = newTarget === watched ? target : newTarget;
        const array: TypedArray = Reflect.construct(target, args, own);
        made.push(array);
        return array;
      },
    });
    vi.stubGlobal(name, watched);
  }
  try {
    return [body(), made];
  } finally {
    vi.unstubAllGlobals();
  }
}

function overlap(a: TypedArray, b: TypedArray): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}

/** The arrays that the nodes behind some tensors list as saved. */
function savedBy(outputs: readonly Tensor[]): TypedArray[] {
  const saved: TypedArray[] = [];
  const pending: (Origin | null)[] = outputs.map(({ origin }) => origin);
  const seen = new Set<Origin>();
  for (let origin = pending.pop(); origin !== undefined; origin = pending.pop()) {
    if (!(origin instanceof Node) || seen.has(origin)) continue;
    seen.add(origin);
    pending.push(...origin.inputs);
    for (const tensor of [...(origin.saved ?? []), ...(origin.savedOutputs ?? [])]) {
      if (tensor !== null && ArrayBuffer.isView(tensor.storage)) saved.push(tensor.storage);
    }
  }
  return saved;
}

/** Overwrites what overlaps nothing that is saved; zero is a lawful index, so positions get another number. */
function poison(made: readonly TypedArray[], saved: readonly TypedArray[]): number {
  const others = made.filter((array) => !saved.some((kept) => overlap(array, kept)));
  for (const array of others) array.fill(array instanceof Int32Array ? -77_777 : Number.NaN);
  return others.reduce((total, { length }) => total + length, 0);
}

interface Derivatives {
  readonly gradients: readonly (number[] | null)[];
  readonly tangents: readonly (number[] | null)[];
  readonly poisoned: number;
}

const numbersOf = (x: Tensor | null) => x && Array.from(x.data());

/** Gradients and tangents of a sample, its forward run poisoned or not. */
function derivativesOf(
  { fn, inputs }: Pick<OpSample, 'fn' | 'inputs'>,
  poisons: boolean,
): Derivatives {
  return withLevel((level) => {
    const [run, made] = withArrays(() => {
      const values = inputs();
      const at = values.map((x) => (x.dtype === 'float64' ? level.leaf('test', x, '') : x));
      const result = level.run('test', () => fn(...(at as Parameters<typeof fn>)));
      const outputs = leavesOf(result).map(({ value }) => value.read());
      return { leaves: at.filter((_, i) => at[i] !== values[i]), outputs };
    });
    const outputs = run.outputs.filter(({ dtype }) => dtype === 'float64');
    const draw = rng(17);
    const randomLike = ({ shape }: Tensor) => draw.normal([...shape], { dtype: 'float64' });
    const [seeds, directions] = [outputs.map(randomLike), run.leaves.map(randomLike)];
    const poisoned = poisons ? poison(made, savedBy(outputs)) : 0;
    return {
      gradients: level.pull(outputs, seeds, run.leaves).map(numbersOf),
      tangents: push(level, outputs, run.leaves, directions).map(numbersOf),
      poisoned,
    };
  });
}

const byOp = new Map<string, OpSample[]>();
for (const sample of samples) byOp.set(sample.op, [...(byOp.get(sample.op) ?? []), sample]);

describe('derivatives read only what the operations list as saved:', () => {
  it.each([...byOp])('%s', (_op, own) => {
    let poisoned = 0;
    for (const sample of own) {
      const clean = derivativesOf(sample, false);
      const dirty = derivativesOf(sample, true);
      expect(dirty.gradients, sample.name).toEqual(clean.gradients);
      expect(dirty.tangents, sample.name).toEqual(clean.tangents);
      poisoned += dirty.poisoned;
    }
    // The inputs of one that saves its output, the output of one that saves its inputs: something always is left.
    expect(poisoned).toBeGreaterThan(0);
  });
});

it('relu keeps its output alone, which what comes next keeps too', () => {
  const x = rng(4).normal([5], { dtype: 'float64' });
  grad((v: Tensor) => {
    const y = v.relu();
    expect(savedBy([y])).toEqual([y.storage]);
    return y.sum();
  })(x);
  const signs = tensor([Number.NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  const slopes = grad((v: Tensor) => v.relu().sum())(signs);
  expect([...slopes.data()]).toEqual([1, 0, 0, 1, 0]);
});

describe('poison', () => {
  const secretive = (listed: boolean) => {
    let hidden: Tensor | null = null;
    return defineOp({
      name: 'secretive',
      forward: ([x]) => {
        hidden = x;
        return x.square();
      },
      saves: listed ? { inputs: [0] } : {},
      vjp: (g) => g.mul((hidden as unknown as Tensor).mul(2)),
      jvp: ([t]) => t && mul(t, (hidden as unknown as Tensor).mul(2)),
    });
  };
  const inputs = () => [rng(3).normal([5], { dtype: 'float64' }) as Tensor];

  it('shows in the derivatives of an operation that reads what it does not list', () => {
    const { gradients, tangents } = derivativesOf({ fn: secretive(false), inputs }, true);
    expect([...gradients, ...tangents].flat()).toEqual(new Array(10).fill(Number.NaN));
  });

  it('does not show once it is listed', () => {
    const sample = { fn: secretive(true), inputs };
    const { gradients, tangents } = derivativesOf(sample, true);
    const clean = derivativesOf(sample, false);
    expect({ gradients, tangents }).toEqual({
      gradients: clean.gradients,
      tangents: clean.tangents,
    });
  });
});
