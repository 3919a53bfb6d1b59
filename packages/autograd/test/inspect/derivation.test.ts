// Tests of what is drawn and written of a tape.
import { tensor, toDerivation, toDot } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const x = tensor([[1, 2]], { requiresGrad: true });
const w = tensor([[3], [4]], { requiresGrad: true });

describe('toDot', () => {
  it('draws a box for each operation and an arrow from each input', () => {
    expect(toDot(x.matmul(w).tanh())).toBe(
      [
        'digraph tape {',
        '  rankdir=LR;',
        '  n0 [label="leaf\\nfloat32 [1, 2]", shape=box, style=rounded];',
        '  n1 [label="leaf\\nfloat32 [2, 1]", shape=box, style=rounded];',
        '  n2 [label="matmul\\nfloat32 [1, 1]", shape=box];',
        '  n0 -> n2;',
        '  n1 -> n2;',
        '  n3 [label="tanh\\nfloat32 [1, 1]", shape=box];',
        '  n2 -> n3;',
        '}',
      ].join('\n'),
    );
  });

  it('draws a tape that was listed before, and one that was released', () => {
    const y = x.mul(2).sum();
    const before = toDot(y.tape());
    y.backward();
    expect(toDot(y)).toBe(before);
  });
});

describe('toDerivation', () => {
  it('writes the operations forward and their gradients backward', () => {
    expect(toDerivation(x.matmul(w).tanh())).toBe(
      [
        '\\begin{aligned}',
        'z_{1} &= x_{1} x_{2} \\\\',
        'z_{2} &= \\tanh(z_{1}) \\\\',
        '\\bar{z}_{2} &= 1 \\\\',
        '\\bar{z}_{1} &\\mathrel{+}= \\bar{z}_{2} \\odot \\left(1 - z_{2}^{2}\\right) \\\\',
        '\\bar{x}_{1} &\\mathrel{+}= \\bar{z}_{1} x_{2}^{\\top} \\\\',
        '\\bar{x}_{2} &\\mathrel{+}= x_{1}^{\\top} \\bar{z}_{1}',
        '\\end{aligned}',
      ].join('\n'),
    );
  });

  it('tells elementwise products from matrix products, and names constants c', () => {
    const text = toDerivation(x.mul(x).mul(3));
    expect(text).toContain('z_{1} &= x_{1} \\odot x_{1}');
    expect(text).toContain('z_{2} &= z_{1} \\odot c');
  });

  it('is empty for a constant', () => {
    expect(toDerivation(tensor(1))).toBe('');
  });
});
