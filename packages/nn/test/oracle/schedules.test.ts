// Every schedule against PyTorch's figures: 201 steps, asked as numbers and followed by an optimizer.
import { variable } from '@retrograd/autograd';
import { reduceOnPlateau, scheduler, sgd } from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { numbersDisagree } from '../../../autograd/test/oracle/agreement.js';
import { figures, numberAt, scheduleOf } from './optimizer-figures.js';

describe("PyTorch's figures for the schedules", () => {
  it.each(
    figures.schedules.map((one) => [one.schedule, JSON.stringify(one.arguments), one] as const),
  )('%s(%s) gives the same factors, as numbers and to an optimizer', (name, _arguments, one) => {
    const schedule = scheduleOf(name, one.arguments);
    const asked = one.factors.map((_, t) => schedule.at(t));
    expect(numbersDisagree(asked, one.factors)).toBeNull();

    const optimizer = sgd([variable(0)], { lr: 1 });
    const rates = scheduler(optimizer, schedule);
    const followed = one.factors.map(() => {
      const rate = optimizer.lr.value.item();
      rates.step();
      return rate;
    });
    expect(followed).toEqual(asked);
  });

  it.each(figures.plateaus.map((one) => [JSON.stringify(one.options), one] as const))(
    'reduceOnPlateau with %s falls at the same metrics',
    (_options, one) => {
      const optimizer = sgd([variable(0)], { lr: 1 });
      const plateau = reduceOnPlateau(optimizer, one.options);
      const rates = one.rates.map((_, step) => {
        plateau.step(2 + numberAt(step, 0) + 1 / (1 + step));
        return optimizer.lr.value.item();
      });
      expect(numbersDisagree(rates, one.rates, { each: true })).toBeNull();
    },
  );

  it('cover rates that fall', () => {
    for (const { rates } of figures.plateaus) expect(new Set(rates).size).toBeGreaterThan(2);
    expect(new Set(figures.schedules.map((one) => one.schedule)).size).toBe(10);
  });
});
