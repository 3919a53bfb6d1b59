// Schedules by their values at the places that count: the first step, ends, boundaries, beyond.

import { tensor } from '@retrograd/autograd';
import {
  chainSchedules,
  constantSchedule,
  cosineDecay,
  cosineRestarts,
  defineSchedule,
  exponentialDecay,
  joinSchedules,
  linearWarmup,
  multiStepDecay,
  oneCycle,
  polynomialDecay,
  type Schedule,
  stepDecay,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { refusal } from '../../refusal.js';

const at = (schedule: Schedule, ...steps: number[]) => steps.map((t) => schedule.at(t));

describe('a schedule', () => {
  it.each<[string, Schedule, number[], number[]]>([
    ['constant', constantSchedule(), [0, 9], [1, 1]],
    ['constant below 1', constantSchedule(0.3, 5), [0, 9], [0.3, 0.3]],
    ['stepDecay', stepDecay(3, 0.5), [0, 2, 3, 5, 6], [1, 1, 0.5, 0.5, 0.25]],
    ['stepDecay to nothing', stepDecay(2, 0), [1, 2], [1, 0]],
    ['multiStepDecay', multiStepDecay([2, 3], 0.5), [1, 2, 3, 99], [1, 0.5, 0.25, 0.25]],
    ['exponentialDecay', exponentialDecay(0.25, 2), [0, 1, 2], [1, 0.5, 0.25]],
    ['polynomialDecay', polynomialDecay(4), [0, 1, 4, 9], [1, 0.75, 0, 0]],
    ['a square', polynomialDecay(4, { power: 2, final: 0.5 }), [0, 2, 4], [1, 0.625, 0.5]],
    ['cosineDecay', cosineDecay(2), [0, 1, 2, 3], [1, 0.5, 0, 0]],
    ['cosineDecay to a floor', cosineDecay(2, { final: 0.5 }), [0, 1, 2], [1, 0.75, 0.5]],
    ['cosineRestarts', cosineRestarts(2), [0, 1, 2, 3, 4], [1, 0.5, 1, 0.5, 1]],
    ['linearWarmup', linearWarmup(3), [0, 1, 2, 3, 4], [0.25, 0.5, 0.75, 1, 1]],
    ['linearWarmup from 0', linearWarmup(2, { start: 0 }), [0, 1, 2], [0, 0.5, 1]],
    [
      'oneCycle',
      oneCycle(11, { pctStart: 3 / 11, anneal: 'linear', divFactor: 2, finalDivFactor: 5 }),
      [0, 1, 2, 6, 10, 20],
      [0.5, 0.75, 1, 0.55, 0.1, 0.1],
    ],
  ])('%s takes the values of its formula', (_name, schedule, steps, values) => {
    at(schedule, ...steps).forEach((value, i) => {
      expect(value).toBeCloseTo(values[i], 14);
    });
  });

  it('restarts in cycles that grow, exactly where each begins', () => {
    const schedule = cosineRestarts(10, { growth: 3 });
    let start = 0;
    for (let length = 10; length < 1e8; length *= 3) {
      expect(schedule.at(start)).toBe(1);
      start += length;
      expect(schedule.at(start - 1)).toBeLessThan(0.1);
    }
  });

  it('is asked by number or within a formula of tensors', () => {
    const schedule = cosineDecay(7);
    expect(schedule.factor(tensor(3, { dtype: 'float64' })).item()).toBe(schedule.at(3));
    expect(refusal(() => schedule.at(-1))).toBe(
      'ArgumentError: cosineDecay: t is a finite number of at least 0, got -1. Check the option.',
    );
  });

  it('prints where it begins and ends', () => {
    expect(String(cosineDecay(40))).toBe('cosineDecay: 1 at 0, 0 from 40 on');
    expect(String(stepDecay(30))).toBe('stepDecay: 1 at 0');
  });

  it('is defined by whoever wants another', () => {
    const noam = defineSchedule('noam', (t) =>
      t
        .add(1)
        .rsqrt()
        .minimum(t.add(1).mul(4 ** -1.5)),
    );
    expect(at(noam, 0, 3, 15)).toEqual([0.125, 0.5, 0.25]);
    expect(refusal(() => defineSchedule('none', 3 as never).at(0))).toBe(
      'ArgumentError: none: a schedule is a function of t that returns a formula, got number. ' +
        'Write it with the methods of t: (t) => t.add(1).rsqrt().',
    );
  });

  it.each<[() => Schedule, string]>([
    [() => stepDecay(0), 'stepDecay: every is a whole number of at least 1, got 0.'],
    [() => stepDecay(1, -1), 'stepDecay: factor is a finite number of at least 0, got -1.'],
    [() => multiStepDecay([]), 'multiStepDecay: milestones are a list of steps, got none.'],
    [
      () => multiStepDecay(3 as never),
      'multiStepDecay: milestones are a list of steps, got number.',
    ],
    [
      () => multiStepDecay([5, 4]),
      'multiStepDecay: milestones[1] is a whole number of at least 5, got 4.',
    ],
    [() => exponentialDecay(-1), 'exponentialDecay: factor is a finite number of at least 0'],
    [() => exponentialDecay(1, 0.5), 'exponentialDecay: every is a whole number of at least 1'],
    [() => polynomialDecay(1.5), 'polynomialDecay: steps is a whole number of at least 1'],
    [() => polynomialDecay(1, { power: 0 }), 'polynomialDecay: power is a finite number'],
    [() => polynomialDecay(1, { final: -1 }), 'polynomialDecay: final is a finite number'],
    [() => cosineDecay(0), 'cosineDecay: steps is a whole number of at least 1'],
    [() => cosineDecay(1, { final: -1 }), 'cosineDecay: final is a finite number'],
    [() => cosineRestarts(0), 'cosineRestarts: first is a whole number of at least 1'],
    [() => cosineRestarts(1, { growth: 1.5 }), 'cosineRestarts: growth is a whole number'],
    [() => cosineRestarts(1, { final: -1 }), 'cosineRestarts: final is a finite number'],
    [() => linearWarmup(0), 'linearWarmup: steps is a whole number of at least 1'],
    [() => linearWarmup(1, { start: -1 }), 'linearWarmup: start is a finite number'],
    [() => constantSchedule(-1), 'constantSchedule: factor is a finite number'],
    [() => constantSchedule(1, 0), 'constantSchedule: steps is a whole number'],
    [() => oneCycle(0), 'oneCycle: steps is a whole number of at least 1'],
    [() => oneCycle(10, { pctStart: 1 }), 'oneCycle: pctStart is a finite number'],
    [() => oneCycle(10, { divFactor: 0 }), 'oneCycle: divFactor is a finite number'],
    [() => oneCycle(10, { finalDivFactor: 0 }), 'oneCycle: finalDivFactor is a finite number'],
    [() => oneCycle(10, { anneal: 'cos' as never }), "oneCycle: anneal is 'cosine' or 'linear'"],
    [() => oneCycle(3), 'oneCycle: every phase takes time, got 3 steps of which 0.3 rise.'],
    [
      () => oneCycle(10, { pctStart: 0.6, threePhase: true }),
      'oneCycle: every phase takes time, got 10 steps of which 0.6 rise.',
    ],
  ])('refuses what is out of range, case %#', (make, complaint) => {
    expect(refusal(make)).toContain(`ArgumentError: ${complaint}`);
  });
});

describe('chainSchedules', () => {
  it('multiplies', () => {
    const both = chainSchedules(linearWarmup(2, { start: 0 }), stepDecay(2, 0.5));
    expect(at(both, 0, 1, 2, 4)).toEqual([0, 0.5, 0.5, 0.25]);
    expect(chainSchedules(linearWarmup(2), cosineDecay(5)).steps).toBe(5);
  });

  it('refuses none, and what is no schedule', () => {
    expect(refusal(() => chainSchedules())).toBe(
      'ArgumentError: chainSchedules: takes at least one schedule, got none. Pass some.',
    );
    expect(refusal(() => chainSchedules(cosineDecay(1), 0.5 as never))).toBe(
      'ArgumentError: chainSchedules: takes schedules, got number at 1. ' +
        'Make them with cosineDecay(…), or defineSchedule(…).',
    );
  });
});

describe('joinSchedules', () => {
  it('begins each where the one before ends', () => {
    const joined = joinSchedules([
      linearWarmup(2, { start: 0 }),
      polynomialDecay(4),
      constantSchedule(0.5),
    ]);
    expect(at(joined, 0, 1, 2, 3, 5, 6, 9)).toEqual([0, 0.5, 1, 0.75, 0.25, 0.5, 0.5]);
    expect(joinSchedules([linearWarmup(2), polynomialDecay(4)]).steps).toBe(6);
  });

  it('begins each where it is told to', () => {
    const joined = joinSchedules([constantSchedule(0.25), stepDecay(1, 0.5)], [3]);
    expect(at(joined, 0, 2, 3, 4)).toEqual([0.25, 0.25, 1, 0.5]);
  });

  it('refuses boundaries that are missing or out of order', () => {
    const ends = [constantSchedule(), cosineDecay(2)];
    expect(refusal(() => joinSchedules(ends))).toBe(
      'ArgumentError: joinSchedules: a schedule that another follows has an end, got constantSchedule at 0. ' +
        'Pass the boundaries: joinSchedules(schedules, [100]).',
    );
    expect(refusal(() => joinSchedules(ends, [1, 2]))).toBe(
      'ArgumentError: joinSchedules: there is one boundary between two schedules, got 2 for 2 schedules. ' +
        'Pass the step in which each but the first begins.',
    );
    expect(refusal(() => joinSchedules([...ends, ...ends], [3, 2, 4]))).toContain(
      'boundaries[1] is a whole number of at least 3, got 2',
    );
    expect(refusal(() => joinSchedules([]))).toContain('takes at least one schedule, got none');
    expect(refusal(() => joinSchedules(7 as never))).toContain('got number. Pass some.');
  });
});
