// The single operations that everybody computes, and the numbers they begin with.
import { describe, expect, it } from 'vitest';
import { opTasks } from '../../../bench/peers/ops.js';

const task = (name: string) => {
  const found = opTasks.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no task ${name}`);
  return found;
};

describe('the operations', () => {
  it('have names of their own', () => {
    expect(new Set(opTasks.map(({ name }) => name)).size).toBe(opTasks.length);
  });

  it('have as many numbers as they take', () => {
    expect(task('matmul 127').numbers()).toHaveLength(2 * 127 ** 2);
    expect(task('exp(tanh(x*y+x)*0.5), 2^15').numbers()).toHaveLength(2 ** 16);
    expect(task('softmax [1024, 1000]').numbers()).toHaveLength(1_024_000);
    expect(task('scalar tape of 1000, an operation').numbers()).toEqual(Float32Array.of(1));
  });

  it('count those of a product of n × n matrices as 2 n³', () => {
    expect(task('matmul 64').flops).toBe(2 * 64 ** 3);
  });

  it('are timed as one, but for the tape, which is a thousand', () => {
    const many = opTasks.filter(({ operations }) => operations !== 1);
    expect(many.map(({ kind, operations }) => [kind, operations])).toEqual([['tape', 1000]]);
  });

  it('begin with the same numbers every time, of mean 0 and variance 1', () => {
    const { numbers } = task('matmul 128');
    const values = numbers();
    expect(numbers()).toEqual(values);
    const mean = (f: (v: number) => number) =>
      values.reduce((sum, v) => sum + f(v), 0) / values.length;
    expect(mean((v) => v)).toBeCloseTo(0, 1);
    expect(mean((v) => v * v)).toBeCloseTo(1, 1);
  });
});
