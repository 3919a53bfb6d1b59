// Every operation, compiled: values and gradients are those of the eager run, in both floating dtypes.
import { compile, type DType, type Tensor, vjp } from '@retrograd/autograd';
import { nondifferentiable, type OpSample, samples } from '@retrograd/autograd/testing';
import { describe, expect, it } from 'vitest';
import { disagreement, tensorsOf } from './agreement.js';

const isFloatingTensor = ({ dtype }: Tensor) => dtype === 'float64' || dtype === 'float32';

type Run = (...inputs: Tensor[]) => unknown;

const byOp = new Map<string, OpSample[]>();
for (const sample of [...samples, ...nondifferentiable]) {
  byOp.set(sample.op, [...(byOp.get(sample.op) ?? []), sample]);
}

function inDType(x: Tensor, dtype: DType): Tensor {
  return x.dtype === 'float64' ? (x.cast(dtype) as Tensor) : x;
}

/** Gradients by all floating inputs of Σ y² + y over all floating outputs. */
function gradientsOf(fn: Run): Run {
  return (...inputs) => {
    const moving = inputs.flatMap((x, i) => (isFloatingTensor(x) ? [i] : []));
    const scalar = (...xs: Tensor[]): Tensor => {
      const all = inputs.map((x, i) => (moving.includes(i) ? xs[moving.indexOf(i)] : x));
      const floats = tensorsOf(fn(...all)).filter(isFloatingTensor);
      return floats
        .map((y) => y.mul(y).add(y).sum() as Tensor)
        .reduce((a, b) => a.add(b) as Tensor);
    };
    const [value, pullback] = vjp(scalar, ...moving.map((i) => inputs[i]));
    return [value, pullback(1)];
  };
}

describe.each(['float64', 'float32'] as const)('in %s', (dtype) => {
  it.each([...byOp])('%s is what it is eagerly', (_op, list) => {
    const wrong = list.flatMap(({ name, fn, inputs }) => {
      const xs = inputs().map((x) => inDType(x, dtype));
      const run = fn as Run;
      return disagreement(compile(run)(...xs), run(...xs)).map((what) => `${name}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });

  it.each([...new Set(samples.map(({ op }) => op))])('%s has the same gradients', (op) => {
    const wrong = samples
      .filter((sample) => sample.op === op)
      .flatMap(({ name, fn, inputs }) => {
        const xs = inputs().map((x) => inDType(x, dtype));
        const run = gradientsOf(fn as Run);
        return disagreement(compile(run)(...xs), run(...xs)).map((what) => `${name}: ${what}`);
      });
    expect(wrong).toEqual([]);
  });
});
