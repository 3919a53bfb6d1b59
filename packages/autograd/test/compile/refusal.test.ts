// Memory and modules that are refused, at any point: what was taken is given back, and everything goes on.
import {
  compile,
  defineOp,
  MemoryError,
  noGrad,
  type Tensor,
  tensor,
  variable,
} from '@retrograd/autograd';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/compile/engine.js';
import type { Heap } from '../../src/compile/memory.js';
import { Program } from '../../src/compile/program.js';
import { trace } from '../../src/compile/trace.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const SIZE = 40_000;

/** A step with an arena, two cells and two constants. */
function setting() {
  const [w, v] = [1, 2].map((value) => variable(tensor(new Float32Array(SIZE).fill(value))));
  const [c, d] = [3, 4].map((value) => tensor(Array.from({ length: SIZE }, (_, i) => i % value)));
  const step = (x: Tensor): Tensor => {
    noGrad(() => w.assign(w.add(x).mul(c) as Tensor<[number]>));
    v.assign(v.sub(d) as Tensor<[number]>);
    return w.cumsum(0).add(v).sum();
  };
  return { w, v, step, x: tensor(new Float32Array(SIZE).fill(0.5)) as Tensor };
}

/** Blocks that were taken and not given back, as [address, bytes]. */
function outstanding(heap: Heap): Map<number, number> {
  const blocks = new Map<number, number>();
  const [take, give] = [heap.take.bind(heap), heap.give.bind(heap)];
  vi.spyOn(heap, 'take').mockImplementation((bytes, what) => {
    const address = take(bytes, what);
    blocks.set(address, bytes);
    return address;
  });
  vi.spyOn(heap, 'give').mockImplementation((address, bytes) => {
    expect(blocks.get(address)).toBe(bytes);
    blocks.delete(address);
    give(address, bytes);
  });
  return blocks;
}

/** How often a program's construction asks for more memory. */
function growthsNeeded(): number {
  const { step, x } = setting();
  const own = createEngine();
  const grow = vi.spyOn(own.heap.memory, 'grow');
  new Program(own, trace(step as never, [x]));
  return grow.mock.calls.length;
}

describe('memory that is refused', () => {
  it('at any point of making a program is given back, and the next attempt works', () => {
    const expected = setting();
    const sums = [1, 2].map(() => expected.step(expected.x).item());
    const count = growthsNeeded();
    expect(count).toBe(5);
    for (let refused = 1; refused <= count; refused++) {
      const { w, v, step, x } = setting();
      const own = createEngine();
      const { memory } = own.heap;
      const blocks = outstanding(own.heap);
      const traced = trace(step as never, [x]);
      const grow = memory.grow.bind(memory);
      let calls = 0;
      const spy = vi.spyOn(memory, 'grow').mockImplementation((pages) => {
        if (++calls === refused) throw new RangeError('no more memory');
        return grow(pages);
      });
      expect(() => new Program(own, traced)).toThrow(MemoryError);
      spy.mockRestore();
      // The arena is every program's; nothing else has stayed.
      expect([...blocks.values()]).toEqual(own.arena.bytes > 0 ? [own.arena.bytes] : []);
      expect([w, v].map((cell) => cell.value.data()[7])).toEqual([1, 2]);

      const program = new Program(own, traced);
      expect([1, 2].map(() => (program.run([x]) as Tensor).item())).toEqual(sums);
      expect(w.value.data()).toEqual(expected.w.value.data());
      program.evict();
      expect([...blocks.values()]).toEqual([own.arena.bytes]);
    }
  });
});

describe('a module that is refused', () => {
  it('leaves cells as they were, and the next step runs', () => {
    const w = variable([1, 2]);
    const step = compile((x: Tensor<[2]>) => {
      noGrad(() => w.assign(w.mul(x).tanh().add(0.125)));
      return w.sum();
    });
    const x = tensor([1, 2]);
    vi.spyOn(WebAssembly, 'Module').mockImplementationOnce(function refuse() {
      throw new RangeError('out of memory');
    });
    expect(() => step(x)).toThrow('out of memory');
    expect(w.value.toArray()).toEqual([1, 2]);
    const other = variable([1, 2]);
    const eager = () => {
      other.assign(other.mul(x).tanh().add(0.125));
      return other.sum().detach().item();
    };
    expect(step(x).item()).toBe(noGrad(eager));
    expect(w.value.toArray()).toEqual(other.value.toArray());
  });
});

describe('a kernel that throws', () => {
  let broken = false;
  const fragile = defineOp({
    name: 'fragile',
    output: ([x]) => x,
    kernel: ([x], [y]) => {
      if (broken) throw new Error('broken');
      y.data.set(x.data);
    },
    vjp: 'nondifferentiable',
  });

  it('in the middle of a step leaves what was assigned before, for programs and for readers alike', () => {
    const w = variable([1, 2], { requiresGrad: false });
    const step = compile((x: Tensor<[2]>) => {
      w.assign(w.add(x));
      const y = fragile(w);
      w.assign(w.add(y) as Tensor<[2]>);
    });
    const x = tensor([1, 1]);
    step(x);
    expect(w.value.toArray()).toEqual([4, 6]);
    broken = true;
    expect(() => step(x)).toThrow('broken');
    const seen = w.value.toArray();
    broken = false;
    step(x);
    expect(w.value.toArray()).toEqual(seen.map((value) => 2 * (value + 1)));
  });
});
