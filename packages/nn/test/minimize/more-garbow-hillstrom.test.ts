// Every problem of Moré, Garbow and Hillstrom from its standard start.

import { readFileSync } from 'node:fs';
import { type Tensor, tensor } from '@retrograd/autograd';
import { type MinimizeMethod, minimize } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { type Problem, problems } from './more-garbow-hillstrom.js';

/** More digits than the paper's, by SciPy. */
const { minima } = JSON.parse(
  readFileSync(new URL('../oracle/fixtures/minimize.json', import.meta.url), 'utf8'),
) as { minima: Readonly<Record<number, number>> };

function reached({ residuals, start }: Problem, method: MinimizeMethod): number {
  const x0 = tensor([...start], { dtype: 'float64' });
  if (method === 'levenberg-marquardt') return 2 * minimize(residuals, x0, { method }).value;
  return minimize((x: Tensor) => residuals(x).square().sum(), x0, { method }).value;
}

/** Problems of which a method ends elsewhere: at another minimum, or in a valley too narrow for it. */
const ELSEWHERE: Readonly<Record<string, readonly number[]>> = {
  lbfgs: [18],
  'newton-cg': [10, 18],
  'levenberg-marquardt': [],
};

const METHODS = ['lbfgs', 'newton-cg', 'levenberg-marquardt'] as const;

describe.each(problems)('problem $number, $name', (problem) => {
  const { number } = problem;
  const minimum = minima[number] ?? problem.minimum;

  it('has the minimum that the paper prints', () => {
    expect(Math.abs(minimum - problem.minimum)).toBeLessThanOrEqual(1e-5 * problem.minimum);
  });

  it.each(METHODS.filter((method) => !ELSEWHERE[method].includes(number)))(
    'is solved by %s to 1e-8',
    (method) => {
      const distance = Math.abs(reached(problem, method) - minimum);
      expect(distance).toBeLessThan(1e-8 * Math.max(1, minimum));
    },
  );
});

it.each(problems.filter(({ number }) => [1, 4, 5, 7, 8, 14, 16, 21, 25, 30, 31].includes(number)))(
  'problem $number, $name, is solved by conjugate gradients too',
  (problem) => {
    const minimum = minima[problem.number] ?? problem.minimum;
    expect(Math.abs(reached(problem, 'cg') - minimum)).toBeLessThan(1e-8 * Math.max(1, minimum));
  },
);
