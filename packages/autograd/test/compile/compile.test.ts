// compile: cells that stay, traces that are refused, programs that are kept.
import {
  argmax,
  compile,
  grad,
  MemoryError,
  noGrad,
  outer,
  rng,
  type Tensor,
  TraceError,
  tensor,
  variable,
  zeros,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

describe('compile', () => {
  it('computes what the function computes, for nested arguments and results', () => {
    const fn = compile(({ a, b }: { a: Tensor; b: Tensor[] }) => ({
      sum: a.add(b[0]),
      list: [a.mul(b[1]), 'kept', 3],
    }));
    const result = fn({ a: tensor([1, 2]), b: [tensor([3, 4]), tensor([5, 6])] });
    expect(result.sum.toArray()).toEqual([4, 6]);
    expect((result.list[0] as Tensor).toArray()).toEqual([5, 12]);
    expect(result.list.slice(1)).toEqual(['kept', 3]);
  });

  it('returns objects as they are, whatever their keys are called', () => {
    const since = new Date(0);
    const fn = compile((block: Tensor) => ({ block: block.mul(2), dtype: 'mine', since }));
    const { block, ...rest } = fn(tensor([1, 2]));
    expect(block.toArray()).toEqual([2, 4]);
    expect(rest).toEqual({ dtype: 'mine', since });
  });

  it('traces once for each combination of shapes, dtypes and static arguments', () => {
    let runs = 0;
    const fn = compile((x: Tensor, times: number) => {
      runs++;
      return x.mul(times);
    });
    expect(fn(tensor([1, 2]), 2).toArray()).toEqual([2, 4]);
    expect(fn(tensor([3, 4]), 2).toArray()).toEqual([6, 8]);
    expect(runs).toBe(2);
    expect(fn(tensor([3, 4]), 3).toArray()).toEqual([9, 12]);
    expect(fn(tensor([1, 2, 3]), 3).toArray()).toEqual([3, 6, 9]);
    expect(fn(tensor([1, 2], { dtype: 'float64' }), 3).dtype).toBe('float64');
    expect(runs).toBe(8);
  });

  it('updates cells in place, and everybody sees their new values', () => {
    const w = variable([1, 2]);
    const step = compile((x: Tensor) => {
      w.mul(x).sum().backward();
      noGrad(() => w.assign(w.sub((w.grad as Tensor<[2]>).mul(0.5))));
      w.clearGrad();
      return w.sum();
    });
    const total = compile(() => w.sum());
    expect(step(tensor([2, 4])).item()).toBe(0);
    expect(w.value.toArray()).toEqual([0, 0]);
    expect(w.grad).toBeNull();
    w.assign(tensor([10, 20]));
    expect(step(tensor([2, 4])).item()).toBe(27);
    expect(total().item()).toBe(27);
    expect(w.value.toArray()).toEqual([9, 18]);
    expect(step(tensor([2, 4])).item()).toBe(24);
    expect(w.value.toArray()).toEqual([8, 16]);
  });

  it('leaves gradients where the function leaves them, and adds to those that wait', () => {
    const w = variable([1, 2]);
    const accumulate = compile((x: Tensor) => w.mul(x).sum().backward());
    accumulate(tensor([1, 10]));
    expect(w.grad?.toArray()).toEqual([1, 10]);
    accumulate(tensor([2, 20]));
    expect(w.grad?.toArray()).toEqual([3, 30]);
  });

  it('notices cells that were converted, frozen, or have gradients since', () => {
    const w = variable([1, 2]);
    const step = compile((x: Tensor) => {
      const y = w.mul(x).sum();
      if (y.requiresGrad) y.backward();
      return y;
    });
    const x = tensor([3, 4]);
    expect(step(x).dtype).toBe('float32');
    w.convert('float64').clearGrad();
    expect(step(x).dtype).toBe('float64');
    expect(w.grad?.toArray()).toEqual([3, 4]);
    w.clearGrad();
    w.requiresGrad = false;
    step(x);
    expect(w.grad).toBeNull();
  });

  it('exchanges two cells', () => {
    const [a, b] = [variable([1, 2]), variable([3, 4])];
    const swap = compile(() => {
      const [x, y] = [a.value.detach(), b.value.detach()];
      a.assign(y);
      b.assign(x);
    });
    swap();
    expect([a.value.toArray(), b.value.toArray()]).toEqual([
      [3, 4],
      [1, 2],
    ]);
    swap();
    expect(a.value.toArray()).toEqual([1, 2]);
  });

  it('returns a value that a cell had before it was assigned', () => {
    const count = variable(1, { dtype: 'int32' });
    const w = variable([1, 2]);
    const next = compile(() => {
      const [old, weights] = [count.value, w.value.detach()];
      count.assign(count.add(1));
      noGrad(() => w.assign(w.mul(2)));
      return { old, weights, again: weights.reshape([2, 1]), now: count.value };
    });
    for (const k of [1, 2, 3]) {
      const { old, weights, again, now } = next();
      expect([old.item(), now.item()]).toEqual([k, k + 1]);
      expect(weights.toArray()).toEqual([2 ** (k - 1), 2 ** k]);
      expect(again.toArray()).toEqual([[2 ** (k - 1)], [2 ** k]]);
    }
  });

  it('differentiates inside, to any order', () => {
    const third = compile(grad((x: Tensor) => grad((y: Tensor) => y.pow(3).sum())(x).sum()));
    expect(third(tensor([1, 2])).toArray()).toEqual([6, 12]);
  });

  it('refuses arguments that it can not tell apart', () => {
    const fn = compile((x: Tensor, map: unknown) => (map === undefined ? x : x.neg()));
    expect(() => fn(tensor(1), new Map())).toThrow(
      /^compile: arguments are tensors, variables, plain values .* got object\./,
    );
    expect(() => fn(tensor(1), () => 1)).toThrow(/got function\./);
    expect(fn(tensor(1), undefined).item()).toBe(1);
    expect(fn(tensor(1), null).item()).toBe(-1);
  });

  it('keeps only so many programs, and spills the cells of those that go', () => {
    const w = variable([2]);
    const scale = compile((x: Tensor, by: number) => {
      noGrad(() => w.assign(w.mul(by) as Tensor<[1]>));
      return x.mul(w);
    });
    for (let by = 1; by < 40; by++) scale(tensor([1]), by % 2 === 0 ? 2 ** -by : 2 ** (by - 1));
    expect(w.value.item()).toBe(2 * 2 ** 0);
  });

  it('keeps what a run returned apart from the next run', () => {
    const double = compile((x: Tensor) => x.mul(2));
    const first = double(tensor([1, 2]));
    double(tensor([5, 6]));
    expect(first.toArray()).toEqual([2, 4]);
  });

  it('refuses what does not fit into memory before it takes any, and goes on', () => {
    const x = zeros([50_000]);
    const before = process.memoryUsage().arrayBuffers;
    const huge = compile((a: Tensor) => outer(a, a).sum());
    expect(() => huge(x)).toThrow(MemoryError);
    expect(() => huge(x)).toThrow(
      /fit into the 4 GiB of WebAssembly, got 1000\d{7} bytes for the arena/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
    expect(compile((a: Tensor) => a.add(1).sum())(x).item()).toBe(50_000);
  });

  it('checks itself against the function, and tells when a value has gone stale', () => {
    let scale = 2;
    const w = variable([1, 2]);
    const random = rng(3);
    const step = compile((x: Tensor) => {
      const y = w
        .mul(x)
        .mul(scale)
        .add(random.uniform([2]))
        .sum();
      noGrad(() => w.assign(w.mul(0.5) as Tensor<[2]>));
      return y;
    });
    const x = tensor([3, 4]);
    step(x);
    expect(w.value.toArray()).toEqual([0.5, 1]);
    const checked = step.check(x);
    expect(w.value.toArray()).toEqual([0.25, 0.5]);
    expect(checked.item()).toBeGreaterThan(11);
    scale = 3;
    expect(() => step.check(x)).toThrow(
      /^check: a program computes what its function does, got .* for the result\. A JavaScript value/,
    );
  });

  it('explains itself', () => {
    const fn = compile((x: Tensor) => x.mul(2).add(1).tanh().sum());
    const text = String(fn.explain(tensor([1, 2, 3])));
    expect(text).toContain('sum [1, 3, 1] of tanh(x * 2 + 1) on [3]');
    expect(text).toMatch(/1 kernels from 4 that were traced/);
  });
});

describe('a trace', () => {
  const x = tensor([1, 2]);

  it('has no elements to be read, and says where they were asked for', () => {
    expect(() => compile((a: Tensor) => a.mul(a.sum().item()))(x)).toThrow(TraceError);
    expect(() => compile((a: Tensor) => a.mul(a.sum().item()))(x)).toThrow(
      /^item: elements are read after a run, got a tensor that is being traced at compile\.test\.ts:\d+:\d+\./,
    );
    expect(() => compile((a: Tensor) => a.toArray())(x)).toThrow(/^toArray: elements/);
  });

  it('refuses a counter, a decayed rate and Math.random, with their line', () => {
    let count = 0;
    const counting = compile((a: Tensor) => a.mul(count++));
    expect(() => counting(x)).toThrow(/changed from 0 to 1 at compile\.test\.ts:\d+:\d+/);
    let rate = 1;
    const decaying = compile((a: Tensor) => {
      rate *= 0.5;
      return a.sub(a.mul(rate));
    });
    expect(() => decaying(x)).toThrow(/changed from 0\.5 to 0\.25 at compile\.test\.ts:\d+:\d+/);
    const random = compile((a: Tensor) => a.add(Math.random()));
    expect(() => random(x)).toThrow(TraceError);
    expect(() => random(x)).toThrow(/changed from 0\.\d+ to 0\.\d+ at compile\.test\.ts:\d+:\d+/);
    const list = compile((a: Tensor) => a.add(tensor([Math.random(), 2])));
    expect(() => list(x)).toThrow(/changed from an array of 2 to .* at compile\.test\.ts:\d+:\d+/);
  });

  it('refuses values that change where they are only assigned or returned', () => {
    const rate = variable(0.1, { dtype: 'float64' });
    let epoch = 0;
    const scheduled = compile((a: Tensor) => {
      rate.assign(0.5 ** epoch++);
      return a;
    });
    expect(() => scheduled(x)).toThrow(/changed from 1 to 0\.5 at compile\.test\.ts:\d+:\d+/);
    expect(rate.value.item()).toBe(0.1);
    const returned = compile((a: Tensor) => [a, tensor(Math.random())]);
    expect(() => returned(x)).toThrow(/changed from 0\.\d+ to 0\.\d+\. Keep what changes/);
    let [here, there] = [variable([1, 2]), variable([3, 4])];
    const fickle = compile((a: Tensor) => {
      [here, there] = [there, here];
      return a.add(here);
    });
    expect(() => fickle(x)).toThrow(/got other variables\./);
  });

  it('refuses a function that does something else the second time', () => {
    let first = true;
    const fickle = compile((a: Tensor) => {
      const result = first ? a.exp() : a.exp().exp();
      first = false;
      return result;
    });
    expect(() => fickle(x)).toThrow(/an operation in one of them only/);
  });

  it('puts cells, gradients and generators back, whatever happens', () => {
    const w = variable([1, 2]);
    w.mul(2).sum().backward();
    const before = w.grad;
    const failing = compile((a: Tensor) => {
      w.assign(w.mul(a) as Tensor<[2]>);
      w.clearGrad();
      throw new Error('stop');
    });
    expect(() => failing(x)).toThrow('stop');
    expect(w.value.toArray()).toEqual([1, 2]);
    expect(w.grad).toBe(before);
    expect(compile((a: Tensor) => a.add(1))(x).toArray()).toEqual([2, 3]);
  });

  it('is refused inside of another one', () => {
    const inner = compile((a: Tensor) => a.add(1));
    expect(() => compile((a: Tensor) => inner(a))(x)).toThrow(/traces are not nested/);
  });

  it('compiles index operations and user kernels', () => {
    const scores = tensor([[1, 5, 2]]);
    expect(compile((a: Tensor) => argmax(a, 1))(scores).toArray()).toEqual([1]);
  });

  it('draws random numbers anew in every run, as eager runs do', () => {
    const [eager, compiled] = [rng(5), rng(5)];
    const noisy = compile((a: Tensor) => a.add(compiled.normal([2])));
    for (let i = 0; i < 3; i++) {
      expect(noisy(x).toArray()).toEqual(x.add(eager.normal([2])).toArray());
    }
  });
});
