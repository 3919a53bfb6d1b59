// The loops of softmax, its logarithm and log Σ exp along rows.

import { type Func, i32, local, type ValueType } from './assembler/index.js';
import { fromLocal, routine } from './emit.js';
import { exp, expOfNegative } from './math/exponential.js';
import { log } from './math/logarithm.js';
import { across, CHAINS, gatheringOf, gatherRow, inside, POOL } from './reduce-code.js';
import { VECTOR_BYTES } from './scratch.js';
import { advance, assign, countDown, load, store, storeLane, whileBelow } from './statements.js';
import { type LaneType, lanesOf, narrow, type Vec } from './vector.js';

export type RowFunction = 'softmax' | 'logSoftmax' | 'logsumexp';

/**
 * (source, target, rows, bytes of a row). Exponentials of x − m, m the row's maximum, are summed in float64. A row of nothing
 * but −∞ has the softmax 0; infinite maxima are left out of the difference where only the sum is asked for.
 */
export function softmaxFunction(
  kind: RowFunction,
  dtype: LaneType,
): Func<ValueType[], ValueType[]> {
  const l = lanesOf(dtype);
  const wide = lanesOf('float64');
  const { spread } = gatheringOf('sum', dtype);
  /** Without NaN, which makes the sum NaN in any case. */
  const greatest = { ...gatheringOf('max', dtype), merge: l.pmax };
  /** Differences are not above 0, but where infinite maxima are left out. */
  const exponential = kind === 'logsumexp' ? exp : expOfNegative;
  return routine(4, 5, CHAINS + 2 + POOL, (parameters, [at, end, whole, to, toEnd], vectors) => {
    const [source, target, rows, rowBytes] = parameters;
    const chains = vectors.slice(0, CHAINS);
    const [shift, sum, ...pool] = vectors.slice(CHAINS);
    const [most, total] = [fromLocal(shift), fromLocal(sum)];

    const findShift = () => {
      gatherRow(greatest, pool, chains, { at, end, whole });
      const m = fromLocal(chains[0]);
      const size = kind === 'logsumexp' ? l.abs(m) : l.neg(m);
      assign(pool, [shift], [l.andNot(m, l.eq(size, Infinity))]);
    };
    const sumExponentials = (keep: boolean) => {
      const sumOf = (...vectors: readonly Vec[]) => {
        const names = chains.slice(0, vectors.length);
        const terms = names.map(fromLocal);
        assign(
          pool,
          names,
          vectors.map((x) => exponential(l, l.sub(x, most))),
        );
        assign(pool, [sum], [wide.add(total, terms.flatMap(spread).reduce(wide.add))]);
        terms.forEach((term, k) => {
          if (keep) store(pool, to, term, k * VECTOR_BYTES);
        });
        advance(at, vectors.length * VECTOR_BYTES);
        advance(to, vectors.length * VECTOR_BYTES);
      };
      const wholeVectors = (count: number) => {
        local.set(whole, i32.add(at, i32.and(i32.sub(end, at), -count * VECTOR_BYTES)));
        whileBelow(at, whole, () =>
          sumOf(...Array.from({ length: count }, (_, k) => load(at, k * VECTOR_BYTES))),
        );
      };
      assign(pool, [sum], [wide.number(0)]);
      wholeVectors(2);
      wholeVectors(1);
      whileBelow(at, end, () => sumOf(l.choose(inside(l, at, end), load(at), -Infinity)));
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
      sumExponentials(kind === 'softmax');
      if (kind === 'logsumexp') {
        storeLane(pool, l.bytes, target, l.add(most, rounded(log(wide, total))));
        advance(target, l.bytes);
      } else {
        const last = kind === 'softmax' ? rounded(positive) : rounded(log(wide, positive));
        assign(pool, [sum], [last]);
        local.set(at, source);
        local.set(to, target);
        local.set(toEnd, i32.add(target, rowBytes));
        whileBelow(to, toEnd, () => {
          const value =
            kind === 'softmax' ? l.div(load(to), total) : l.sub(l.sub(load(at), most), total);
          store(pool, to, value);
          advance(at, VECTOR_BYTES);
          advance(to, VECTOR_BYTES);
        });
        advance(target, rowBytes);
      }
      advance(source, rowBytes);
    });
  });
}
