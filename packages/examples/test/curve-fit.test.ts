import { expect, it } from 'vitest';
import { errorsOf, fitPeaks } from '../src/curve-fit.js';

it('finds eight numbers under noise, and knows how far off they may be', () => {
  const { fit, withinOne, withinTwo } = fitPeaks({ readings: 120, fits: 40 });
  expect(fit.converged).toBe(true);
  expect(Math.abs(fit.residualStandardDeviation - 0.04)).toBeLessThan(0.008);
  for (const off of errorsOf(fit)) expect(Math.abs(off)).toBeLessThan(3);
  expect(Math.abs(withinOne - 0.683)).toBeLessThan(0.1);
  expect(withinTwo).toBeGreaterThan(0.9);
  expect(withinTwo).toBeLessThan(0.99);
});

it('refuses as few readings as there are numbers to find', () => {
  expect(() => fitPeaks({ readings: 8 })).toThrow('--readings: eight numbers need more than 8');
});
