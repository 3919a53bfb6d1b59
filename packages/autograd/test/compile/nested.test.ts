// Tests of programs that run within kernels of the user's, while another program is running.
import type { Tensor } from '@retrograd/autograd';
import { afterAll, describe, expect, it, vi } from 'vitest';

const mixed = (x: Tensor): Tensor => x.matmul(x).sin().matmul(x);

/** What lies in the arena before and after the kernel, and arguments that are read after it. */
const around = (kernel: (x: Tensor) => Tensor) => (x: Tensor) => {
  const before = x.mul(2).cos();
  const product = x.matmul(before);
  const result = kernel(before);
  return [result.add(before), product.matmul(before), x.matmul(product)];
};

function expectClose(x: readonly Tensor[], y: readonly Tensor[]): void {
  x.forEach((own, k) => {
    const [a, b] = [own.data(), y[k].data()].map((data) => Array.from(data));
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i])))).toBeLessThan(1e-9);
  });
}

afterAll(() => {
  vi.unstubAllEnvs();
});

// Memory that threads don't share is another one whenever it has grown.
describe.each(['2', 'off'])(
  'a program within a kernel of another one, threads: %s',
  async (threads) => {
    vi.stubEnv('RETROGRAD_THREADS', threads);
    vi.resetModules();
    const { compile, defineOp, rng, tensor } = await import('../../src/index.js');

    /** The operation x ↦ fn(x) as a kernel of its own, which tensors and programs run in. */
    function kernelOf(fn: (x: Tensor) => Tensor) {
      return defineOp({
        name: 'opaque',
        output: ([{ shape, dtype }]) => ({ shape, dtype }),
        kernel: ([x], [y]) => {
          const result = fn(tensor(Float64Array.from(x.data)).reshape([...x.shape]));
          (y.data as Float64Array).set(result.data() as Float64Array);
        },
        vjp: 'nondifferentiable',
      });
    }

    it.each([8, 60])('leaves alone what the other one holds, at size %d', (size) => {
      const x = rng(1).normal([size, size], { dtype: 'float64' }).div(size) as Tensor;
      const expected = around(mixed)(x);
      // First traced, and given its memory, while the other one is running.
      const inner = compile(mixed);
      const outer = compile(around(kernelOf((v) => inner(v))));
      for (let run = 0; run < 3; run++) {
        expectClose(outer(x), expected);
        expectClose([inner(x)], [mixed(x)]);
      }
    });

    it('may need more memory than there was', () => {
      const x = rng(2).normal([9, 9], { dtype: 'float64' }).div(9) as Tensor;
      const large = rng(3).normal([300, 300], { dtype: 'float64' }).div(300) as Tensor;
      const inner = compile(mixed);
      const kernel = kernelOf((v) => mixed(v).add(inner(large).sum().mul(0)));
      expectClose(compile(around(kernel))(x), around(mixed)(x));
      expectClose([inner(large)], [mixed(large)]);
    });

    it('may be the same one, on other arguments', () => {
      const step = compile((x: Tensor): Tensor => (x.size > 4 ? halve(x).add(x.mul(3)) : x.mul(5)));
      const halve = kernelOf((v) => {
        const half = step(v.reshape([-1]).slice([0, v.size / 2]));
        return half.sum().add(v.mul(0));
      });
      // 5 (1 + 1 + 1 + 1) is added to each of 3, 3, …; the sum of these to each of the larger one's.
      const ones = (count: number) => tensor(new Float64Array(count).fill(1)) as Tensor;
      expect(step(ones(16)).data()).toEqual(new Float64Array(16).fill(8 * (20 + 3) + 3));
    });

    it('may be the same one, on other arguments of the same shape, large ones too', () => {
      const [x, y] = [5, 6].map((seed) => rng(seed).normal([90, 90], { dtype: 'float64' }).div(90));
      let inside: Tensor | null = null;
      let depth = 0;
      const once = kernelOf((v) => {
        if (depth++ === 0) inside = step(y as Tensor);
        return v.mul(2);
      });
      const plain = (a: Tensor) => a.matmul(a).mul(2).matmul(a);
      const step = compile((a: Tensor): Tensor => once(a.matmul(a)).matmul(a));
      expectClose([step(x as Tensor)], [plain(x as Tensor)]);
      expectClose([inside as unknown as Tensor], [plain(y as Tensor)]);
    });

    it('goes on when that one has thrown', () => {
      let fails = true;
      const inner = compile(mixed);
      const kernel = kernelOf((v) => {
        const result = inner(v);
        if (fails) throw new Error('refused');
        return result;
      });
      const x = rng(4).normal([8, 8], { dtype: 'float64' }).div(8) as Tensor;
      const outer = compile(around(kernel));
      expect(() => outer(x)).toThrow('refused');
      fails = false;
      expectClose(outer(x), around(mixed)(x));
    });
  },
);
