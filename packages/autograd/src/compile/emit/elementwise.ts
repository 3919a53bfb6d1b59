// A fused formula over blocks: one function for each formula and way of reading, addresses and sizes as parameters.

import { collapse } from '../../kernels/broadcast-loops.js';
import { type Local, local, v128 } from '../../kernels/wasm/assembler/index.js';
import { Emitter, routine, sharedNodes } from '../../kernels/wasm/emit.js';
import { formulaOn, formulaOnNumbers, isExact } from '../../kernels/wasm/formula.js';
import { isLane, type LaneType, lanesOf, vec } from '../../kernels/wasm/vector.js';
import { type Expr, nodesOf } from '../../scalar/index.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import { broadcastStrides, stridesOf } from '../../tensor/shape.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ElementwiseCall } from '../instruction.js';
import {
  advance,
  type Pointer,
  pushAddress,
  pushSplat,
  pushVector,
  repeat,
  reset,
  VECTOR_BYTES,
  whileBelow,
} from './addresses.js';
import { type Loop, nested } from './nest.js';
import { lifted } from './numbers.js';
import { blocksFor, type Cut, cutAlong, LINE_BYTES } from './shared.js';
import type { AnyFunction, CallStep, Place, StepContext } from './step.js';

/**
 * How an operand is read along rows of the result: element by element, one row again and again, one element a row, or
 * one element for all.
 */
export type Reading = 'same' | 'row' | 'column' | 'one';

/** A result as rows of `inner` elements, how each operand is read along them, and loops around the rows. */
export interface Rows {
  readonly rows: number;
  readonly inner: number;
  readonly readings: readonly Reading[];
  /** Innermost first; what the result and the operands step on by, in elements. */
  readonly loops: readonly Loop[];
}

/** Operands are whole blocks, broadcast: they walk an axis element by element, row by row, or not at all. */
function readingOf(step: number, rowStep: number): Reading {
  if (step === 1) return rowStep === 0 ? 'row' : 'same';
  return rowStep === 0 ? 'one' : 'column';
}

export function rowsOf({ reads, shape }: ElementwiseCall): Rows {
  const whole = stridesOf(shape);
  const strides = reads.map((read) => broadcastStrides(read.shape, shape));
  const [sizes, steps] = collapse(shape, [whole, ...strides]);
  const [inner = 1, rows = 1, ...counts] = sizes;
  const readings = steps.slice(1).map(([step = 0, rowStep]) => readingOf(step, rowStep ?? step));
  const loops = counts.map((count, k) => ({ count, steps: steps.map((own) => own[k + 2]) }));
  return { rows, inner, readings, loops };
}

/**
 * (rows, inner bytes, out, a₀, a₁, …): the formula over rows. The last vector of a row may reach beyond it: into the
 * next row, which is written after it, or into the padding behind the block.
 */
function elementwiseFunction(
  f: Expr,
  dtype: LaneType,
  readings: readonly Reading[],
  formula: typeof formulaOn,
): AnyFunction {
  const l = lanesOf(dtype);
  const pointers: Pointer[] = [];
  const splats: Local<'v128'>[] = [];
  const at: Pointer[] = [];
  const args = readings.map((reading, k) =>
    reading === 'same' || reading === 'row'
      ? vec(() => pushVector(pointers[k], at[0]))
      : vec(() => local.get(splats[k]), [], true),
  );
  const root = formula(l, f, args);
  const pool = sharedNodes([root]).length;
  const arity = readings.length;
  return routine(3 + arity, 1, arity + pool, (parameters, [position], vectors) => {
    const [rows, inner, out, ...own] = parameters;
    pointers.push(...own);
    at.push(position);
    splats.push(...vectors.slice(0, arity));
    readings.forEach((reading, k) => {
      if (reading !== 'one') return;
      pushSplat(dtype, own[k]);
      local.set(splats[k]);
    });
    repeat(rows, () => {
      readings.forEach((reading, k) => {
        if (reading !== 'column') return;
        pushSplat(dtype, own[k]);
        local.set(splats[k]);
        advance(own[k], bytesPerElement(dtype));
      });
      reset(position);
      whileBelow(position, inner, VECTOR_BYTES, () => {
        pushAddress(out, position);
        new Emitter(vectors.slice(arity)).push(root);
        v128.store({});
      });
      advance(out, inner);
      readings.forEach((reading, k) => {
        if (reading === 'same') advance(own[k], inner);
      });
    });
  });
}

/**
 * Blocks of whole rows or, if there are too few, of parts of rows. Not where a row's last vector reaches into the next row:
 * that may be another thread's, and done already.
 */
function cutRows(
  rows: number,
  rowBytes: number,
  blocks: number,
  steps: { readonly rows: readonly number[]; readonly inner: readonly number[] },
): Cut | null {
  if (rows > 1 && rowBytes % VECTOR_BYTES !== 0) return null;
  if (rows >= blocks) return cutAlong(0, rows, 1, blocks, steps.rows);
  const within = cutAlong(1, rowBytes, LINE_BYTES, Math.ceil(blocks / rows), steps.inner);
  if (within === null || rows === 1) return within;
  const across = within.steps.map(({ down, most }, p) =>
    p === 0 ? { down: -1, most: 1 } : { across: down, most, down: steps.rows[p] },
  );
  return { down: rows, across: within.down, steps: across };
}

/** Formulas of more nodes would take longer to emit than they save. */
const LONGEST = 2000;

const samePlace = (a: Place, b: Place): boolean => a.offset === b.offset && a.inArena === b.inArena;

/**
 * Nanoseconds of float32: for moving an element, for an operation in one instruction or a few, for slower ones, for functions
 * made of one exponential or quotient, and for all others.
 */
const MOVE_COST = 0.12;
const CHEAP_COST = 0.06;
const ROOT_COST = 0.5;
const SHORT_FUNCTION_COST = 1.3;
const FUNCTION_COST = 3;
const CHEAP: ReadonlySet<string> = new Set([
  ...['add', 'sub', 'mul', 'neg', 'abs', 'sign', 'maximum', 'minimum', 'select'],
  ...['less', 'lessEqual', 'greater', 'greaterEqual', 'equal', 'notEqual'],
  ...['logicalNot', 'logicalAnd', 'logicalOr', 'logicalXor', 'floor', 'ceil', 'round', 'trunc'],
]);
const ROOTS: ReadonlySet<string> = new Set(['div', 'sqrt', 'rsqrt']);
const SHORT_FUNCTIONS: ReadonlySet<string> = new Set(['exp', 'expm1', 'sigmoid', 'tanh', 'erf']);

/** About how many nanoseconds an operation on an element of float32 takes. */
export function costOfOperation({ op, args }: Expr): number {
  if (args.length === 0) return 0;
  if (CHEAP.has(op)) return CHEAP_COST;
  if (ROOTS.has(op)) return ROOT_COST;
  return SHORT_FUNCTIONS.has(op) ? SHORT_FUNCTION_COST : FUNCTION_COST;
}

/** About how many nanoseconds an element of float32 takes, by a formula of these nodes. */
export function costOf(nodes: readonly Expr[], reads: number): number {
  return nodes.reduce((sum, node) => sum + costOfOperation(node), MOVE_COST * (reads + 1));
}

/** A formula over blocks of one floating dtype. */
export function elementwiseStep(
  asked: ElementwiseCall,
  out: Symbolic,
  { placeOf, numberAt }: StepContext,
): CallStep | null {
  const { f, reads, dtype } = asked;
  if (!isLane(dtype) || out.dtype !== dtype || out.length === 0) return null;
  const nodes = nodesOf(f);
  if (reads.some(({ block }) => block.dtype !== dtype) || nodes.length > LONGEST) return null;
  const { rows, inner, readings: ofBlocks, loops } = rowsOf(asked);
  const bytes = bytesPerElement(dtype);
  const rowBytes = inner * bytes;
  const places = [out, ...reads.map(({ block }) => block)].map(placeOf);
  const overwrites = places.slice(1).some((place) => samePlace(place, places[0]));
  // A row's last vector may reach into the next row, which must not be read any more then.
  if (overwrites && (rows > 1 || loops.length > 0) && rowBytes % VECTOR_BYTES !== 0) return null;
  // Numbers are computed in JavaScript eagerly, whose mathematics has bits of its own.
  const hosted = asked.shape.length === 0 && !isExact(f);
  const { f: code, numbers } = lifted(f, reads.length);
  const readings = [...ofBlocks, ...numbers.map((): Reading => 'one')];
  const step: CallStep = {
    kind: 'call',
    key: `elementwise ${code.id} ${dtype} ${hosted ? 'numbers' : readings.join()}`,
    make: () => elementwiseFunction(code, dtype, readings, hosted ? formulaOnNumbers : formulaOn),
    parameters: [rows, rowBytes, ...places, ...numbers.map((value) => numberAt(value, dtype))],
  };
  if (loops.length === 0) {
    const steps = { rows: [0, 0, rowBytes], inner: [0, 0, 1] };
    for (const reading of readings) {
      steps.rows.push(reading === 'same' ? rowBytes : reading === 'column' ? bytes : 0);
      steps.inner.push(reading === 'same' || reading === 'row' ? 1 : 0);
    }
    const blocks = blocksFor(costOf(nodes, reads.length) * out.length * (bytes / 4));
    return { ...step, cut: cutRows(rows, rowBytes, blocks, steps) };
  }
  const inBytes = loops.map(({ count, steps }) => ({
    count,
    steps: steps.map((own) => own * bytes),
  }));
  return nested(
    step,
    inBytes,
    places.map((_, k) => k + 2),
  );
}
