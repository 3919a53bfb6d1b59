// Tests of draws in programs: the stream that eager runs have, whatever else draws from it, and what becomes of refusals.
import { describe, expect, it } from 'vitest';
import {
  compile,
  gather,
  IndexError,
  rng,
  type Tensor,
  TraceError,
  tensor,
  variable,
} from '../../src/index.js';

const x = rng(1).normal([64, 96]);

describe('draws of a program', () => {
  it('are WebAssembly, permutations are left to JavaScript', () => {
    const random = rng(2);
    const program = compile(() => [
      random.uniform([100]),
      random.normal([3, 4], { dtype: 'float64' }),
      random.permutation(9),
    ]);
    program();
    const { kernels } = program.explain();
    expect(kernels.map(({ engine }) => engine)).toEqual(['wasm', 'wasm', 'host']);
    expect(kernels.map(({ kernel }) => kernel)).toEqual(new Array(3).fill('random numbers'));
  });

  it('go on as eager ones do, step by step, with permutations and eager draws in between', () => {
    const [compiled, eager] = [rng(3), rng(3)];
    const step = (random: typeof compiled) => (a: Tensor) => {
      const mask = random.uniform(a.shape).greaterEqual(0.3).cast('float32');
      const order = random.permutation(64);
      const noise = random.normal([96], { std: 0.1 });
      return gather(a.mul(mask).add(noise), order).mul(random.uniform([]));
    };
    const [run, plain] = [compile(step(compiled)), step(eager)];
    for (let k = 0; k < 12; k++) {
      expect(run(x).data()).toEqual(plain(x).data());
      if (k % 3 === 0) expect(compiled.integer(1000)).toBe(eager.integer(1000));
      if (k % 4 === 1) expect(compiled.normal([7]).data()).toEqual(eager.normal([7]).data());
    }
    expect(compiled.snapshot()).toEqual(eager.snapshot());
  });

  it('may be of no elements, and of one', () => {
    const [compiled, eager] = [rng(4), rng(4)];
    const program = compile(() => [compiled.uniform([0, 3]), compiled.normal([])]);
    for (let k = 0; k < 3; k++) {
      const [none, one] = program();
      expect(none.shape).toEqual([0, 3]);
      expect(one.item()).toBe(eager.normal([]).item());
    }
  });

  it('may be what a variable is assigned, and two of the same call differ', () => {
    const [compiled, eager] = [rng(5), rng(5)];
    const cell = variable(x);
    const program = compile(() => {
      cell.assign(compiled.normal([64, 96]));
      return compiled.normal([64, 96]);
    });
    for (let k = 0; k < 2; k++) {
      const result = program();
      expect(cell.value.data()).toEqual(eager.normal([64, 96]).data());
      expect(result.data()).toEqual(eager.normal([64, 96]).data());
    }
  });

  it('move the stream on though nobody reads them', () => {
    const [compiled, eager] = [rng(6), rng(6)];
    const program = compile((a: Tensor) => {
      compiled.uniform([5]);
      return a.add(1);
    });
    program(x);
    eager.uniform([5]);
    expect(compiled.snapshot()).toEqual(eager.snapshot());
  });

  it('read the stream where it is: rehearsed, checked, put back and drawn from', () => {
    const random = rng(7);
    const program = compile(() => random.uniform([33]));
    const before = random.snapshot();
    const rehearsed = program.rehearse();
    expect(random.snapshot()).toEqual(before);
    expect(program().data()).toEqual(rehearsed.data());
    random.restore(before);
    expect(program.check().data()).toEqual(rehearsed.data());
    random.bits();
    const after = random.snapshot();
    const next = program();
    random.restore(after);
    expect(random.uniform([33]).data()).toEqual(next.data());
  });

  it('have happened when what comes behind them is refused', () => {
    const [compiled, eager] = [rng(8), rng(8)];
    const program = compile((i: Tensor) => {
      const noise = compiled.normal([5]);
      return gather(noise, i).add(compiled.normal([1]));
    });
    const wrong = tensor([9], { dtype: 'int32' });
    expect(() => program(wrong)).toThrow(IndexError);
    eager.normal([5]);
    expect(compiled.snapshot()).toEqual(eager.snapshot());
  });

  it('are the same in both traces: bounds that change are refused', () => {
    const random = rng(9);
    let high = 1;
    const program = compile(() => random.uniform([4], { high: high++ }));
    expect(() => program()).toThrow(TraceError);
  });
});
