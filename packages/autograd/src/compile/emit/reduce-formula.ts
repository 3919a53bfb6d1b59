// Reductions of what a formula gives: which of them have a function, and what it is called with.

import type { Reduction } from '../../kernels/kernels.js';
import { threadCount } from '../../kernels/threads/index.js';
import { CHAINS, type SimdReduction, STRETCH_BYTES } from '../../kernels/wasm/reduce-code.js';
import { LONGEST_ROW, type RowFunction, softmaxFunction } from '../../kernels/wasm/softmax-code.js';
import { nodesOf } from '../../scalar/index.js';
import { bytesPerElement, type DType, isFloating } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { ReduceFormulaCall, RowCall } from '../instruction.js';
import { byteStep, costOf, type Reading, type Rows, rowStep, rowsOf } from './elementwise.js';
import { nested } from './nest.js';
import { codeOf } from './numbers.js';
import { blocksFor, cutAlong, LINE_BYTES, THREADED_FROM } from './shared.js';
import type { CallStep, StepContext } from './step.js';
import { formulaColumnSums, formulaRows } from './sums.js';
import { type RowFormula, valuesOf } from './values.js';

type Kind = RowFunction | Reduction;

export const kindOf = (reduce: RowCall): Kind =>
  reduce.kind === 'reduce' ? reduce.reduction : reduce.flag === true ? 'logSoftmax' : 'softmax';

/** Whether values are only gathered; those that exponentials are computed of are read again. */
const isGathered = (kind: Kind): kind is SimdReduction =>
  kind === 'sum' || kind === 'max' || kind === 'min';

/** How a formula's rows make up those of the reduction. */
interface Stretches extends Pick<Rows, 'inner' | 'readings' | 'loops'> {
  /** Rows of the formula, within its loops; for sums down columns `inner` are the columns. */
  readonly rows: number;
  /** Rows of the formula for each row that is gathered. */
  readonly stretches: number;
}

/** Longer formulas are left alone: they are emitted once for each of the rows side by side. */
const LONGEST = 300;

function rowsAlong({ reduce, formula }: ReduceFormulaCall, dtype: DType): Stretches | null {
  const { outer, count, inner } = reduce;
  const kind = kindOf(reduce);
  const size = bytesPerElement(dtype);
  const length = inner > 1 ? inner : count;
  const rows = rowsOf(formula, length);
  if (kind === 'prod') return null;
  if (inner > 1) {
    const fits = kind === 'sum' && rows.inner === length && rows.loops.length === 0;
    return fits ? { ...rows, stretches: count } : null;
  }
  if (rows.inner === length) {
    return isGathered(kind) || count * size <= LONGEST_ROW ? { ...rows, stretches: 1 } : null;
  }
  const own = rowsOf(formula);
  const fits =
    isGathered(kind) &&
    own.loops.length === 0 &&
    count % own.inner === 0 &&
    (own.inner * size) % STRETCH_BYTES === 0;
  return fits ? { ...own, rows: outer, stretches: count / own.inner } : null;
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

/** Nanoseconds of float32 to read an element and gather it along a row, or down a column, or for its exponential. */
const ROW_COST = 0.3;
const COLUMN_COST = 0.4;
const EXPONENTIAL_COST = 1.5;

/** Nanoseconds that an element takes, made of those that are read. */
function costOfElement({ reduce, formula }: ReduceFormulaCall): number {
  const made = costOf(nodesOf(formula.f), formula.reads.length - 2);
  if (!isGathered(kindOf(reduce))) return made + EXPONENTIAL_COST;
  return made + (reduce.inner === 1 ? ROW_COST : COLUMN_COST);
}

const workOf = (call: ReduceFormulaCall, dtype: DType): number => {
  const { outer, count, inner } = call.reduce;
  return outer * count * inner * costOfElement(call) * (bytesPerElement(dtype) / 4);
};

/**
 * Whether it saves time. On several threads not where it keeps much work from being cut well: formulas are written faster
 * in rows than in strips of columns, and a single row is not cut at all. There additions that wait for each other leave
 * time for a short formula.
 */
function pays(call: ReduceFormulaCall, dtype: DType): boolean {
  if (threadCount() < 2 || workOf(call, dtype) < THREADED_FROM) return true;
  const { outer, inner } = call.reduce;
  if (inner > 1) return !call.written && inner * bytesPerElement(dtype) >= LEAST_COLUMN_BYTES;
  return outer >= LEAST_ROWS || costOf(nodesOf(call.formula.f), -1) <= 2 * ROW_COST;
}

/** Whether a reduction, or softmax, and the formula that makes its operand x become one. */
export function fuses(call: ReduceFormulaCall, x: Symbolic): boolean {
  const { reduce, formula } = call;
  const { dtype } = x;
  if (!isFloating(dtype) || formula.dtype !== dtype || formula.shape.length === 0) return false;
  if (x.length === 0 || formula.reads.some(({ block }) => block.dtype !== dtype)) return false;
  if (nodesOf(formula.f).length > LONGEST) return false;
  if (reduce.inner > 1 && reduce.outer > 1) return false;
  if (kindOf(reduce) === 'logsumexp' || rowsAlong(call, dtype) === null) return false;
  return reduce.kind === 'axis' || pays(call, dtype);
}

/**
 * What reduces the values of a formula. The outputs of softmax are, where they are wanted, the shifts of rows and the logarithms
 * of their sums too. It reads rows where they lie already, in the block `from`, or else makes them in an output.
 */
export function reduceFormulaStep(
  call: ReduceFormulaCall,
  inputs: readonly Symbolic[],
  outputs: readonly Symbolic[],
  { placeOf, numberAt, scratch, threads }: StepContext,
  from: Symbolic | null = null,
): CallStep | null {
  const { reduce, written } = call;
  const [out, values] = outputs;
  const { dtype } = out;
  const rows = rowsAlong(call, dtype);
  const kind = kindOf(reduce);
  if (rows === null || kind === 'prod' || !isFloating(dtype)) return null;
  const { outer, count } = reduce;
  const { stretches, loops } = rows;
  const code = codeOf(call.formula.f, rows.readings, (value) => numberAt(value, dtype));
  const { f, readings, numbers } = code;
  const formula: RowFormula = { f, dtype, readings, written };
  const size = bytesPerElement(dtype);
  const rowBytes = rows.inner * size;
  const work = workOf(call, dtype);
  const key = `${f.id} ${dtype} ${readings.join()}${written ? ' kept' : ''}`;
  if (reduce.inner === 1) {
    const gathered = isGathered(kind);
    const results = written && !gathered ? outputs.slice(0, -1) : outputs;
    const own = gathered ? outputs : [from ?? outputs[written ? results.length : 0], ...results];
    const operands = gathered || from === null ? inputs : [];
    const places = [...own, ...operands].map(placeOf);
    const sizes = gathered ? [rowBytes, stretches] : [rowBytes];
    const ofRow = own.map(({ length }) => (length / outer) * size);
    const steps = readings.map((reading) => rowStep(reading, count * size, stretches * size));
    const blocks = blocksFor(work);
    const step: CallStep = {
      kind: 'call',
      key: `${kind} ${own.length} ${places.length} rows of ${key}`,
      make: () => {
        if (gathered) return formulaRows(kind, formula);
        const values = valuesOf({ ...formula, written: from === null }, 'vectors', CHAINS);
        return softmaxFunction(kind, dtype, own.length > 2, values);
      },
      parameters: [rows.rows, ...sizes, ...places, ...numbers],
      cut: cutAlong(0, rows.rows, 1, blocks, [0, ...sizes.map(() => 0), ...ofRow, ...steps]),
    };
    const inBytes = loops.map(({ count: turns, steps: [whole, ...others] }) => ({
      count: turns,
      steps: [
        ...ofRow.map((bytes) => (whole / count) * bytes),
        ...others.map((elements) => elements * size),
      ],
    }));
    return nested(
      step,
      inBytes,
      places.map((_, k) => k + 1 + sizes.length),
      blocks,
    );
  }
  const places = [...(written ? [values] : []), ...inputs].map(placeOf);
  const step: CallStep = {
    kind: 'call',
    key: `sum columns of ${key}`,
    make: () => formulaColumnSums(formula),
    parameters: [count, rowBytes, rowBytes, placeOf(out), scratch, ...places, ...numbers],
  };
  if (outer > 1)
    return nested(step, [{ count: outer, steps: [rowBytes, count * rowBytes] }], [3, 5]);
  const walks: readonly Reading[] = written ? ['same', ...readings] : readings;
  const steps = [0, 0, 0, 1, 2, ...walks.map(byteStep)];
  const strips = stripsFor(work, rowBytes, threads);
  return { ...step, cut: cutAlong(1, rowBytes, LINE_BYTES, strips, steps) };
}
