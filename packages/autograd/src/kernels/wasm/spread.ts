// Elements one after the other, each of them repeated: how an operand that is broadcast along the last axes meets the others.

import { bytesPerElement } from '../../tensor/dtype.js';
import { type Func, i32, type Local, local, type ValueType, v128 } from './assembler/index.js';
import { define, times } from './emit.js';
import { instantiate } from './module.js';
import { scratchImport, VECTOR_BYTES } from './scratch.js';
import { advance, eachStep, type Pointer, whileBelow } from './statements.js';
import { LANE_MOVES, type LaneType } from './vector.js';

/** Fills `target` … `end` in the scratch memory, each element from `source` on filling `run` bytes. May write a vector past the end. */
type Spread = (source: number, target: number, end: number, run: number) => void;

function spreadFunction(dtype: LaneType): Func<ValueType[], ValueType[]> {
  const bytes = bytesPerElement(dtype);
  const signature = { in: times(4, i32), locals: [i32, v128], out: [] };
  return define(signature, (parameters, rest) => {
    const [source, target, end, run] = parameters as Pointer[];
    const [next, vector] = rest as [Pointer, Local<'v128'>];
    whileBelow(target, end, () => {
      local.set(vector, LANE_MOVES[bytes].splat({}, source));
      local.set(next, i32.add(target, run));
      eachStep(target, next, VECTOR_BYTES, () => v128.store({}, target, vector));
      local.set(target, next);
      advance(source, bytes);
    });
  });
}

const compiled: { [dtype in LaneType]?: Spread } = {};

export function spreadOf(dtype: LaneType): Spread {
  compiled[dtype] ??= instantiate({ run: spreadFunction(dtype) }, scratchImport(1)).run;
  return compiled[dtype];
}
