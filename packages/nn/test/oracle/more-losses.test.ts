// The losses that came later, with every reduction, against PyTorch's figures or those of their papers' formulas.

import { readFileSync } from 'node:fs';
import {
  logSoftmax,
  type Operand,
  type Tensor,
  type Variable,
  variable,
} from '@retrograd/autograd';
import * as library from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { disagreement, type Figure, tensorOf } from '../../../autograd/test/oracle/agreement.js';
import { type Options, optionsOf } from './figures.js';

interface Case {
  readonly loss: string;
  readonly operands: readonly Figure[];
  readonly options: Options & { readonly reduction: string };
  readonly value: Figure;
  readonly weights: Figure;
  readonly grads: readonly (Figure | null)[];
  readonly byVariance: Figure | null;
}

const { losses } = JSON.parse(
  readFileSync(new URL('./fixtures/more-losses.json', import.meta.url), 'utf8'),
) as { losses: readonly Case[] };

const NAMES = [
  'binaryFocal',
  'contrastive',
  'cosineEmbedding',
  'ctc',
  'dice',
  'focal',
  'gaussianNll',
  'hinge',
  'multiMargin',
  'poissonNll',
  'smoothL1',
  'squaredHinge',
  'triplet',
];
const kinds = NAMES.flatMap((loss) =>
  ['mean', 'sum', 'none'].map((reduction) => [loss, reduction] as const),
);

type AnyLoss = (...args: readonly unknown[]) => Tensor;

function complaintsAbout({ loss, operands, options, ...wanted }: Case): string[] {
  const call = `${loss}(${JSON.stringify(options)})`;
  const given = operands.map(tensorOf);
  const cells = given.map((x, i) => (wanted.grads[i] === null ? null : variable(x)));
  const told: Record<string, unknown> = { ...optionsOf(options) };
  let variance: Variable | null = null;
  if (wanted.byVariance !== null) {
    variance = variable(told.variance as Tensor);
    told.variance = variance;
  }
  const inputs: Operand[] = given.map((x, i) => cells[i] ?? x);
  if (loss === 'ctc') inputs[0] = logSoftmax(inputs[0]);
  const value = (library as unknown as Record<string, AnyLoss>)[loss](...inputs, told);
  value.mul(tensorOf(wanted.weights)).sum().backward();
  const pairs: [string, Tensor | null | undefined, Figure | null][] = [
    ['value', value, wanted.value],
    ...wanted.grads.map(
      (figure, i) => [`by operand ${i}`, cells[i]?.grad, figure] as (typeof pairs)[number],
    ),
    ['by the variance', variance?.grad, wanted.byVariance],
  ];
  return pairs.flatMap(([what, got, figure]) => {
    if (figure === null) return [];
    const difference = got ? disagreement(got, figure) : 'none';
    return difference === null ? [] : [`${call}: ${what}: ${difference}`];
  });
}

describe('the figures for the losses that came later', () => {
  it.each(kinds)("%s with reduction '%s' agrees in value and gradients", (loss, reduction) => {
    const tried = losses.filter((one) => one.loss === loss && one.options.reduction === reduction);
    expect(tried.length).toBeGreaterThanOrEqual(2);
    expect(tried.flatMap(complaintsAbout)).toEqual([]);
  });

  it('name no loss that is not tried here', () => {
    expect([...new Set(losses.map((one) => one.loss))].sort()).toEqual(NAMES);
  });
});
