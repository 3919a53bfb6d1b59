// Reading and adding at integer indices, each index looked at before it is used.

import { call, i32, if_, local, memory } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { advance, countDown, type Pointer } from '../../kernels/wasm/statements.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import { bytesPerElement, type DType, isFloating } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { AxisCall } from '../instruction.js';
import { addElement, moveElement } from './elements.js';
import { refusal } from './running.js';
import type { AnyFunction, CallStep, StepContext } from './step.js';

/** Runs of fewer elements are moved one by one. */
const SHORT_RUN = 16;

const INDEX_BYTES = 4;

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
  if (adds && !isFloating(dtype)) return null;
  const places = [placeOf(x), placeOf(indices), placeOf(out)];
  const run = !along && !adds && inner >= SHORT_RUN;
  const picked = along ? indices.length / (outer * inner) : indices.length;
  return {
    kind: 'call',
    key: `${kernel} ${dtype}${run ? ' runs' : ''}`,
    make: () => indexingFunction({ along, adds, run }, dtype),
    parameters: [...places, outer, picked, inner, count, k],
  };
}

/** What one function does: with an index for every element, or for every run; adding, moving, or moving whole runs. */
interface How {
  readonly along: boolean;
  readonly adds: boolean;
  readonly run: boolean;
}

/**
 * (x, indices, out, outer, picked, inner, count, k): `picked` runs of `inner` elements for each of `outer` rows, which share
 * the indices unless every element has its own; the block with `count` runs a row is x, or out where things are added. An
 * index that is not below `count` ends the program with an error.
 */
function indexingFunction({ along, adds, run }: How, dtype: DType): AnyFunction {
  const bytes = bytesPerElement(dtype);
  return routine(8, 7, 0, (parameters, integers) => {
    const [x, indices, out, outer, picked, inner, count, k] = parameters;
    const [rowIndices, left, index, rowBytes, column, pointed, elements] = integers;
    /** The side that is walked row by row, and the one that the indices point into. */
    const [walked, base] = adds ? [x, out] : [out, x];
    const at = along ? indices : rowIndices;
    const pointFrom = (start: Pointer): void => {
      local.set(index, i32.load({}, at));
      i32.ge_u(index, count);
      if_(() => {
        call(refusal, [k, index]);
      });
      advance(at, INDEX_BYTES);
      local.set(pointed, i32.add(start, i32.mul(index, rowBytes)));
    };
    local.set(rowBytes, i32.mul(inner, bytes));
    countDown(outer, () => {
      if (!along) local.set(at, indices);
      local.set(left, picked);
      countDown(left, () => {
        if (along) local.set(column, base);
        else pointFrom(base);
        if (run) {
          for (const one of [walked, pointed, rowBytes]) local.get(one);
          memory.copy();
          advance(walked, rowBytes);
          return;
        }
        local.set(elements, inner);
        countDown(elements, () => {
          if (along) pointFrom(column);
          if (adds) addElement(dtype as LaneType, pointed, walked);
          else moveElement(bytes, walked, pointed);
          advance(walked, bytes);
          advance(along ? column : pointed, bytes);
        });
      });
      local.set(base, i32.add(base, i32.mul(count, rowBytes)));
    });
  });
}
