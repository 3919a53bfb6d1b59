// Elements one after the other, each of them repeated: how an operand that is broadcast along the last axes meets the others.

import { type Func, i32, type Local, local, type ValueType, v128 } from './assembler/index.js';
import { define, times } from './emit.js';
import { instantiate } from './module.js';
import { scratchImport, VECTOR_BYTES } from './scratch.js';
import { advance, type Pointer, whileBelow } from './statements.js';
import type { LaneType } from './vector.js';

/** Fills `target` … `end` in the scratch memory, each element from `source` on filling `run` bytes. May write a vector past the end. */
type Spread = (source: number, target: number, end: number, run: number) => void;

function spreadFunction(dtype: LaneType): Func<ValueType[], ValueType[]> {
  const narrow = dtype === 'float32';
  const signature = { in: times(4, i32), locals: [i32, v128], out: [] };
  return define(signature, (parameters, rest) => {
    const [source, target, end, run] = parameters as Pointer[];
    const [next, vector] = rest as [Pointer, Local<'v128'>];
    whileBelow(target, end, () => {
      (narrow ? v128.load32_splat : v128.load64_splat)({}, source);
      local.set(vector);
      local.set(next, i32.add(target, run));
      whileBelow(target, next, () => {
        v128.store({}, target, vector);
        advance(target, VECTOR_BYTES);
      });
      local.set(target, next);
      advance(source, narrow ? 4 : 8);
    });
  });
}

const compiled: { [dtype in LaneType]?: Spread } = {};

export function spreadOf(dtype: LaneType): Spread {
  compiled[dtype] ??= instantiate({ run: spreadFunction(dtype) }, scratchImport(1)).run;
  return compiled[dtype];
}
