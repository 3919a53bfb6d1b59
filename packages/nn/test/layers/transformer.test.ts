// Transformer layers and residuals: names, options, what they see. Their figures are in test/oracle.

import { compile, gelu, ones, rng, type Tensor, zeros } from '@retrograd/autograd';
import {
  dense,
  residual,
  sequential,
  transformerDecoder,
  transformerDecoderLayer,
  transformerEncoder,
  transformerEncoderLayer,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const draw = (seed: number, ...shape: number[]): Tensor =>
  rng(seed).normal(shape, { dtype: 'float64' });
const largest = (x: Tensor): number => x.abs().max().item();
const options = { dropout: 0, dtype: 'float64' } as const;

describe('transformer layers', () => {
  it("keep PyTorch's names in their state", () => {
    const names = Object.keys(transformerDecoder(4, 2, 1, { normFirst: true }).stateDict());
    const inLayer = [
      ...['self_attn', 'multihead_attn'].flatMap((part) =>
        ['in_proj_weight', 'in_proj_bias', 'out_proj.weight', 'out_proj.bias'].map(
          (n) => `${part}.${n}`,
        ),
      ),
      ...['linear1', 'linear2', 'norm1', 'norm2', 'norm3'].flatMap((part) => [
        `${part}.weight`,
        `${part}.bias`,
      ]),
    ].map((name) => `layers.0.${name}`);
    expect(names.sort()).toEqual([...inLayer, 'norm.weight', 'norm.bias'].sort());
    expect(transformerEncoder(4, 2, 2).norm).toBeNull();
  });

  it('have biases nowhere where none are wanted', () => {
    const names = Object.keys(transformerEncoderLayer(4, 2, { bias: false }).stateDict());
    expect(names.filter((name) => name.includes('bias'))).toEqual([]);
    expect(names.length).toBe(6);
  });

  it('see nothing of what comes later where they are causal', () => {
    const x = draw(1, 1, 5, 4);
    const changed = x.add(ones([5, 1], { dtype: 'float64' }).cumsum(0).greater(3));
    const block = transformerEncoderLayer(4, 2, { ...options, causal: true });
    const decoder = transformerDecoderLayer(4, 2, options);
    for (const run of [(a: Tensor) => block.forward(a), (a: Tensor) => decoder.forward(a, x)]) {
      const difference = run(changed).sub(run(x)).abs().max(-1).toArray() as number[][];
      expect(difference[0].slice(0, 3)).toEqual([0, 0, 0]);
      expect(difference[0][4]).toBeGreaterThan(0);
    }
    const all = decoder
      .forward(changed, x, { causal: false })
      .sub(decoder.forward(x, x, { causal: false }));
    expect(largest(all.slice(null, [0, 3]))).toBeGreaterThan(0);
  });

  it('take stacks of layers apart: each has parameters of its own', () => {
    const model = transformerEncoder(4, 2, 3, { feedForward: 5, activation: gelu });
    const [a, b] = model.layers;
    expect(a.linear1.weight.read().toArray()).not.toEqual(b.linear1.weight.read().toArray());
    expect(a.linear1.weight.shape).toEqual([5, 4]);
    expect(transformerEncoderLayer(4, 2).linear1.weight.shape).toEqual([16, 4]);
    expect(model.toString()).toContain('activation  gelu');
  });

  it('stand in a row of layers', () => {
    const model = sequential(dense(3, 4), transformerEncoder(4, 2, 1), dense(4, 2));
    expect(model.forward(zeros([2, 5, 3])).shape).toEqual([2, 5, 2]);
    expect([model.inFeatures, model.outFeatures]).toEqual([3, 2]);
  });

  it('drop in training, and train compiled as they do eagerly', () => {
    const made = () =>
      transformerEncoderLayer(4, 2, { dropout: 0.3, rng: rng(1), dtype: 'float64' });
    const [eager, compiled] = [made(), made()];
    const step = (layer: typeof eager) => (x: Tensor) => {
      const y = layer.forward(x);
      y.square().mul(x).sum().backward();
      return y;
    };
    const program = compile(step(compiled));
    for (let i = 0; i < 2; i++) {
      const x = draw(i, 2, 3, 4);
      expect(largest(program(x).sub(step(eager)(x)))).toBeLessThan(1e-12);
    }
    eager.namedParameters().forEach(([, cell], i) => {
      expect(largest(compiled.parameters()[i].grad!.sub(cell.grad!))).toBeLessThan(1e-10);
    });
  });

  it('refuse sizes and inputs that do not fit', () => {
    expect(refusal(() => transformerEncoderLayer(6, 4))).toContain('got 6 features for 4 heads');
    expect(refusal(() => transformerEncoder(4, 2, 0))).toBe(
      'ArgumentError: transformerEncoder: depth is a whole number of at least 1, got 0. Check depth.',
    );
    expect(refusal(() => transformerDecoder(4, 2, 0))).toContain('transformerDecoder: depth');
    expect(refusal(() => transformerEncoderLayer(4, 2, { feedForward: 0 }))).toContain(
      'feedForward',
    );
    expect(
      refusal(() => transformerDecoderLayer(4, 2).forward(zeros([2, 3, 4]), zeros([1, 3, 4]))),
    ).toContain('keys and values are equally long and of the same batch');
  });
});

describe('residual', () => {
  it('adds its input to what the inner layer gives', () => {
    const inner = dense(3, 3, { dtype: 'float64' });
    const x = draw(1, 2, 3);
    expect(residual(inner).forward(x).toArray()).toEqual(x.add(inner.forward(x)).toArray());
    expect(
      residual((a) => a.tanh())
        .forward(x)
        .toArray(),
    ).toEqual(x.add(x.tanh()).toArray());
    expect(Object.keys(residual(inner).stateDict())).toEqual(['inner.weight', 'inner.bias']);
  });

  it('lets the input pass a shortcut', () => {
    const layer = residual(dense(3, 2), { shortcut: dense(3, 2, { bias: false }) });
    expect(layer.forward(zeros([4, 3])).shape).toEqual([4, 2]);
    expect(Object.keys(layer.stateDict())).toContain('shortcut.weight');
  });

  it('refuses to broadcast', () => {
    expect(refusal(() => residual(dense(3, 1)).forward(zeros([4, 3])))).toBe(
      'ShapeError: residual: both ways give one shape, got [4, 3] around and [4, 1] through the inner layer. ' +
        'Keep the shape, or pass a shortcut that changes it.',
    );
  });
});
