// Reading and adding at integer indices, each index looked at before it is used.

import { call, i32, if_, local, memory } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { advance, countDown, type Pointer } from '../../kernels/wasm/statements.js';
import { isLane, type LaneType } from '../../kernels/wasm/vector.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { AxisCall } from '../instruction.js';
import { addElement, moveElement } from './elements.js';
import { refusal } from './running.js';
import type { AnyFunction, CallStep, StepContext } from './step.js';

/** Runs of fewer elements are moved one by one. */
const SHORT_RUN = 16;

const INDEX_BYTES = 4;

type Inner = 'elements' | 'run' | 'add';

/** The steps of gather, scatterAdd, takeAlong and scatterAddAlong. `k` is the instruction's number, for a refusal. */
export function indexingStep(
  { kernel, outer, count, inner }: AxisCall,
  [x, indices]: readonly Symbolic[],
  out: Symbolic,
  k: number,
  { placeOf }: StepContext,
): CallStep | null {
  const { dtype } = out;
  const along = kernel === 'takeAlong' || kernel === 'scatterAddAlong';
  const adds = kernel === 'scatterAdd' || kernel === 'scatterAddAlong';
  if (indices.dtype !== 'int32' || x.dtype !== dtype) return null;
  if (x.length === 0 || indices.length === 0 || out.length === 0) return null;
  if (adds && !isLane(dtype)) return null;
  const bytes = bytesPerElement(dtype);
  const places = [placeOf(x), placeOf(indices), placeOf(out)];
  if (along) {
    const picked = indices.length / (outer * inner);
    return {
      kind: 'call',
      key: `${kernel} ${dtype}`,
      make: () => alongFunction(adds ? 'add' : 'elements', dtype as LaneType, bytes),
      parameters: [...places, outer, picked, inner, count, k],
    };
  }
  const how: Inner = adds ? 'add' : inner < SHORT_RUN ? 'elements' : 'run';
  return {
    kind: 'call',
    key: `${kernel} ${dtype} ${how}`,
    make: () => pickFunction(how, dtype as LaneType, bytes),
    parameters: [...places, outer, indices.length, inner, count, k],
  };
}

/** Leaves the index at `at` in `index`; one that is not below `count` ends the program with an error. */
function readIndex(index: Pointer, at: Pointer, count: Pointer, k: Pointer): void {
  local.set(index, i32.load({}, at));
  i32.ge_u(index, count);
  if_(null, () => {
    call(refusal, [k, index]);
  });
}

/** Elements of x and out in turn: `body` with both addresses, which go on by an element. */
function eachElement(left: Pointer, inner: Pointer, body: () => void): void {
  local.set(left, inner);
  countDown(left, body);
}

/**
 * (x, indices, out, outer, picked, inner, count, k): the same indices for every row of `outer`; the block with `count`
 * rows is x, or out where things are added.
 */
function pickFunction(how: Inner, dtype: LaneType, bytes: number): AnyFunction {
  return routine(8, 7, 0, (parameters, integers) => {
    const [x, indices, out, outer, picked, inner, count, k] = parameters;
    const [at, left, index, rowBytes, own, pointed, elements] = integers;
    const adds = how === 'add';
    /** The side that is walked row by row, and the one that the indices point into. */
    const [walked, base] = adds ? [x, out] : [out, x];
    local.set(rowBytes, i32.mul(inner, bytes));
    countDown(outer, () => {
      local.set(at, indices);
      local.set(left, picked);
      countDown(left, () => {
        readIndex(index, at, count, k);
        local.set(pointed, i32.add(base, i32.mul(index, rowBytes)));
        const [to, from] = adds ? [pointed, walked] : [walked, pointed];
        if (how === 'run') {
          for (const one of [to, from, rowBytes]) local.get(one);
          memory.copy();
          advance(walked, rowBytes);
        } else {
          local.set(own, walked);
          eachElement(elements, inner, () => {
            const [toNow, fromNow] = adds ? [pointed, own] : [own, pointed];
            if (adds) addElement(dtype, toNow, fromNow);
            else moveElement(bytes, toNow, fromNow);
            advance(own, bytes);
            advance(pointed, bytes);
          });
          local.set(walked, own);
        }
        advance(at, INDEX_BYTES);
      });
      local.set(base, i32.add(base, i32.mul(count, rowBytes)));
    });
  });
}

/** The same with an index of its own for every element. */
function alongFunction(how: Inner, dtype: LaneType, bytes: number): AnyFunction {
  return routine(8, 6, 0, (parameters, integers) => {
    const [x, indices, out, outer, picked, inner, count, k] = parameters;
    const [left, elements, index, rowBytes, column, pointed] = integers;
    const adds = how === 'add';
    const [walked, base] = adds ? [x, out] : [out, x];
    local.set(rowBytes, i32.mul(inner, bytes));
    countDown(outer, () => {
      local.set(left, picked);
      countDown(left, () => {
        local.set(column, base);
        eachElement(elements, inner, () => {
          readIndex(index, indices, count, k);
          local.set(pointed, i32.add(column, i32.mul(index, rowBytes)));
          if (adds) addElement(dtype, pointed, walked);
          else moveElement(bytes, walked, pointed);
          advance(walked, bytes);
          advance(column, bytes);
          advance(indices, INDEX_BYTES);
        });
      });
      local.set(base, i32.add(base, i32.mul(count, rowBytes)));
    });
  });
}
