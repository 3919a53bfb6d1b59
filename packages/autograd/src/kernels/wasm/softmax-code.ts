// The loops of softmax, its logarithm and log Σ exp along rows.

import { type Func, i32, if_, local, type ValueType, v128 } from './assembler/index.js';
import { Emitter, fromLocal, routine } from './emit.js';
import { exp, expOfNegative } from './math/exponential.js';
import { log } from './math/logarithm.js';
import {
  across,
  beginRow,
  CHAINS,
  endRow,
  gatheringOf,
  gatherStretch,
  inside,
  POOL,
  turned,
} from './reduce-code.js';
import type { Values } from './row-values.js';
import { VECTOR_BYTES } from './scratch.js';
import { advance, assign, countDown, type Pointer, storeLane, whileBelow } from './statements.js';
import { type LaneType, lanesOf, narrow, type Vec, vec } from './vector.js';

export type RowFunction = 'softmax' | 'logSoftmax' | 'logsumexp';

/** Rows of more bytes are composed of formulas and reductions, so that what they are copied through stays small. */
export const LONGEST_ROW = 1 << 22;

/**
 * (rows, bytes of a row, source, target). Exponentials of x − m, m the row's maximum, are summed in float64. A row of nothing
 * but −∞ has the softmax 0; infinite maxima are left out of the difference where only the sum is asked for.
 *
 * Softmax `withLogs` takes two addresses more, for each row's m and ln Σ: its logarithm is x − m − ln Σ. Rows that are `made`
 * are written to the source, which may be the target, as their maxima are found; their operands come last.
 *
 * Exponentials are divided by their sum beside those of the next row: a unit of its own divides, at its own pace.
 */
export function softmaxFunction(
  kind: RowFunction,
  dtype: LaneType,
  withLogs = false,
  made: Values | null = null,
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
  const operands = made === null ? 0 : made.pointers - 1;
  const own = CHAINS + 4 + POOL;
  return routine(
    arity + operands,
    4,
    own + (made?.vectors ?? 0),
    (parameters, integers, vectors) => {
      const [rows, rowBytes, source, target, shifts, logs] = parameters;
      const [at, limit, before, whole] = integers;
      const chains = vectors.slice(0, CHAINS);
      const [shift, divisor, ...others] = vectors.slice(CHAINS, own);
      const [sums, pool] = [others.slice(0, 2), others.slice(2)];
      const [rest] = chains;
      const most = fromLocal(shift);
      const total = fromLocal(sums[0]);
      const last = fromLocal(divisor);
      /** So many vectors of a row, from where `at` is in it. */
      const read = (row: Pointer, count: number): Vec[] =>
        Array.from({ length: count }, (_, k) =>
          vec(() => v128.load({ offset: k * VECTOR_BYTES }, i32.add(row, at))),
        );
      const write = (row: Pointer, values: readonly Vec[]): void =>
        values.forEach((value, k) => {
          i32.add(row, at);
          new Emitter(pool).push(value);
          v128.store({ offset: k * VECTOR_BYTES });
        });
      /** The next vectors of a row from its beginning up to `end`, `count` at a time. */
      const forEach = (count: number, end: Pointer, body: () => void): void =>
        whileBelow(at, end, () => {
          body();
          advance(at, count * VECTOR_BYTES);
        });

      const findShift = () => {
        beginRow(greatest, pool, chains);
        made?.openRows(1);
        local.set(at, 0);
        gatherStretch(greatest, pool, chains, { at, end: rowBytes, whole: limit }, (count) =>
          made === null ? read(source, count) : made.make(count, count === 1),
        );
        endRow(greatest, pool, chains);
        const m = fromLocal(rest);
        const size = kind === 'logsumexp' ? l.abs(m) : l.neg(m);
        assign(pool, [shift], [l.andNot(m, l.eq(size, Infinity))]);
      };
      /** Divides vectors of the row before by its sum. */
      const share = (count: number) =>
        write(
          before,
          read(before, count).map((x) => l.div(x, last)),
        );
      /** Leaves those of whole vectors at the target, and those of the rest in a local. */
      const sumExponentials = () => {
        const exponentialsOf = (xs: readonly Vec[]): readonly Vec[] => {
          const names = chains.slice(0, xs.length);
          const terms = names.map(fromLocal);
          assign(
            pool,
            names,
            xs.map((x) => exponential(l, l.sub(x, most))),
          );
          const parts = terms.flatMap(spread);
          const both = sums.map((sum, half) =>
            parts.filter((_, k) => k % 2 === half).reduce(wide.add, fromLocal(sum)),
          );
          assign(pool, sums, both);
          return terms;
        };
        assign(pool, sums, [wide.number(0), wide.number(0)]);
        local.set(at, 0);
        for (const count of [CHAINS, 1]) {
          local.set(limit, i32.and(rowBytes, -count * VECTOR_BYTES));
          forEach(count, limit, () => {
            if (shares) share(count);
            const terms = exponentialsOf(read(source, count));
            if (shares) write(target, terms);
          });
        }
        forEach(1, rowBytes, () => {
          const [x] = read(source, 1);
          exponentialsOf([l.choose(inside(l, at, rowBytes), x, -Infinity)]);
        });
        assign(pool, [sums[0]], [across(wide, wide.add, sums.map(fromLocal).reduce(wide.add))]);
      };
      /** A number in all lanes of float64, as one of the row's dtype. */
      const rounded = (x: Vec): Vec => (dtype === 'float32' ? narrow(x, x) : x);
      /** Where every exponential is 0, so is every share. */
      const positive = wide.choose(wide.eq(total, 0), 1, total);
      const storeFirst = (pointer: Pointer, x: Vec, bytes = l.bytes) => {
        storeLane(pool, bytes, pointer, x);
        advance(pointer, bytes);
      };

      local.set(whole, i32.and(rowBytes, -VECTOR_BYTES));
      const pointers = [source, ...parameters.slice(arity)];
      made?.begin({ pointers, places: [at], bytes: rowBytes, whole, vectors: vectors.slice(own) });
      // Before the first row there is none: what will be overwritten is divided by 1.
      local.set(before, target);
      assign(pool, [divisor], [l.number(1)]);
      countDown(rows, () => {
        findShift();
        sumExponentials();
        if (kind === 'logsumexp') storeFirst(target, l.add(most, rounded(log(wide, total))));
        else {
          const logarithm = rounded(log(wide, positive));
          if (withLogs) {
            storeFirst(shifts, most);
            storeFirst(logs, logarithm);
          }
          assign(pool, [divisor], [shares ? rounded(positive) : logarithm]);
          const logarithms = () => read(source, 1).map((x) => l.sub(l.sub(x, most), last));
          local.set(at, 0);
          if (!shares) forEach(1, whole, () => write(target, logarithms()));
          assign(pool, [rest], shares ? [l.div(fromLocal(rest), last)] : logarithms());
          // The rest by halves of a vector, and of these: what lies behind the row may be another thread's.
          local.set(limit, i32.add(target, whole));
          for (let bytes = VECTOR_BYTES / 2; bytes >= l.bytes; bytes /= 2) {
            i32.and(rowBytes, bytes);
            if_(() => {
              storeFirst(limit, fromLocal(rest), bytes);
              assign(pool, [rest], [turned(fromLocal(rest), bytes)]);
            });
          }
          local.set(before, target);
          advance(target, rowBytes);
        }
        if (made === null) advance(source, rowBytes);
        else made.closeRows(1, rowBytes);
      });
      if (!shares) return;
      local.set(at, 0);
      forEach(1, whole, () => share(1));
    },
  );
}
