// Initialisation by name: which pattern decides, what is refused.

import { rng, zeros } from '@retrograd/autograd';
import {
  constantInit,
  dense,
  heUniform,
  initialize,
  multiHeadAttention,
  sequential,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from './refusal.js';

const [one, two, three] = [1, 2, 3].map(constantInit);
const nested = () => sequential(sequential(dense(1, 1), dense(1, 1)), dense(1, 1));

/** The single number that each cell holds. */
function values(model: ReturnType<typeof nested>): Record<string, number> {
  return Object.fromEntries(
    model.namedParameters().map(([name, cell]) => [name, cell.value.sum().item()]),
  );
}

describe('initialize', () => {
  it('goes by the end of a name, or by the whole', () => {
    const model = initialize(nested(), { '0.0.weight': three, weight: one, bias: two });
    expect(values(model)).toEqual({
      '0.0.weight': 3,
      '0.0.bias': 2,
      '0.1.weight': 1,
      '0.1.bias': 2,
      '1.weight': 1,
      '1.bias': 2,
    });
  });

  it('takes * for one part of a name, ** for any', () => {
    const model = initialize(nested(), { '0.*.weight': one, '0.**': two, '**': three });
    expect(Object.values(values(model))).toEqual([1, 2, 1, 2, 3, 3]);
  });

  it('lets the first pattern that fits decide, and the rest as it is', () => {
    const model = initialize(initialize(nested(), { '**': three }), { '1.bias': one, bias: two });
    expect(Object.values(values(model))).toEqual([3, 2, 3, 1, 3, 1]);
  });

  it('draws from the generator that it is given, in the dtype of the cell', () => {
    const model = dense(3, 2).to('float64');
    initialize(model, { weight: heUniform }, { rng: rng(5) });
    expect(model.weight.value.toArray()).toEqual(heUniform([2, 3], rng(5), 'float64').toArray());
  });

  it('goes by the names of the state', () => {
    const model = initialize(multiHeadAttention(2, 1), { 'in_proj_*': one });
    expect(model.inBias?.value.toArray()).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('refuses a pattern that fits nothing, taking dots for dots', () => {
    expect(refusal(() => initialize(dense(1, 1), { weihgt: one }))).toBe(
      "ArgumentError: initialize: each pattern fits a parameter that is trained, got 'weihgt' for weight, bias. Check its spelling.",
    );
    expect(refusal(() => initialize(nested(), { '0x0.weight': one }))).toContain(
      "got '0x0.weight'",
    );
    expect(refusal(() => initialize(nested(), { '0.0': one }))).toContain("got '0.0'");
    expect(refusal(() => initialize(nested(), { ight: one }))).toContain("got 'ight'");
    expect(refusal(() => initialize(dense(1, 1).freeze(), { bias: one }))).toContain(
      'a model without any',
    );
    expect(
      refusal(() => initialize(sequential(...[1, 1, 1, 1, 1].map(() => dense(1, 1))), { a: one })),
    ).toContain('3.bias, ….');
  });

  it('refuses what an initialiser returns in another shape', () => {
    expect(refusal(() => initialize(dense(1, 2), { bias: () => zeros([1]) }))).toBe(
      'ArgumentError: initialize: an initialiser returns float32 [2] for bias, got float32 [1]. ' +
        'Use the shape and dtype that it is called with.',
    );
  });
});
