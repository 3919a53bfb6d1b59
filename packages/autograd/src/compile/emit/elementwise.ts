// A fused formula over blocks: one function for each formula and way of reading, addresses and sizes as parameters.

import { collapse } from '../../kernels/broadcast-loops.js';
import { local } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { formulaOn, formulaOnNumbers, isExact, isMath } from '../../kernels/wasm/formula.js';
import { VECTOR_BYTES } from '../../kernels/wasm/scratch.js';
import { countDown, eachStep } from '../../kernels/wasm/statements.js';
import { type Expr, nodesOf } from '../../scalar/index.js';
import { bytesPerElement, isFloating } from '../../tensor/dtype.js';
import { broadcastStrides, stridesOf } from '../../tensor/shape.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ElementwiseCall } from '../instruction.js';
import { type Loop, nested } from './nest.js';
import { codeOf } from './numbers.js';
import { blocksFor, type Cut, cutAlong, LINE_BYTES } from './shared.js';
import type { AnyFunction, CallStep, Place, StepContext } from './step.js';
import { type RowFormula, valuesOf } from './values.js';

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

/** Rows of `length` elements, if there are such, or else as long as they get. */
export function rowsOf({ reads, shape }: ElementwiseCall, length = 0): Rows {
  const whole = stridesOf(shape);
  // As if a row of so many elements were read again and again, which keeps rows apart.
  const row = whole.map((stride) => (stride < length ? stride : 0));
  const strides = reads.map((read) => broadcastStrides(read.shape, shape));
  const [sizes, [own, , ...steps]] = collapse(shape, [whole, row, ...strides]);
  const [first = 1, second = 1, ...counts] = sizes;
  const [inner, rows] =
    second === 1 && first % length === 0 ? [length, first / length] : [first, second];
  const readings = steps.map(([step = 0, rowStep]) => readingOf(step, rowStep ?? step));
  const loops = counts.map((count, k) => ({
    count,
    steps: [own, ...steps].map((of) => of[k + 2]),
  }));
  return { rows, inner, readings, loops };
}

/**
 * (rows, inner bytes, out, a₀, a₁, …): the formula over rows. The last vector of a row may reach beyond it: into the
 * next row, which is written after it, or into the padding behind the block.
 */
function elementwiseFunction(own: RowFormula, formula: typeof formulaOn): AnyFunction {
  const values = valuesOf(own, 'vectors', 1, formula);
  return routine(2 + values.pointers, 1, values.vectors, (parameters, [at], vectors) => {
    const [rows, bytes, ...pointers] = parameters;
    values.begin({ pointers, places: [at], bytes, whole: bytes, vectors });
    countDown(rows, () => {
      values.openRows(1);
      local.set(at, 0);
      eachStep(at, bytes, VECTOR_BYTES, () => values.make(1, false));
      values.closeRows(1, bytes);
    });
  });
}

/** How one parameter of an operand steps on: from row to row, and along a row from byte to byte. */
export const rowStep = (reading: Reading, rowBytes: number, bytes: number): number =>
  reading === 'same' ? rowBytes : reading === 'column' ? bytes : 0;
export const byteStep = (reading: Reading): number =>
  reading === 'same' || reading === 'row' ? 1 : 0;

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
const ROOTS: ReadonlySet<string> = new Set(['div', 'sqrt', 'rsqrt']);
const SHORT_FUNCTIONS: ReadonlySet<string> = new Set(['exp', 'expm1', 'sigmoid', 'tanh', 'erf']);

/** Whether an operation takes an instruction or a few. */
export const isCheap = ({ op }: Expr): boolean => !ROOTS.has(op) && !isMath(op);

/** About how many nanoseconds an operation on an element of float32 takes. */
export function costOfOperation(node: Expr): number {
  const { op, args } = node;
  if (args.length === 0) return 0;
  if (isCheap(node)) return CHEAP_COST;
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
  if (!isFloating(dtype) || out.dtype !== dtype || out.length === 0) return null;
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
  const own = codeOf(f, ofBlocks, (value) => numberAt(value, dtype));
  const { readings } = own;
  const step: CallStep = {
    kind: 'call',
    key: `elementwise ${own.f.id} ${dtype} ${hosted ? 'numbers' : readings.join()}`,
    make: () =>
      elementwiseFunction(
        { f: own.f, dtype, readings, written: true },
        hosted ? formulaOnNumbers : formulaOn,
      ),
    parameters: [rows, rowBytes, ...places, ...own.numbers],
  };
  if (loops.length === 0) {
    const walks: readonly Reading[] = ['same', ...readings];
    const steps = {
      rows: [0, 0, ...walks.map((reading) => rowStep(reading, rowBytes, bytes))],
      inner: [0, 0, ...walks.map(byteStep)],
    };
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
