// Attention: masks, lengths, dropout, what is refused. The figures of the layers are in test/oracle.

import { compile, ones, rng, type Tensor, tensor, zeros } from '@retrograd/autograd';
import { attention, attentionWeights, dropout, multiHeadAttention } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../refusal.js';

const draw = (seed: number, ...shape: number[]): Tensor =>
  rng(seed).normal(shape, { dtype: 'float64' });

const largest = (x: Tensor): number => x.abs().max().item();

describe('attention', () => {
  it('is the mean of values weighted by softmax(q kᵀ / √d)', () => {
    const [q, k, v] = [draw(1, 2, 3, 4), draw(2, 2, 5, 4), draw(3, 2, 5, 6)];
    const weights = q.matmul(k, { transposeB: true }).div(2).softmax();
    expect(largest(attention(q, k, v).sub(weights.matmul(v)))).toBeLessThan(1e-14);
    expect(largest(attentionWeights(q, k).sum(-1).sub(1))).toBeLessThan(1e-14);
    expect(largest(attentionWeights(q, k, { scale: 0 }).sub(0.2))).toBeLessThan(1e-14);
  });

  it('never looks ahead where it is causal', () => {
    const weights = attentionWeights(draw(1, 4, 2), draw(2, 4, 2), { causal: true });
    const rows = weights.toArray() as number[][];
    rows.forEach((row, i) => {
      row.forEach((w, j) => {
        if (j > i) expect(w).toBe(0);
        else expect(w).toBeGreaterThan(0);
      });
    });
    expect(rows[0]).toEqual([1, 0, 0, 0]);
  });

  it('gives zeros, and zero gradients, to a query that may look at nothing', () => {
    const q = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: 'float64', requiresGrad: true },
    );
    const mask = tensor([
      [false, false, false],
      [true, false, true],
    ]);
    const y = attention(q, draw(2, 3, 2), draw(3, 3, 2), { mask });
    expect((y.toArray() as number[][])[0]).toEqual([0, 0]);
    y.square().sum().backward();
    const grad = q.grad!.toArray() as number[][];
    expect(grad[0]).toEqual([0, 0]);
    expect(grad[1].every((g) => Number.isFinite(g) && g !== 0)).toBe(true);
  });

  it('takes masks together: bool, floating and causal', () => {
    const [q, k] = [draw(1, 3, 2), draw(2, 3, 2)];
    const mask = tensor([
      [true, true, true],
      [false, true, true],
      [true, false, true],
    ]);
    const both = attentionWeights(q, k, { mask, causal: true });
    const joint = mask.logicalAnd(ones([3, 3]).tril().cast('bool'));
    expect(both.toArray()).toEqual(attentionWeights(q, k, { mask: joint }).toArray());
    const bias = mask.cast('float64').log();
    expect(attentionWeights(q, k, { mask: bias, causal: true }).toArray()).toEqual(both.toArray());
    const soft = attentionWeights(q, k, { mask: tensor([[0, 5, 0]], { dtype: 'float64' }) });
    const plain = attentionWeights(q, k);
    expect(soft.slice(0, 1).item()).toBeGreaterThan(plain.slice(0, 1).item());
  });

  it('passes its weights through what is given for dropout', () => {
    const [q, k, v] = [draw(1, 2, 2), draw(2, 2, 2), ones([2, 1], { dtype: 'float64' })];
    expect(attention(q, k, v, { dropout: (w) => w.mul(0) }).toArray()).toEqual([[0], [0]]);
    const layer = dropout(0.5, { rng: rng(1) });
    const dropped = attentionWeights(q, k, { dropout: layer });
    expect(Array.from(dropped.data()).includes(0)).toBe(true);
    expect(attention(q, k, v, { dropout: layer.eval() }).toArray()).toEqual(
      attention(q, k, v).toArray(),
    );
  });

  it('takes no keys, and no queries', () => {
    expect(attention(zeros([2, 3]), zeros([0, 3]), zeros([0, 4])).toArray()).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(attention(zeros([0, 3]), zeros([2, 3]), zeros([2, 4])).shape).toEqual([0, 4]);
  });

  it('refuses what does not fit', () => {
    const x = zeros([2, 3]);
    expect(refusal(() => attention(x, zeros([2, 4]), x))).toBe(
      'ShapeError: attention: queries [..., queries, d] and keys [..., keys, d] have one width, got [2, 3] and [2, 4]. ' +
        'Project them to the same number of features.',
    );
    expect(refusal(() => attention(x, x, zeros([3, 3])))).toBe(
      'ShapeError: attention: there is one value [..., keys, e] for each key, got keys [2, 3] and values [3, 3]. ' +
        'Pass keys and values of one sequence.',
    );
    expect(refusal(() => attention(zeros([3]), zeros([3]), zeros([3])))).toContain(
      'ShapeError: attention',
    );
    expect(refusal(() => attention(x, x, x, { mask: ones([5, 2, 2], { dtype: 'bool' }) }))).toBe(
      'ShapeError: attention: a mask broadcasts against the scores [2, 2], got [5, 2, 2]. ' +
        'Its last axes are queries and keys; put axes of size 1 for the others.',
    );
    expect(refusal(() => attention(x, x, x, { mask: ones([2, 2], { dtype: 'int32' }) }))).toBe(
      "DTypeError: attention: a mask is bool (true: look) or floating (added), got int32. Cast it to 'bool'.",
    );
  });
});

describe('multiHeadAttention', () => {
  const layer = () => multiHeadAttention(6, 2, { rng: rng(1), dtype: 'float64' });

  it('keeps the shape of its queries, batched or not', () => {
    const one = layer();
    const x = draw(1, 3, 4, 6);
    expect(one.forward(x).shape).toEqual([3, 4, 6]);
    expect(one.forward(x, draw(2, 3, 5, 6), draw(3, 3, 5, 6)).shape).toEqual([3, 4, 6]);
    const alone = one.forward(x.slice(1));
    expect(largest(alone.sub(one.forward(x).slice(1)))).toBeLessThan(1e-14);
  });

  it('projects inputs that are one and the same as it does different ones', () => {
    const one = layer();
    const [x, memory] = [draw(1, 2, 4, 6), draw(2, 2, 5, 6)];
    const copy = () => x.add(0);
    expect(largest(one.forward(x).sub(one.forward(copy(), copy(), copy())))).toBeLessThan(1e-14);
    const shared = one.forward(x, memory, memory);
    expect(largest(shared.sub(one.forward(x, memory, memory.add(0))))).toBeLessThan(1e-14);
  });

  it("keeps PyTorch's names and layout in its state", () => {
    const state = layer().stateDict();
    expect(Object.entries(state).map(([name, { shape }]) => [name, shape])).toEqual([
      ['in_proj_weight', [18, 6]],
      ['in_proj_bias', [18]],
      ['out_proj.weight', [6, 6]],
      ['out_proj.bias', [6]],
    ]);
    expect(Object.keys(multiHeadAttention(4, 2, { bias: false }).stateDict())).toEqual([
      'in_proj_weight',
      'out_proj.weight',
    ]);
  });

  it('sees nothing of padding, with a floating mask too', () => {
    const one = layer();
    const [x, memory] = [draw(1, 1, 2, 6), draw(2, 1, 5, 6)];
    const paddingMask = tensor([[true, true, true, false, false]]);
    const cut = memory.slice(null, [0, 3]);
    const expected = one.forward(x, cut, cut);
    const mask = zeros([2, 5], { dtype: 'float64' });
    for (const options of [{ paddingMask }, { paddingMask, mask }]) {
      expect(largest(one.forward(x, memory, memory, options).sub(expected))).toBeLessThan(1e-14);
    }
    const single = one.forward(x.slice(0), memory.slice(0), memory.slice(0), {
      paddingMask: paddingMask.slice(0),
    });
    expect(largest(single.sub(expected.slice(0)))).toBeLessThan(1e-14);
  });

  it('knows where things stand by rotary positions only', () => {
    const [plain, turned] = [false, true].map((rotary) =>
      multiHeadAttention(4, 2, { rotary, rng: rng(1), dtype: 'float64' }),
    );
    const x = draw(1, 1, 3, 4);
    const reversed = x.flip(1);
    expect(largest(plain.forward(reversed).flip(1).sub(plain.forward(x)))).toBeLessThan(1e-14);
    expect(largest(turned.forward(reversed).flip(1).sub(turned.forward(x)))).toBeGreaterThan(1e-3);
  });

  it('drops weights in training, compiled as well', () => {
    const made = () => multiHeadAttention(4, 2, { dropout: 0.5, rng: rng(3), dtype: 'float64' });
    const [eager, compiled] = [made(), made()];
    const x = draw(1, 2, 3, 4);
    const program = compile((a: Tensor) => compiled.forward(a));
    const first = program(x);
    expect(largest(first.sub(eager.forward(x)))).toBeLessThan(1e-12);
    expect(largest(first.sub(program(x)))).toBeGreaterThan(1e-3);
    expect(eager.eval().forward(x).toArray()).toEqual(eager.forward(x).toArray());
  });

  it('refuses what does not fit', () => {
    const one = layer();
    const x = draw(1, 2, 4, 6);
    expect(refusal(() => multiHeadAttention(6, 4))).toBe(
      'ArgumentError: multiHeadAttention: the heads are equally wide, got 6 features for 4 heads. ' +
        'Choose a number of heads that divides the features.',
    );
    expect(refusal(() => one.forward(zeros([2, 4, 5])))).toBe(
      'ShapeError: multiHeadAttention: takes sequences [N, length, 6] or [length, 6], got shape [2, 4, 5]. ' +
        'Check the order of the axes: the batch comes first.',
    );
    expect(refusal(() => one.forward(zeros([6])))).toContain('got shape [6]');
    expect(refusal(() => one.forward(x, draw(2, 2, 3, 6), draw(3, 2, 4, 6)))).toBe(
      'ShapeError: multiHeadAttention: keys and values are equally long and of the same batch as the queries, got ' +
        '[2, 4, 6], [2, 3, 6], [2, 4, 6]. Pass keys and values of one sequence.',
    );
    expect(refusal(() => one.forward(x, { paddingMask: ones([2, 3], { dtype: 'bool' }) }))).toBe(
      'ShapeError: multiHeadAttention: a paddingMask is bool [2, 4], got bool [2, 3]. ' +
        'It says of each key whether it is there.',
    );
    expect(refusal(() => one.forward(x, { paddingMask: ones([2, 4]) }))).toContain(
      'got float32 [2, 4]',
    );
    expect(
      refusal(() => multiHeadAttention(3, 1, { rotary: true }).forward(zeros([2, 3]))),
    ).toContain('rotary: takes sequences');
  });
});
