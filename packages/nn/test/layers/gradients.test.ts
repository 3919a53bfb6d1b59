// Every layer of this floor against finite differences, first and second order, by its input and its parameters, in training
// and in evaluation; and its gradient compiled.

import {
  compile,
  grad,
  type Operand,
  rng,
  type Shape,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { gradcheck } from '@retrograd/autograd/testing';
import {
  attention,
  batchNorm,
  dense,
  embedding,
  groupNorm,
  layerNorm,
  learnedPositions,
  type Module,
  multiHeadAttention,
  residual,
  rmsNorm,
  rotary,
  sequential,
  sinusoidalPositions,
  transformerDecoderLayer,
  transformerEncoderLayer,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';

const draw = (seed: number, ...shape: number[]): Tensor =>
  rng(seed).normal(shape, { dtype: 'float64' });

interface Case {
  readonly name: string;
  readonly make: () => Module;
  readonly input: Shape;
  /** The cells, by the names of their fields, that are tried as inputs. */
  readonly cells: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'batchNorm of vectors',
    make: () => batchNorm(2),
    input: [4, 2],
    cells: ['weight', 'bias'],
  },
  {
    name: 'batchNorm of sequences',
    make: () => batchNorm(2),
    input: [2, 2, 3],
    cells: ['weight', 'bias'],
  },
  {
    name: 'batchNorm without parameters',
    make: () => batchNorm(2, { affine: false }),
    input: [3, 2],
    cells: [],
  },
  { name: 'layerNorm', make: () => layerNorm(4), input: [2, 4], cells: ['weight', 'bias'] },
  {
    name: 'layerNorm of two axes',
    make: () => layerNorm([2, 3]),
    input: [2, 2, 3],
    cells: ['weight', 'bias'],
  },
  {
    name: 'layerNorm without a bias',
    make: () => layerNorm(4, { bias: false }),
    input: [2, 4],
    cells: ['weight'],
  },
  { name: 'rmsNorm', make: () => rmsNorm(4), input: [2, 4], cells: ['weight'] },
  { name: 'groupNorm', make: () => groupNorm(2, 4), input: [2, 4, 2], cells: ['weight', 'bias'] },
  { name: 'sinusoidalPositions', make: () => sinusoidalPositions(), input: [3, 2], cells: [] },
  {
    name: 'learnedPositions',
    make: () => learnedPositions(4, 2),
    input: [2, 3, 2],
    cells: ['weight'],
  },
  {
    name: 'multiHeadAttention',
    make: () => multiHeadAttention(4, 2, { causal: true, rotary: true, rng: rng(1) }),
    input: [1, 3, 4],
    cells: ['inWeight', 'inBias'],
  },
  {
    name: 'residual',
    make: () => residual(sequential(dense(3, 3, { rng: rng(2) }), (x) => x.tanh())),
    input: [2, 3],
    cells: [],
  },
];

/** The layer as a function of its input and of its cells: tensors take the places of variables. */
function withCells(layer: Module, names: readonly string[]) {
  return (x: Tensor, ...values: Tensor[]): Tensor => {
    names.forEach((name, i) => {
      Object.assign(layer, { [name]: values[i] });
    });
    return layer.forward(x);
  };
}

function started({ make, cells, input }: Case): { layer: Module; inputs: Tensor[] } {
  const layer = make().to('float64');
  const values = cells.map((name, i) => {
    const cell = (layer as unknown as Record<string, Operand>)[name];
    return draw(i + 2, ...cell.shape);
  });
  return { layer, inputs: [draw(1, ...input), ...values] };
}

describe.each(CASES)('the derivatives of $name', (one) => {
  it.each(['training', 'evaluation'])('agree with finite differences in %s', (mode) => {
    const { layer, inputs } = started(one);
    layer.train(mode === 'training');
    const report = gradcheck(withCells(layer, one.cells) as never, inputs);
    expect(report.toString()).toContain('second');
  });

  it.each(['training', 'evaluation'])('are the same compiled in %s', (mode) => {
    const { layer, inputs } = started(one);
    layer.train(mode === 'training');
    const [x] = inputs;
    const slope = grad((a: Tensor) => layer.forward(a).square().sum());
    const eager = slope(x);
    const compiled = compile((a: Tensor) => slope(a))(x);
    expect(compiled.sub(eager).abs().max().item()).toBeLessThanOrEqual(
      1e-12 * eager.abs().max().item(),
    );
  });
});

describe('the derivatives of', () => {
  it('attention agree with finite differences by queries, keys and values', () => {
    const mask = tensor([
      [true, false, true],
      [false, false, false],
    ]);
    const f = (q: Tensor, k: Tensor, v: Tensor) => attention(q, k, v, { mask });
    gradcheck(f, [draw(1, 2, 2), draw(2, 3, 2), draw(3, 3, 2)]);
  });

  it('rotary agree with finite differences', () => {
    gradcheck((x: Tensor) => rotary(x, { offset: 3, base: 10 }), [draw(1, 2, 3, 4)]);
  });

  it('an embedding agree with finite differences by its table, but for the padding', () => {
    const layer = embedding(4, 2);
    const at = tensor(
      [
        [0, 3, 3],
        [1, 0, 2],
      ],
      { dtype: 'int32' },
    );
    gradcheck(
      (weight: Tensor) => {
        Object.assign(layer, { weight });
        return layer.attend(layer.forward(at));
      },
      [draw(1, 4, 2)],
    );
  });

  it.each([true, false])(
    'transformer layers agree with finite differences, norm first: %s',
    (normFirst) => {
      const options = {
        feedForward: 3,
        dropout: 0,
        normFirst,
        rng: rng(4),
        dtype: 'float64',
      } as const;
      const [x, memory] = [draw(1, 3, 2), draw(2, 2, 2)];
      const smooth = { ...options, activation: (a: Tensor) => a.tanh() };
      const encoder = transformerEncoderLayer(2, 1, smooth);
      const decoder = transformerDecoderLayer(2, 1, smooth);
      gradcheck((a: Tensor) => encoder.forward(a), [x]);
      gradcheck((a: Tensor, b: Tensor) => decoder.forward(a, b), [x, memory]);
    },
  );
});
