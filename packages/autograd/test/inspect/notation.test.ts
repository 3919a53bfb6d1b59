// Tests of how operations are written: the library's own, and those that declare it.
import { defineOp, type Tensor, tensor, toDerivation } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const x = tensor([[1, 2]], { requiresGrad: true });

describe('notation', () => {
  it.each([
    ['sums', x.sum(1), '\\textstyle\\sum_{1} x_{1}', '\\bar{z}_{1}\\,\\mathbf{1}'],
    ['transpositions', x.transpose(), 'x_{1}^{\\top}', '\\bar{z}_{1}^{\\top}'],
    [
      'softmax',
      x.softmax(),
      '\\operatorname{softmax}(x_{1})',
      'z_{1} \\odot \\left(\\bar{z}_{1} - \\textstyle\\sum \\bar{z}_{1} \\odot z_{1}\\right)',
    ],
  ])('of %s has a value and a gradient', (_name, y, value, gradient) => {
    const text = toDerivation(y);
    expect(text).toContain(`z_{1} &= ${value} \\\\`);
    expect(text).toContain(`\\bar{x}_{1} &\\mathrel{+}= ${gradient}\n`);
  });

  it('is what an operation declares, else its name', () => {
    const rules = { forward: ([a]: readonly Tensor[]) => a.detach(), vjp: (g: Tensor) => g };
    const declared = defineOp({
      ...rules,
      name: 'same',
      notation: { value: ([a]) => `I ${a}`, gradient: (_i, g) => `I ${g}` },
    });
    expect(toDerivation(declared(x))).toContain('z_{1} &= I x_{1}');
    const named = defineOp({ ...rules, name: 'same' });
    expect(toDerivation(named(x))).toContain('z_{1} &= \\operatorname{same}(x_{1})');
  });
});
