// Conversions between dtypes.

import { f32, f32x4, f64, i32, local, v128 } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { bytesPerElement, type DType } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ConvertCall } from '../instruction.js';
import { bytesOf } from '../plan.js';
import {
  advance,
  pushAddress,
  pushVector,
  repeat,
  reset,
  VECTOR_BYTES,
  whileBelow,
} from './addresses.js';
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
  const load = LOADS[from];
  const store = STORES[`${from} ${to}`];
  if (load === undefined || store === undefined) return null;
  return {
    kind: 'call',
    key: `convert ${from} ${to}`,
    make: () => eachElement(from, to, load, store),
    parameters: [placeOf(out), placeOf(x), out.length],
  };
}

/** (out, x, bytes): vector by vector. */
function floatsFromIntegers(): AnyFunction {
  return routine(3, 1, 0, ([out, x, bytes], [at]) => {
    reset(at);
    whileBelow(at, bytes, VECTOR_BYTES, () => {
      pushAddress(out, at);
      pushVector(x, at);
      f32x4.convert_i32x4_s();
      v128.store({});
    });
  });
}

const LOADS: { readonly [dtype in DType]?: () => void } = {
  float32: () => f32.load({}),
  float64: () => f64.load({}),
  int32: () => i32.load({}),
  bool: () => i32.load8_u({}),
};

/** Converts what is on the stack and stores it. Fractions that become integers are left to JavaScript. */
const STORES: Readonly<Record<string, () => void>> = {
  'float64 float32': () => {
    f32.demote_f64();
    f32.store({});
  },
  'float32 float64': () => {
    f64.promote_f32();
    f64.store({});
  },
  'int32 float64': () => {
    f64.convert_i32_s();
    f64.store({});
  },
  'bool float64': () => {
    f64.convert_i32_s();
    f64.store({});
  },
  'bool float32': () => {
    f32.convert_i32_s();
    f32.store({});
  },
  'bool int32': () => i32.store({}),
};

/** (out, x, length). */
function eachElement(from: DType, to: DType, load: () => void, store: () => void): AnyFunction {
  return routine(3, 0, 0, ([out, x, left]) => {
    repeat(left, () => {
      local.get(out);
      local.get(x);
      load();
      store();
      advance(out, bytesPerElement(to));
      advance(x, bytesPerElement(from));
    });
  });
}
