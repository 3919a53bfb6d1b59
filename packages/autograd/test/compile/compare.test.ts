// Two traces of a function: when there is a third one, and that none of them touches cells.
import { compile, type Tensor, TraceError, tensor, variable } from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

describe('a function that is traced', () => {
  const x = tensor([1, 2]);

  it('runs twice if it does the same, and once more to name the line where it does not', () => {
    let runs = 0;
    const steady = compile((a: Tensor) => {
      runs++;
      return a.exp().mul(0.3);
    });
    steady(x);
    expect(runs).toBe(2);
    runs = 0;
    const counting = compile((a: Tensor) => a.exp().mul(++runs));
    expect(() => counting(x)).toThrow(/changed from 1 to 2 at compare\.test\.ts:\d+:\d+/);
    expect(runs).toBe(3);
  });

  it('is refused with its line though it differs the first time only', () => {
    let shape = [2, 1];
    const settling = compile((a: Tensor) => {
      const y = a.reshape(shape).exp().sum(0);
      shape = [1, 2];
      return y;
    });
    expect(() => settling(x)).toThrow(TraceError);
    shape = [2, 1];
    expect(() => settling(x)).toThrow(/something else, at compare\.test\.ts:\d+:\d+/);
  });

  it('leaves the cells in the memory of programs, for the program of another shape too', () => {
    const w = variable([1, 2], { requiresGrad: false });
    const step = compile((a: Tensor) => {
      w.assign(w.add(a.sum()) as Tensor<[2]>);
    });
    step(x);
    const { value, version } = w.snapshot();
    step(tensor([1, 2, 3]));
    expect(w.snapshot().value).toBe(value);
    expect(w.snapshot().version).toBe(version);
    expect(w.value.toArray()).toEqual([10, 11]);
  });
});
