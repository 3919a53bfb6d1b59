// Modules: what they import, what they share, and instructions that need a memory.

import { describe, expect, it } from 'vitest';
import {
  AssemblyError,
  call,
  f32,
  f32x4,
  f64,
  f64x2,
  func,
  i8x16,
  i32,
  i32x4,
  i64,
  importFunc,
  importMemory,
  local,
  Module,
  memory,
  v128,
} from '../../../../src/kernels/wasm/assembler/index.js';
import { start } from './running.js';

describe('a module', () => {
  it('has the functions that are called, each once', () => {
    const one = func({ in: [], out: [i32] }, () => void i32.const(1));
    const two = func({ in: [], out: [i32] }, () => {
      call(one);
      call(one);
      i32.add();
    });
    const four = func({ in: [], out: [i32] }, () => {
      call(two);
      call(two);
      i32.add();
    });
    const alone = Module({ exports: { one } }).toBytes().length;
    expect(start({ four, two }).four()).toBe(4);
    expect(start({ four, two }).two()).toBe(2);
    // Two bodies more of 4 to 9 bytes, and their types.
    expect(Module({ exports: { four } }).toBytes().length - alone).toBeLessThan(30);
  });

  it('imports functions of JavaScript and of other modules', () => {
    const seen: number[] = [];
    const note = importFunc({ in: [i32], out: [] }, (x) => seen.push(x));
    const sine = importFunc({ in: [f64], out: [f64] }, Math.sin);
    const twice = start({ f: func({ in: [f64], out: [f64] }, ([x]) => void f64.add(x, x)) }).f;
    const doubled = importFunc({ in: [f64], out: [f64] }, twice);
    const { f } = start({
      f: func({ in: [f64], out: [f64] }, ([x]) => {
        call(note, [42]);
        call(sine, [x]);
        call(doubled);
      }),
    });
    expect(f(1)).toBe(2 * Math.sin(1));
    expect(seen).toEqual([42]);
  });

  it('imports a memory and works on it', () => {
    const held = new WebAssembly.Memory({ initial: 1 });
    const { f } = start(
      {
        f: func({ in: [i32, i32], out: [] }, ([from, to]) => {
          i32.store({}, to, i32.load({ offset: 4 }, from));
          i64.store({ offset: 8 }, to, i64.load({}, from));
          local.get(to);
          f64.load({ offset: 8 }, to);
          f32.demote_f64();
          f32.store({ offset: 200 });
        }),
      },
      importMemory({ min: 1 }, held),
    );
    new Int32Array(held.buffer).set([7, 8]);
    f(0, 32);
    expect([...new Int32Array(held.buffer, 32, 4)]).toEqual([8, 0, 7, 8]);
    expect(new Float32Array(held.buffer, 232, 1)[0]).toBe(
      Math.fround(new Float64Array(held.buffer, 0, 1)[0]),
    );
  });

  it('fills and copies blocks of memory', () => {
    const held = new WebAssembly.Memory({ initial: 1 });
    const { f } = start(
      {
        f: func({ in: [], out: [] }, () => {
          for (const value of [0, 9, 4]) i32.const(value);
          memory.fill();
          for (const value of [6, 2, 4]) i32.const(value);
          memory.copy();
        }),
      },
      importMemory({ min: 1 }, held),
    );
    f();
    expect([...new Uint8Array(held.buffer, 0, 10)]).toEqual([9, 9, 9, 9, 0, 0, 9, 9, 0, 0]);
  });

  it('tells how many pages its memory has, also after it has grown', () => {
    const held = new WebAssembly.Memory({ initial: 1 });
    const size = func({ in: [], out: [i32] }, () => void memory.size());
    const { f } = start({ f: size }, importMemory({ min: 1 }, held));
    expect(f()).toBe(1);
    held.grow(2);
    expect(f()).toBe(3);
  });

  it('can leave its memory, also a shared one, to whoever starts it', () => {
    const shared = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
    const f = func({ in: [], out: [i32] }, () => void i32.load({}, 0));
    const bytes = Module({
      exports: { f },
      memory: {
        ...importMemory({ min: 0, max: 65536, shared: true }),
        module: 'host',
      },
    }).toBytes();
    new Int32Array(shared.buffer)[0] = 3;
    const module = new WebAssembly.Module(bytes as BufferSource);
    expect(WebAssembly.Module.imports(module)).toEqual([
      { module: 'host', name: 'memory', kind: 'memory' },
    ]);
    const { exports } = new WebAssembly.Instance(module, { host: { memory: shared } });
    expect((exports.f as () => number)()).toBe(3);
  });

  it('may be empty', () => {
    expect(start({})).toEqual({});
  });
});

describe('vectors', () => {
  const held = new WebAssembly.Memory({ initial: 1 });
  const writing = (write: () => void) => {
    const f = func({ in: [], out: [] }, () => {
      i32.const(0);
      write();
      v128.store({});
    });
    start({ f }, importMemory({ min: 1 }, held)).f();
    return held.buffer;
  };

  it('are constants of any shape', () => {
    const bytes = Array.from({ length: 16 }, (_, k) => 255 - k);
    expect([
      ...new Uint8Array(
        writing(() => v128.const(Uint8Array.from(bytes))),
        0,
        16,
      ),
    ]).toEqual(bytes);
    const words = [1, -2, 3, -4];
    expect([
      ...new Int32Array(
        writing(() => v128.const(Int32Array.from(words))),
        0,
        4,
      ),
    ]).toEqual(words);
    const longs = [-1n, 2n ** 40n];
    expect([
      ...new BigInt64Array(
        writing(() => v128.const(BigInt64Array.from(longs))),
        0,
        2,
      ),
    ]).toEqual(longs);
  });

  it('are shuffled, and refuse other than sixteen bytes', () => {
    const reversed = Array.from({ length: 16 }, (_, k) => 31 - k);
    const buffer = writing(() => {
      v128.const(new BigInt64Array(2));
      v128.const(Int32Array.of(1, 2, 3, 4));
      i8x16.shuffle(reversed);
    });
    expect([...new Uint8Array(buffer, 0, 16)]).toEqual([
      0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 1,
    ]);
    expect(() => writing(() => v128.const(Int32Array.of(1)))).toThrow(AssemblyError);
    expect(() => writing(() => i8x16.shuffle([0]))).toThrow(/takes 16 bytes, got 1/);
  });

  it('are made of lanes and taken apart', () => {
    const { f } = start({
      f: func({ in: [f64], out: [f64] }, ([x]) => {
        f64x2.splat(x);
        f64x2.replace_lane(1, f64x2.splat(0.5), 3);
        f64x2.add();
        f64x2.extract_lane(1);
      }),
    });
    expect(f(2)).toBe(5);
  });

  it('have lanes stored and loaded one at a time', () => {
    const floats = new Float32Array(held.buffer);
    const f = func({ in: [], locals: [v128], out: [] }, (_, [x]) => {
      local.set(x, v128.load32_splat({ offset: 64 }, 0));
      v128.store32_lane({ offset: 68 }, 3, 0, x);
      v128.store64_lane({ offset: 72 }, 1, 0, f32x4.sqrt(v128.load64_zero({ offset: 64 }, 0)));
      v128.store({ offset: 80 }, 0, i32x4.splat(-1));
    });
    floats[16] = 9;
    start({ f }, importMemory({ min: 1 }, held)).f();
    expect([...floats.subarray(16, 20)]).toEqual([9, 9, 0, 0]);
    expect([...new Int32Array(held.buffer, 80, 4)]).toEqual([-1, -1, -1, -1]);
  });
});
