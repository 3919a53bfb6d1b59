// Conversions between dtypes.

import { f32, f32x4, f64, i32, local, v128 } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { VECTOR_BYTES } from '../../kernels/wasm/scratch.js';
import { advance, countDown, eachStep } from '../../kernels/wasm/statements.js';
import { bytesPerElement, type DType } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ConvertCall } from '../instruction.js';
import { bytesOf } from '../plan.js';
import { moveStep } from './copies.js';
import type { AnyFunction, CallStep, StepContext } from './step.js';

export function convertStep(
  { from, to }: ConvertCall,
  x: Symbolic,
  out: Symbolic,
  { placeOf }: StepContext,
): CallStep | null {
  if (out.length === 0) return null;
  if (from === to) return moveStep(placeOf(out), placeOf(x), bytesOf(out));
  if (from === 'int32' && to === 'float32') {
    return {
      kind: 'call',
      key: 'floats from integers',
      make: floatsFromIntegers,
      parameters: [placeOf(out), placeOf(x), bytesOf(out)],
    };
  }
  const way = `${from} ${to}`;
  const convert = CONVERSIONS[way];
  if (convert === undefined) return null;
  return {
    kind: 'call',
    key: `convert ${way}`,
    make: () => eachElement(from, to, convert),
    parameters: [placeOf(out), placeOf(x), out.length],
  };
}

/** (out, x, bytes): vector by vector. */
function floatsFromIntegers(): AnyFunction {
  return routine(3, 1, 0, ([out, x, bytes], [at]) => {
    local.set(at, 0);
    eachStep(at, bytes, VECTOR_BYTES, () => {
      i32.add(out, at);
      v128.load({}, i32.add(x, at));
      f32x4.convert_i32x4_s();
      v128.store({});
    });
  });
}

/** What an element becomes on the stack. Fractions that become integers are left to JavaScript. */
const CONVERSIONS: Readonly<Record<string, () => void>> = {
  'float64 float32': () => f32.demote_f64(),
  'float32 float64': () => f64.promote_f32(),
  'int32 float64': () => f64.convert_i32_s(),
  'bool float64': () => f64.convert_i32_s(),
  'bool float32': () => f32.convert_i32_s(),
  'bool int32': () => {},
};

const NUMBERS = { float32: f32, float64: f64, int32: i32 } as const;

/** (out, x, length). */
function eachElement(from: DType, to: DType, convert: () => void): AnyFunction {
  return routine(3, 0, 0, ([out, x, left]) => {
    countDown(left, () => {
      local.get(out);
      if (from === 'bool') i32.load8_u({}, x);
      else NUMBERS[from].load({}, x);
      convert();
      NUMBERS[to as keyof typeof NUMBERS].store({});
      advance(out, bytesPerElement(to));
      advance(x, bytesPerElement(from));
    });
  });
}
