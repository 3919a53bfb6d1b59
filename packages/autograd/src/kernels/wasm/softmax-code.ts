// The loops of softmax, its logarithm and log Σ exp along rows.

import { type Func, i32, if_, local, type ValueType } from './assembler/index.js';
import { fromLocal, routine } from './emit.js';
import { exp, expOfNegative } from './math/exponential.js';
import { log } from './math/logarithm.js';
import { across, CHAINS, gatheringOf, gatherRow, inside, POOL, turned } from './reduce-code.js';
import { VECTOR_BYTES } from './scratch.js';
import {
  advance,
  assign,
  countDown,
  load,
  type Pointer,
  store,
  storeLane,
  whileBelow,
} from './statements.js';
import { type LaneType, lanesOf, narrow, type Vec } from './vector.js';

export type RowFunction = 'softmax' | 'logSoftmax' | 'logsumexp';

/** Rows of more bytes are composed of formulas and reductions, so that what they are copied through stays small. */
export const LONGEST_ROW = 1 << 22;

/**
 * (source, target, rows, bytes of a row). Exponentials of x − m, m the row's maximum, are summed in float64. A row of nothing
 * but −∞ has the softmax 0; infinite maxima are left out of the difference where only the sum is asked for.
 *
 * Softmax `withLogs` takes two addresses more, for each row's m and ln Σ: its logarithm is x − m − ln Σ.
 */
export function softmaxFunction(
  kind: RowFunction,
  dtype: LaneType,
  withLogs = false,
): Func<ValueType[], ValueType[]> {
  const l = lanesOf(dtype);
  const wide = lanesOf('float64');
  const { spread } = gatheringOf('sum', dtype);
  /** Without NaN, which makes the sum NaN in any case. */
  const greatest = { ...gatheringOf('max', dtype), merge: l.pmax };
  /** Differences are not above 0, but where infinite maxima are left out. */
  const exponential = kind === 'logsumexp' ? exp : expOfNegative;
  const shares = kind === 'softmax';
  const arity = withLogs ? 6 : 4;
  return routine(arity, 4, CHAINS + 2 + POOL, (parameters, [at, end, whole, to], vectors) => {
    const [source, target, rows, rowBytes, shifts, logs] = parameters;
    const chains = vectors.slice(0, CHAINS);
    const [shift, sum, ...pool] = vectors.slice(CHAINS);
    const [most, total] = [fromLocal(shift), fromLocal(sum)];
    const [rest] = chains;

    const findShift = () => {
      gatherRow(greatest, pool, chains, { at, end, whole });
      const m = fromLocal(chains[0]);
      const size = kind === 'logsumexp' ? l.abs(m) : l.neg(m);
      assign(pool, [shift], [l.andNot(m, l.eq(size, Infinity))]);
    };
    /** Leaves those of whole vectors at the target, and those of the rest in a local. */
    const sumExponentials = () => {
      const sumOf = (vectors: readonly Vec[], kept: boolean) => {
        const names = chains.slice(0, vectors.length);
        const terms = names.map(fromLocal);
        assign(
          pool,
          names,
          vectors.map((x) => exponential(l, l.sub(x, most))),
        );
        assign(pool, [sum], [wide.add(total, terms.flatMap(spread).reduce(wide.add))]);
        terms.forEach((term, k) => {
          if (kept) store(pool, to, term, k * VECTOR_BYTES);
        });
        advance(at, vectors.length * VECTOR_BYTES);
        advance(to, vectors.length * VECTOR_BYTES);
      };
      const wholeVectors = (count: number) => {
        local.set(whole, i32.add(at, i32.and(i32.sub(end, at), -count * VECTOR_BYTES)));
        whileBelow(at, whole, () =>
          sumOf([load(at), load(at, VECTOR_BYTES)].slice(0, count), shares),
        );
      };
      assign(pool, [sum], [wide.number(0)]);
      wholeVectors(2);
      wholeVectors(1);
      whileBelow(at, end, () => sumOf([l.choose(inside(l, at, end), load(at), -Infinity)], false));
      assign(pool, [sum], [across(wide, wide.add, total)]);
    };
    /** A number in all lanes of float64, as one of the row's dtype. */
    const rounded = (x: Vec): Vec => (dtype === 'float32' ? narrow(x, x) : x);
    /** Where every exponential is 0, so is every share. */
    const positive = wide.choose(wide.eq(total, 0), 1, total);

    countDown(rows, () => {
      local.set(at, source);
      local.set(end, i32.add(source, rowBytes));
      local.set(to, target);
      findShift();
      local.set(at, source);
      sumExponentials();
      const storeFirst = (pointer: Pointer, x: Vec, bytes = l.bytes) => {
        storeLane(pool, bytes, pointer, x);
        advance(pointer, bytes);
      };
      if (kind === 'logsumexp') storeFirst(target, l.add(most, rounded(log(wide, total))));
      else {
        const logarithm = rounded(log(wide, positive));
        if (withLogs) {
          storeFirst(shifts, most);
          storeFirst(logs, logarithm);
        }
        assign(pool, [sum], [shares ? rounded(positive) : logarithm]);
        const result = (exponentials: Vec) =>
          shares ? l.div(exponentials, total) : l.sub(l.sub(load(at), most), total);
        local.set(at, source);
        local.set(whole, i32.add(target, i32.and(rowBytes, -VECTOR_BYTES)));
        whileBelow(target, whole, () => {
          store(pool, target, result(load(target)));
          advance(at, VECTOR_BYTES);
          advance(target, VECTOR_BYTES);
        });
        // The rest by halves of a vector, and of these: what lies behind the row may be another thread's.
        assign(pool, [rest], [result(fromLocal(rest))]);
        for (let bytes = VECTOR_BYTES / 2; bytes >= l.bytes; bytes /= 2) {
          i32.and(rowBytes, bytes);
          if_(() => {
            storeFirst(target, fromLocal(rest), bytes);
            assign(pool, [rest], [turned(fromLocal(rest), bytes)]);
          });
        }
      }
      local.set(source, end);
    });
  });
}
