// The loop nest that moves elements from one layout to another, or adds them to what is there.

import { bytesPerElement } from '../../tensor/dtype.js';
import type { Shape } from '../../tensor/shape.js';
import { collapse } from '../broadcast-loops.js';
import type { Layout } from '../kernels.js';
import { type Func, i32, i64, if_, local, type ValueType, v128 } from './assembler/index.js';
import { routine } from './emit.js';
import { VECTOR_BYTES } from './scratch.js';
import { advance, countDown, type Pointer, whileBelow } from './statements.js';
import { instructionsOf, LANE_MOVES, type LaneType } from './vector.js';

/** How many loops the nest has. */
export const LEVELS = 6;

/** What is done with each element; float32 and float64 stand for any words of 4 and 8 bytes where they are copied. */
export interface Move {
  readonly name: 'copy' | 'accumulate';
  /** One element at the pointers. */
  readonly word: (dtype: LaneType, from: Pointer, to: Pointer) => void;
  readonly vector: (dtype: LaneType, from: Pointer, to: Pointer) => void;
}

/** Words are copied as integers, which keeps the bits of a NaN. */
export const COPY: Move = {
  name: 'copy',
  word: (dtype, from, to) => {
    const word = dtype === 'float32' ? i32 : i64;
    local.get(to);
    word.load({}, from);
    word.store({});
  },
  vector: (_dtype, from, to) => v128.store({}, to, v128.load({}, from)),
};

/** x + y: the order decides which NaN is passed on. */
export const ADD: Move = {
  name: 'accumulate',
  word: (dtype, from, to) => {
    const { load, store } = LANE_MOVES[bytesPerElement(dtype)];
    local.get(to);
    load({}, from);
    load({}, to);
    instructionsOf(dtype).add();
    store({}, 0);
  },
  vector: (dtype, from, to) => {
    local.get(to);
    v128.load({}, from);
    v128.load({}, to);
    instructionsOf(dtype).add();
    v128.store({});
  },
};

/** The merged axes of a copy, at least one, innermost of the target first, with the steps of both sides in elements. */
export interface Walk {
  readonly sizes: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** The walk of a copy from one layout to another; without axes where both have but one element. */
export function walkOf(shape: Shape, from: Layout, to: Layout): Walk {
  const [sizes, steps] = collapse(shape, [from.strides, to.strides]);
  return { sizes, from: steps[0], to: steps[1] };
}

/** The axis along which the source runs while the target runs along axis 0, both at least `side` long; −1 if there is none. */
export function transposedAxis({ sizes, from, to }: Walk, side: number): number {
  if (to[0] !== 1 || sizes[0] < side) return -1;
  const axis = from.indexOf(1);
  return axis > 0 && sizes[axis] >= side ? axis : -1;
}

/**
 * Sets the loops among the parameters of `stridedFunction`: over the innermost `depth` axes, `count` steps of the last of
 * them, of elements of so many bytes. Each goes on from where the one within has ended.
 */
export function setLoops<Parameter>(
  parameters: (Parameter | number)[],
  { sizes, from, to }: Walk,
  depth: number,
  count: number,
  bytes: number,
): void {
  let [readBack, writeBack] = [0, 0];
  for (let k = 0; k < LEVELS; k++) {
    const within = k < depth;
    const size = within ? (k === depth - 1 ? count : sizes[k]) : 1;
    parameters[2 + 3 * k] = size;
    parameters[3 + 3 * k] = within ? (from[k] - readBack) * bytes : 0;
    parameters[4 + 3 * k] = within ? (to[k] - writeBack) * bytes : 0;
    readBack = within ? size * from[k] : 0;
    writeBack = within ? size * to[k] : 0;
  }
}

/**
 * (from, to, n₀, f₀, t₀, n₁, f₁, t₁, …): addresses, then for each of `LEVELS` loops, innermost first, how often it runs (at
 * least once) and by how many bytes both sides move on: after each element in the innermost, after each run of the loop
 * within in the others.
 */
export function stridedFunction(move: Move, dtype: LaneType): Func<ValueType[], ValueType[]> {
  const bytes = bytesPerElement(dtype);
  return routine(2 + 3 * LEVELS, LEVELS + 1, 0, ([from, to, ...nest], [end, ...counters]) => {
    const step = (level: number) => {
      advance(from, nest[3 * level + 1]);
      advance(to, nest[3 * level + 2]);
    };
    const word = () => move.word(dtype, from, to);
    const run = () => {
      const [count, fromStep, toStep] = nest;
      i32.and(i32.eq(fromStep, bytes), i32.eq(toStep, bytes));
      if_(
        () => {
          local.set(end, i32.add(from, i32.and(i32.mul(count, bytes), -VECTOR_BYTES)));
          whileBelow(from, end, () => {
            move.vector(dtype, from, to);
            advance(from, VECTOR_BYTES);
            advance(to, VECTOR_BYTES);
          });
          local.set(end, i32.add(end, i32.and(i32.mul(count, bytes), VECTOR_BYTES - 1)));
          whileBelow(from, end, () => {
            word();
            advance(from, bytes);
            advance(to, bytes);
          });
        },
        () => {
          local.set(counters[0], count);
          countDown(counters[0], () => {
            word();
            step(0);
          });
        },
      );
    };
    const level = (k: number): void => {
      if (k === 0) run();
      else {
        local.set(counters[k], nest[3 * k]);
        countDown(counters[k], () => {
          level(k - 1);
          step(k);
        });
      }
    };
    level(LEVELS - 1);
  });
}
