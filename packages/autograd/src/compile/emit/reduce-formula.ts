// Reductions of what a formula gives: which of them have a function, and what it is called with.

import { threadCount } from '../../kernels/threads/index.js';
import { STRETCH_BYTES } from '../../kernels/wasm/reduce-code.js';
import { nodesOf } from '../../scalar/index.js';
import { bytesPerElement, type DType, isFloating } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ReduceFormulaCall } from '../instruction.js';
import { byteStep, costOf, type Reading, rowStep, rowsOf } from './elementwise.js';
import { nested } from './nest.js';
import { codeOf } from './numbers.js';
import { blocksFor, cutAlong, LINE_BYTES, THREADED_FROM } from './shared.js';
import type { CallStep, StepContext } from './step.js';
import { formulaColumnSums, formulaRows } from './sums.js';
import type { RowFormula } from './values.js';

/** How a formula's rows make up those of the reduction. */
interface Rows {
  /** Elements of a row of the formula; for sums down columns, the columns. */
  readonly inner: number;
  /** Rows of the formula for each row that is gathered. */
  readonly stretches: number;
  readonly readings: readonly Reading[];
}

/** Longer formulas are left alone: they are emitted once for each of the rows side by side. */
const LONGEST = 300;

/** Rows of `inner` elements that a formula is read along; null if its operands don't step evenly from row to row. */
function readingsAlong({ formula }: ReduceFormulaCall, inner: number): readonly Reading[] | null {
  const found = rowsOf(formula);
  const uniform = found.loops.length === 0 && (found.rows === 1 || found.inner === inner);
  return uniform ? found.readings : null;
}

function rowsAlong(call: ReduceFormulaCall, dtype: DType): Rows | null {
  const { reduction, count, inner } = call.reduce;
  if (inner > 1) {
    const readings = reduction === 'sum' ? readingsAlong(call, inner) : null;
    return readings === null ? null : { inner, stretches: count, readings };
  }
  if (reduction !== 'sum' && reduction !== 'max' && reduction !== 'min') return null;
  const whole = readingsAlong(call, count);
  if (whole !== null) return { inner: count, stretches: 1, readings: whole };
  const own = rowsOf(call.formula);
  const fits =
    own.loops.length === 0 &&
    count % own.inner === 0 &&
    (own.inner * bytesPerElement(dtype)) % STRETCH_BYTES === 0;
  return fits ? { ...own, stretches: count / own.inner } : null;
}

/** Where there are fewer rows to be gathered, or bytes of columns, the formula is cut over threads better by itself. */
const LEAST_ROWS = 8;
const LEAST_COLUMN_BYTES = 4096;

/**
 * Strips of columns have rows of so many bytes, a page, that what is in them is read ahead; if that leaves threads without
 * a strip, down to half as many. Narrower ones take as long on two threads as all columns on one.
 */
const STRIP_BYTES = 4096;

/** Into how many strips the columns of rows of so many bytes are cut; 1 if they aren't. */
function stripsFor(nanoseconds: number, rowBytes: number, threads: number): number {
  const pages = rowBytes / STRIP_BYTES;
  const strips = Math.max(pages, Math.min(threads, 2 * pages));
  return Math.min(blocksFor(nanoseconds), Math.floor(strips));
}

/** Nanoseconds of float32 to read an element and gather it along a row, or down a column. */
const ROW_COST = 0.3;
const COLUMN_COST = 0.4;

/** Nanoseconds that an element takes, made of those that are read. */
const costOfElement = ({ reduce, formula }: ReduceFormulaCall): number =>
  costOf(nodesOf(formula.f), formula.reads.length - 2) +
  (reduce.inner === 1 ? ROW_COST : COLUMN_COST);

const workOf = (call: ReduceFormulaCall, dtype: DType): number => {
  const { outer, count, inner } = call.reduce;
  return outer * count * inner * costOfElement(call) * (bytesPerElement(dtype) / 4);
};

/**
 * Whether it saves time. On several threads not where it keeps much work from being cut well: formulas are written faster
 * in rows than in strips of columns, and a single row is not cut at all. There additions that wait for each other leave
 * time for a short formula.
 */
function pays(call: ReduceFormulaCall, dtype: DType, written: boolean): boolean {
  if (threadCount() < 2 || workOf(call, dtype) < THREADED_FROM) return true;
  const { outer, inner } = call.reduce;
  if (inner > 1) return !written && inner * bytesPerElement(dtype) >= LEAST_COLUMN_BYTES;
  return outer >= LEAST_ROWS || costOf(nodesOf(call.formula.f), -1) <= 2 * ROW_COST;
}

/** Whether a reduction and the formula that makes its operand, of blocks `inputs`, become one. */
export function fuses(
  call: ReduceFormulaCall,
  inputs: readonly Symbolic[],
  dtype: DType,
  written: boolean,
): boolean {
  const { reduce, formula } = call;
  if (!isFloating(dtype) || formula.dtype !== dtype || formula.shape.length === 0) return false;
  if (reduce.outer * reduce.count * reduce.inner === 0) return false;
  if (inputs.some((block) => block.dtype !== dtype)) return false;
  if (nodesOf(formula.f).length > LONGEST) return false;
  if (reduce.inner > 1 && reduce.outer > 1) return false;
  return rowsAlong(call, dtype) !== null && pays(call, dtype, written);
}

/** What reduces the values of a formula. */
export function reduceFormulaStep(
  call: ReduceFormulaCall,
  inputs: readonly Symbolic[],
  [out, values]: readonly Symbolic[],
  { placeOf, numberAt, scratch, threads }: StepContext,
): CallStep | null {
  const { dtype } = out;
  const rows = rowsAlong(call, dtype);
  if (rows === null || !isFloating(dtype)) return null;
  const { reduction, outer, count, inner } = call.reduce;
  const { stretches } = rows;
  const written = values !== undefined;
  const { f, readings, numbers } = codeOf(call.formula.f, rows.readings, (value) =>
    numberAt(value, dtype),
  );
  const formula: RowFormula = { f, dtype, readings, written };
  const size = bytesPerElement(dtype);
  const rowBytes = rows.inner * size;
  const places = [...[...(written ? [values] : []), ...inputs].map(placeOf), ...numbers];
  const walks: readonly Reading[] = written ? ['same', ...readings] : readings;
  const work = workOf(call, dtype);
  const key = `${f.id} ${dtype} ${readings.join()}${written ? ' kept' : ''}`;
  if (inner === 1) {
    const gathered = stretches * rowBytes;
    const steps = walks.map((reading) => rowStep(reading, gathered, stretches * size));
    return {
      kind: 'call',
      key: `${reduction} rows of ${key}`,
      make: () => formulaRows(reduction as 'sum' | 'max' | 'min', formula),
      parameters: [outer, stretches, rowBytes, placeOf(out), ...places],
      cut: cutAlong(0, outer, 1, blocksFor(work), [0, 0, 0, size, ...steps]),
    };
  }
  const step: CallStep = {
    kind: 'call',
    key: `sum columns of ${key}`,
    make: () => formulaColumnSums(formula),
    parameters: [count, rowBytes, rowBytes, placeOf(out), scratch, ...places],
  };
  if (outer > 1)
    return nested(step, [{ count: outer, steps: [rowBytes, count * rowBytes] }], [3, 5]);
  const steps = [0, 0, 0, 1, 2, ...walks.map(byteStep)];
  const strips = stripsFor(work, rowBytes, threads);
  return { ...step, cut: cutAlong(1, rowBytes, LINE_BYTES, strips, steps) };
}
