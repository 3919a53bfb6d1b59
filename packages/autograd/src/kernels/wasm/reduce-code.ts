// The loops of reductions: sums and extremes along rows and down columns.

import {
  type Func,
  i32,
  i32x4,
  type Local,
  local,
  type ValueType,
  v128,
} from './assembler/index.js';
import { fromLocal, routine } from './emit.js';
import { VECTOR_BYTES } from './scratch.js';
import {
  advance,
  assign,
  countDown,
  eachStep,
  load,
  type Pointer,
  store,
  storeLane,
} from './statements.js';
import { type Lanes, type LaneType, lanesOf, shuffle, type Vec, vec, widen } from './vector.js';

export type SimdReduction = 'sum' | 'max' | 'min';

/** How elements are gathered in vectors. Sums of float32 too are kept in float64. */
interface Gathering {
  /** Of the elements. */
  readonly source: Lanes;
  /** Of what is gathered. */
  readonly target: Lanes;
  /** What changes nothing, as an element and as what is gathered. */
  readonly neutral: number;
  readonly merge: (a: Vec, b: Vec) => Vec;
  /** A vector of elements as vectors of what is gathered. */
  readonly spread: (x: Vec) => readonly Vec[];
}

export function gatheringOf(kind: SimdReduction, dtype: LaneType): Gathering {
  const source = lanesOf(dtype);
  if (kind === 'sum') {
    const target = lanesOf('float64');
    const spread = dtype === 'float32' ? widen : (x: Vec) => [x];
    return { source, target, neutral: 0, merge: target.add, spread };
  }
  const neutral = kind === 'max' ? -Infinity : Infinity;
  return { source, target: source, neutral, merge: source[kind], spread: (x) => [x] };
}

/** Ones in the lanes that lie before `end` when a vector is read at `at`. */
export function inside(l: Lanes, at: Pointer, end: Pointer): Vec {
  const starts = Int32Array.from(l.dtype === 'float32' ? [0, 4, 8, 12] : [0, 0, 8, 8]);
  const left = vec(() => {
    i32.sub(end, at);
    i32x4.splat();
  });
  return vec(() => i32x4.gt_s(), [left, vec(() => v128.const(starts), [], true)]);
}

/** The bytes of all lanes, turned by so many. */
export const turned = (x: Vec, by: number): Vec =>
  shuffle(
    1,
    Array.from({ length: VECTOR_BYTES }, (_, k) => k + by),
    x,
    x,
  );

/** All lanes merged, in every lane. */
export function across(l: Lanes, merge: Gathering['merge'], x: Vec): Vec {
  const halves = merge(x, turned(x, 8));
  return l.dtype === 'float64' ? halves : merge(halves, turned(halves, 4));
}

// ---- Along rows -------------------------------------------------------------------------------------------------------

/** How many vectors of results are gathered side by side, so that one addition need not wait for the other. */
export const CHAINS = 4;

/** What is gathered in the chains at a time, of elements that need not be widened. */
export const STRETCH_BYTES = CHAINS * VECTOR_BYTES;

/** A part of a row, from `at` to `end`; `whole` is for the loop. */
interface Stretch {
  readonly at: Pointer;
  readonly end: Pointer;
  readonly whole: Pointer;
}

/** Leaves what a row gathers in `chains`[0], in every lane; the pointer goes from the row's first element to its end. */
export function gatherRow(
  gathering: Gathering,
  pool: readonly Local<'v128'>[],
  chains: readonly Local<'v128'>[],
  row: Stretch,
): void {
  beginRow(gathering, pool, chains);
  gatherStretch(gathering, pool, chains, row, (count) =>
    Array.from({ length: count }, (_, k) => load(row.at, k * VECTOR_BYTES)),
  );
  endRow(gathering, pool, chains);
}

export function beginRow(
  { target, neutral }: Gathering,
  pool: readonly Local<'v128'>[],
  chains: readonly Local<'v128'>[],
): void {
  for (const chain of chains) assign(pool, [chain], [target.number(neutral)]);
}

/** Leaves what the chains have gathered in the first of them, in every lane. */
export function endRow(
  { target, merge }: Gathering,
  pool: readonly Local<'v128'>[],
  chains: readonly Local<'v128'>[],
): void {
  const held = chains.map(fromLocal);
  const all = merge(merge(held[0], held[1]), merge(held[2], held[3]));
  assign(pool, [chains[0]], [across(target, merge, all)]);
}

function mergeInto(
  chains: readonly Local<'v128'>[],
  merge: Gathering['merge'],
  pool: readonly Local<'v128'>[],
  parts: readonly Vec[],
): void {
  const merged = parts.map((part, k) => merge(fromLocal(chains[k]), part));
  assign(pool, chains.slice(0, parts.length), merged);
}

/**
 * Gathers a stretch of a row in the chains; `read` gives so many vectors from the pointer on, of which a single one may
 * reach beyond the end. Several stretches of multiples of `STRETCH_BYTES` are gathered as one.
 */
export function gatherStretch(
  { source, target, neutral, merge, spread }: Gathering,
  pool: readonly Local<'v128'>[],
  chains: readonly Local<'v128'>[],
  { at, end, whole }: Stretch,
  read: (count: number) => readonly Vec[],
): void {
  const perVector = source.bytes < target.bytes ? 2 : 1;
  const count = CHAINS / perVector;
  const step = count * VECTOR_BYTES;
  local.set(whole, i32.add(at, i32.and(i32.sub(end, at), -step)));
  eachStep(at, whole, step, () => {
    mergeInto(chains, merge, pool, read(count).flatMap(spread));
  });
  eachStep(at, end, VECTOR_BYTES, () => {
    const [vector] = read(1);
    const last = source.choose(inside(source, at, end), vector, neutral);
    mergeInto(chains, merge, pool, spread(last));
  });
  local.set(at, end);
}

/** How many locals the statements of a loop have for what is shared within them. */
export const POOL = 40;

/** (source, target, rows, bytes of a row): target[i] = what row i gathers. */
export function rowsFunction(kind: SimdReduction, dtype: LaneType): Func<ValueType[], ValueType[]> {
  const gathering = gatheringOf(kind, dtype);
  return routine(4, 2, CHAINS + POOL, ([at, target, rows, rowBytes], [end, whole], vectors) => {
    const chains = vectors.slice(0, CHAINS);
    const pool = vectors.slice(CHAINS);
    countDown(rows, () => {
      local.set(end, i32.add(at, rowBytes));
      gatherRow(gathering, pool, chains, { at, end, whole });
      storeLane(pool, gathering.target.bytes, target, fromLocal(chains[0]));
      advance(target, gathering.target.bytes);
    });
  });
}

// ---- Down columns -----------------------------------------------------------------------------------------------------

/** (source, target, groups, bytes of a group, bytes of a row): target[g, j] = what column j of group g gathers. */
export function columnsFunction(
  kind: SimdReduction,
  dtype: LaneType,
): Func<ValueType[], ValueType[]> {
  const { source: l, target: wide, neutral, merge, spread } = gatheringOf(kind, dtype);
  const growth = wide.bytes / l.bytes;
  return routine(5, 5, growth + POOL, (parameters, integers, vectors) => {
    const [source, target, groups, groupBytes, rowBytes] = parameters;
    const [first, firstEnd, at, end, to] = integers;
    const chains = vectors.slice(0, growth);
    const pool = vectors.slice(growth);
    countDown(groups, () => {
      local.set(first, source);
      local.set(firstEnd, i32.add(source, rowBytes));
      local.set(to, target);
      local.set(end, i32.add(source, groupBytes));
      eachStep(first, firstEnd, VECTOR_BYTES, () => {
        for (const chain of chains) assign(pool, [chain], [wide.number(neutral)]);
        local.set(at, first);
        eachStep(at, end, rowBytes, () => {
          mergeInto(chains, merge, pool, spread(load(at)));
        });
        for (const chain of chains) {
          store(pool, to, fromLocal(chain));
          advance(to, VECTOR_BYTES);
        }
      });
      advance(source, groupBytes);
      for (let k = 0; k < growth; k++) advance(target, rowBytes);
    });
  });
}
