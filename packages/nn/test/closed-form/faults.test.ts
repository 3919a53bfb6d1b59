// Wrong derivative rules, planted one by one in the operations that the tape uses: the comparison finds each.
import {
  type Adjoint,
  relu,
  sigmoid,
  softmax,
  type Tensor,
  tanh,
  zerosLike,
} from '@retrograd/autograd';
import {
  binaryCrossEntropy,
  crossEntropy,
  dense,
  halfSquaredError,
  type Layer,
  mse,
  sequential,
} from '@retrograd/nn';
import {
  type BackpropReport,
  type CompareOptions,
  ComparisonError,
  compareBackprop,
  Matrix,
} from '@retrograd/nn/closed-form';
import { describe, expect, it } from 'vitest';
import type { TapeOp, TapePoint } from '../../src/closed-form/tape-points.js';
import { inputs, labels, network, opBehind, targets } from './support.js';

type Rule = TapeOp['vjp'];

interface Fault {
  readonly op: string;
  readonly what: string;
  readonly compare: () => BackpropReport;
  /** The wrong rule, made from the right one. */
  readonly rule: (right: Rule) => Rule;
}

const SAMPLES = 7;
const x = inputs(SAMPLES);

/** tanh, sigmoid and relu in one network. */
function mixed(output: readonly Layer[] = []) {
  const [first, second, third, fourth] = network(4, 'identity').layers;
  return sequential(first, tanh, second, sigmoid, third, relu, fourth, ...output);
}

const model = mixed();
const options: CompareOptions = { regularization: 0.3 };
const squares = () => compareBackprop(model, x, targets(SAMPLES), mse, options);
const halves = () => compareBackprop(model, x, targets(SAMPLES), halfSquaredError, options);
const classes = () => compareBackprop(model, x, labels(SAMPLES), crossEntropy, options);
const logits = () => compareBackprop(model, x, targets(SAMPLES), binaryCrossEntropy, options);

/** Σ (a − y)² on the probabilities of a softmax, which is a loss that the library has no name for. */
const probabilities = () =>
  compareBackprop(mixed([softmax]), x, targets(SAMPLES), (a, y) => a.sub(y).square().sum(), {
    closedLoss: {
      value: (a, y) => a.data.reduce((sum, ak, k) => sum + (ak - y.data[k]) ** 2, 0),
      gradient: (a, y) =>
        new Matrix(
          a.rows,
          a.columns,
          a.data.map((ak, k) => 2 * (ak - y.data[k])),
        ),
    },
  });

// ── Kinds of faults ────────────────────────────────────────────────────────────────────────────────

const listOf = (gradients: Adjoint | readonly Adjoint[]): readonly Adjoint[] =>
  Array.isArray(gradients) ? gradients : [gradients as Adjoint];

/** Changes the gradient of one input. */
const at =
  (i: number, change: (gradient: Tensor, g: Tensor, point: TapePoint) => Adjoint) =>
  (right: Rule): Rule =>
  (g, point) =>
    listOf(right(g, point)).map((own, k) =>
      k === i && own !== null ? change(own, g, point) : own,
    );

const times = (factor: number) => (gradient: Tensor) => gradient.mul(factor) as Tensor;
const passed = (_: Tensor, g: Tensor) => g;
const saved = (point: TapePoint) => (point as unknown as { y: Tensor }).y;

const FAULTS: readonly Fault[] = [
  { op: 'matmul', what: 'dA × 1.001', compare: squares, rule: at(0, times(1.001)) },
  { op: 'matmul', what: 'dB × 1.001', compare: squares, rule: at(1, times(1.001)) },
  { op: 'matmul', what: 'dB with the other sign', compare: classes, rule: at(1, times(-1)) },
  { op: 'matmul', what: 'no dA', compare: classes, rule: at(0, () => null) },
  { op: 'matmul', what: 'dB upside down', compare: classes, rule: at(1, (d) => d.flip(0)) },
  {
    op: 'matmul',
    what: 'dB without the last sample',
    compare: logits,
    rule: (right) => (g, point) => {
      const [dA] = listOf(right(g, point));
      const rest = g.slice([0, -1]).pad([
        [0, 1],
        [0, 0],
      ]);
      return [dA, listOf(right(rest, point))[1]];
    },
  },
  { op: 'add', what: 'the bias × 1.001', compare: halves, rule: at(1, times(1.001)) },
  {
    op: 'add',
    what: 'the bias of one sample',
    compare: classes,
    rule: at(1, (d, g) => (d.rank === 1 && g.rank === 2 ? g.slice(0) : d)),
  },
  {
    op: 'add',
    what: 'the bias as a mean',
    compare: halves,
    rule: at(1, (d, g) => (d.rank === 1 && g.rank === 2 ? g.mean(0) : d)),
  },
  { op: 'add', what: 'z with the other sign', compare: logits, rule: at(0, times(-1)) },
  { op: 'tanh', what: '× 1.001', compare: squares, rule: at(0, times(1.001)) },
  { op: 'tanh', what: 'without 1 − y²', compare: squares, rule: at(0, passed) },
  {
    op: 'tanh',
    what: '1 − y instead of 1 − y²',
    compare: classes,
    rule: at(0, (_, g, point) => g.mul(saved(point).neg().add(1))),
  },
  {
    op: 'sigmoid',
    what: 'y instead of y(1 − y)',
    compare: squares,
    rule: at(0, (_, g, point) => g.mul(saved(point))),
  },
  { op: 'sigmoid', what: 'with the other sign', compare: logits, rule: at(0, times(-1)) },
  { op: 'relu', what: 'open everywhere', compare: classes, rule: at(0, passed) },
  { op: 'relu', what: 'leaking', compare: halves, rule: at(0, (d, g) => d.add(g.mul(1e-6))) },
  { op: 'relu', what: 'shut everywhere', compare: halves, rule: at(0, (d) => zerosLike(d)) },
  { op: 'crossEntropy', what: '× 1.001', compare: classes, rule: at(0, times(1.001)) },
  { op: 'crossEntropy', what: 'y − p', compare: classes, rule: at(0, times(-1)) },
  { op: 'crossEntropy', what: '× m', compare: classes, rule: at(0, times(SAMPLES)) },
  { op: 'binaryCrossEntropy', what: '× ½', compare: logits, rule: at(0, times(0.5)) },
  { op: 'squaredError', what: 'without the 2', compare: squares, rule: at(0, times(0.5)) },
  { op: 'halfSquaredError', what: 'with a 2', compare: halves, rule: at(0, times(2)) },
  { op: 'sum', what: '× 1.001', compare: squares, rule: at(0, times(1.001)) },
  { op: 'div', what: 'the mean as a sum', compare: squares, rule: at(0, passed) },
  { op: 'square', what: 'θ instead of 2θ', compare: squares, rule: at(0, times(0.5)) },
  { op: 'mul', what: 'λ/2m × 1.001', compare: classes, rule: at(0, times(1.001)) },
  {
    op: 'softmax',
    what: 'diag(a) without aaᵀ',
    compare: probabilities,
    rule: at(0, (_, g, point) => g.mul(saved(point))),
  },
];

/** The operation itself, reached through a tape that has it. */
function plant(name: string, rule: Fault['rule'], body: () => void): void {
  const op = operations.get(name) as { vjp: Rule };
  const right = op.vjp;
  op.vjp = rule(right);
  try {
    body();
  } finally {
    op.vjp = right;
  }
}

/** The operations that the comparisons run on the tape, by name. */
const operations: ReadonlyMap<string, TapeOp> = (() => {
  const penalty: Tensor = model.parameters()[0].value.square().sum().mul(0.1);
  const output: Tensor = model.forward(x);
  const tapes = [
    mse(output, targets(SAMPLES)).add(penalty),
    halfSquaredError(output, targets(SAMPLES)),
    crossEntropy(output, labels(SAMPLES)),
    binaryCrossEntropy(output, targets(SAMPLES)),
    softmax(output),
  ];
  const find = (name: string) => {
    const tape = tapes.find((value) => [...value.tape()].some((entry) => entry.name === name));
    return opBehind(tape ?? tapes[0], name);
  };
  return new Map(FAULTS.map(({ op }) => [op, find(op)]));
})();

describe('compareBackprop', () => {
  it.each(FAULTS.map((fault) => [fault.op, fault.what, fault] as const))(
    'finds a wrong rule of %s: %s',
    (op, _, { compare, rule }) => {
      compare().assertClose();
      plant(op, rule, () => {
        expect(() => compare().assertClose()).toThrow(ComparisonError);
      });
      compare().assertClose();
    },
  );

  it('is put to at least 20 different faults, in at least 12 operations', () => {
    const faults = new Set(FAULTS.map(({ op, what }) => `${op}: ${what}`));
    expect(faults.size).toBeGreaterThanOrEqual(20);
    expect(operations.size).toBeGreaterThanOrEqual(12);
  });

  it('says in which layer a fault of an activation begins', () => {
    plant('sigmoid', at(0, times(1.001)), () => {
      expect(() => squares().assertClose()).toThrow('after δ of layer 2, where it begins');
    });
    plant('relu', at(0, passed), () => {
      expect(() => squares().assertClose()).toThrow('after δ of layer 4, where it begins');
    });
  });

  it('tells a fault of the penalty from one of the loss', () => {
    plant('square', at(0, times(0.5)), () => {
      const { byQuantity } = squares();
      expect(byQuantity.δ?.relative).toBeLessThan(1e-12);
      expect(byQuantity['∂J/∂b']?.relative).toBeLessThan(1e-12);
      expect(byQuantity['∂J/∂W']?.relative).toBeGreaterThan(1e-3);
    });
  });

  it('is not taken in by a network without the operation', () => {
    const flat = sequential(dense(4, 3, { dtype: 'float64' }));
    plant('tanh', at(0, times(2)), () => {
      compareBackprop(flat, x, targets(SAMPLES), mse).assertClose();
    });
  });
});
