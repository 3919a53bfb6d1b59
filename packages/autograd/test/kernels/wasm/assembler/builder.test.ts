// Functions that write themselves: operands in any order, blocks within blocks, and what is refused.

import { describe, expect, it } from 'vitest';
import {
  $,
  AssemblyError,
  block,
  br,
  br_if,
  call,
  f32,
  f64,
  func,
  i32,
  if_,
  type Label,
  local,
  loop,
  return_,
  select,
} from '../../../../src/kernels/wasm/assembler/index.js';
import { start } from './running.js';

/** A function of two integers to one. */
const ofTwo = (run: Parameters<typeof func<['i32', 'i32'], [], ['i32']>>[1]) =>
  func<['i32', 'i32'], [], ['i32']>({ in: [i32, i32], out: [i32] }, run);

const running = (run: Parameters<typeof ofTwo>[0]) => start({ f: ofTwo(run) }).f;

describe('operands', () => {
  it('are locals and constants, from left to right', () => {
    expect(running(([a, b]) => void i32.sub(a, b))(10, 3)).toBe(7);
    expect(running(([a]) => void i32.sub(a, 3))(10, 0)).toBe(7);
    expect(running(([, b]) => void i32.sub(10, b))(0, 3)).toBe(7);
  });

  it('are taken from the stack where none is given', () => {
    const f = running(([a, b]) => {
      local.get(a);
      local.get(b);
      i32.sub();
    });
    expect(f(10, 3)).toBe(7);
  });

  it('may stand to the left of one that was computed before', () => {
    expect(running(([a, b]) => void i32.sub(a, i32.mul(b, 2)))(10, 3)).toBe(4);
    expect(running(([a, b]) => void i32.sub(100, i32.sub(a, i32.sub(b, 1))))(10, 3)).toBe(92);
  });

  it('are found behind statements and nested expressions alike', () => {
    const f = running(([a, b]) => {
      i32.sub(i32.sub(a, i32.mul(b, 200)), i32.sub(1000, i32.add(a, b)));
    });
    expect(f(7, 5)).toBe(7 - 1000 - (1000 - 12));
  });

  it('may be said to be on the stack', () => {
    const f = running(([a, b]) => {
      local.get(a);
      i32.sub(1, $);
      i32.mul($, b);
    });
    expect(f(10, 3)).toBe(-27);
  });

  it('leave calls in their places when they are put before them', () => {
    const half = func({ in: [i32], out: [i32] }, ([x]) => void i32.div_u(x, 2));
    const f = running(([a, b]) => {
      call(half, [b]);
      i32.sub(a, $);
      call(half, [$]);
      i32.sub(1000, $);
    });
    expect(f(50, 20)).toBe(980);
  });

  it('come before what is called for another operand, in the order they are read', () => {
    const f = running(([a]) => void i32.sub(a, local.tee(a, i32.add(a, 1))));
    expect(f(5, 0)).toBe(-1);
  });

  it.each([0, 1, -1, 63, 64, 2 ** 31 - 1, -(2 ** 31)])('can be the integer %d', (value) => {
    expect(running(() => void i32.const(value))(0, 0)).toBe(value);
  });

  it('can be any number of double precision', () => {
    const f = start({
      f: func({ in: [f64], out: [f64] }, ([x]) => void f64.add(x, 0.1)),
    }).f;
    expect(f(0.2)).toBe(0.1 + 0.2);
    expect(f(Number.NaN)).toBeNaN();
  });
});

describe('locals', () => {
  it('of types in any order keep their own values', () => {
    const mixed = func({ in: [i32], locals: [f64, i32, i32, f64], out: [f64] }, ([x], rest) => {
      const [p, m, n, q] = rest;
      local.set(p, 0.5);
      local.set(m, i32.add(x, 1));
      local.set(n, i32.add(m, 1));
      local.set(q, 0.25);
      i32.eq(n, 7);
      if_(() => local.set(q, 1));
      f64.add(p, q);
    });
    const { f } = start({ f: mixed });
    expect(f(5)).toBe(1.5);
    expect(f(6)).toBe(0.75);
  });
});

describe('blocks', () => {
  it('are left and repeated by the labels they were given, however deep', () => {
    // Σ over i < a, j < b of 1, stopped altogether at 10.
    const counting = func(
      { in: [i32, i32], locals: [i32, i32, i32], out: [i32] },
      ([a, b], [i, j, count]) => {
        block((done) => {
          loop((nextRow) => {
            local.set(j, 0);
            loop((nextColumn) => {
              local.set(count, i32.add(count, 1));
              i32.eq(count, 10);
              if_(() => br(done));
              local.set(j, i32.add(j, 1));
              i32.ne(j, b);
              br_if(nextColumn);
            });
            local.set(i, i32.add(i, 1));
            i32.ne(i, a);
            br_if(nextRow);
          });
        });
        local.get(count);
      },
    );
    const { f } = start({ f: counting });
    expect([f(2, 3), f(1, 1), f(5, 5)]).toEqual([6, 1, 10]);
  });

  it('choose between two, and values between two', () => {
    const f = start({
      f: func({ in: [i32, i32], locals: [i32], out: [i32] }, ([a, b], [most]) => {
        i32.gt_u(a, b);
        if_(
          () => local.set(most, a),
          () => local.set(most, b),
        );
        local.get(most);
      }),
    }).f;
    expect([f(3, 4), f(4, 3)]).toEqual([4, 4]);
    const g = running(([a, b]) => {
      local.get(a);
      local.get(b);
      i32.lt_u(a, b);
      select();
    });
    expect([g(3, 4), g(4, 3)]).toEqual([3, 3]);
  });

  it('may end in a return', () => {
    const { f } = start({
      f: func({ in: [i32], out: [] }, ([x]) => {
        i32.eqz(x);
        if_(() => return_());
        loop((again) => {
          local.tee(x, i32.sub(x, 1));
          br_if(again);
        });
        return_();
      }),
    });
    expect(f(0)).toBeUndefined();
    expect(f(3)).toBeUndefined();
  });
});

describe('what no function could be', () => {
  const refused = (run: Parameters<typeof ofTwo>[0], message: RegExp) => {
    expect(() => ofTwo(run)).toThrow(AssemblyError);
    expect(() => ofTwo(run)).toThrow(message);
  };

  it('is refused where values are missing or left over', () => {
    refused(() => {}, /leaves 1 values, got 0/);
    refused(([a, b]) => {
      local.get(a);
      local.get(b);
    }, /leaves 1 values, got 2/);
    refused(([a]) => {
      local.get(a);
      i32.add();
    }, /takes 2 values, 1 are on the stack/);
    refused(([a]) => {
      local.get(a);
      block(() => void i32.eqz());
    }, /takes 1 values, 0 are on the stack/);
    refused(([a]) => {
      block(() => void local.get(a));
      local.get(a);
    }, /leaves 0 values, got 1/);
    refused(([a]) => void i32.add(a, $), /missing/);
  });

  it('is refused with operands of the wrong number or kind', () => {
    refused(
      ([a]) => void (i32.add as unknown as (x: unknown) => void)(a),
      /none or 2 operands, got 1/,
    );
    const single = func({ in: [f32], out: [] }, ([x]) => local.set(x, x));
    refused(() => call(single, [1]), /type f32 can't be a number, got 1/);
  });

  it('is refused with branches to blocks that are over', () => {
    refused(([a]) => {
      let over: Label | undefined;
      block((label) => {
        over = label;
      });
      br(over as Label);
      local.get(a);
    }, /got one that is over/);
  });

  it('is refused outside of functions, also after one has failed', () => {
    expect(() => i32.const(1)).toThrow(/Call them in `func`/);
    expect(() =>
      ofTwo(() => {
        throw new RangeError('halfway');
      }),
    ).toThrow(RangeError);
    expect(() => i32.const(1)).toThrow(AssemblyError);
  });

  it('leaves the function around another as it was', () => {
    const f = running(([a]) => {
      local.get(a);
      const inner = ofTwo(([x, y]) => void i32.mul(x, y));
      call(inner, [$, 3]);
    });
    expect(f(5, 0)).toBe(15);
  });
});
