// Tests of how many threads there may be.
import { describe, expect, it } from 'vitest';
import { ArgumentError, backendInfo, setThreads } from '../../../src/index.js';
import { threadCount } from '../../../src/kernels/threads/index.js';
import { availableCores, canWait, wishedThreads } from '../../../src/kernels/threads/settings.js';

describe('RETROGRAD_THREADS', () => {
  it.each([
    [{}, null],
    [{ RETROGRAD_THREADS: '' }, null],
    [{ RETROGRAD_THREADS: ' off ' }, 'off'],
    [{ RETROGRAD_THREADS: '1' }, 1],
    [{ RETROGRAD_THREADS: '12' }, 12],
  ] as const)('%o asks for %s', (environment, wish) => {
    expect(wishedThreads(environment)).toBe(wish);
  });

  it.each(['0', '-2', '1.5', 'many', '1025', 'NaN'])('is refused when it is %s', (value) => {
    const wished = () => wishedThreads({ RETROGRAD_THREADS: value });
    expect(wished).toThrow(ArgumentError);
    expect(wished).toThrow(
      `RETROGRAD_THREADS: is a whole number from 1 to 1024, or off, got ${value}. Leave it away`,
    );
  });
});

describe('setThreads', () => {
  it('sets what backendInfo tells', () => {
    const before = threadCount();
    expect(setThreads(3)).toBe(true);
    expect(backendInfo().threads).toBe(3);
    setThreads(before);
    expect(backendInfo().threads).toBe(before);
  });

  it.each([0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (count) => {
    expect(() => setThreads(count)).toThrow(ArgumentError);
    expect(() => setThreads(count)).toThrow(
      `setThreads: takes a whole number from 1 to 1024, got ${count}. Pass 1`,
    );
  });
});

it('threads are to be had in Node, as many as there are cores', () => {
  expect(canWait()).toBe(true);
  expect(availableCores()).toBeGreaterThanOrEqual(1);
});
