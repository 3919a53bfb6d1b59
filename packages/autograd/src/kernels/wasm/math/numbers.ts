// Mathematics on single numbers, which JavaScript computes: with the bits that it has where nothing is compiled.

import { knownAt } from '../../../scalar/known.js';
import { meaningOf } from '../../../scalar/meaning.js';
import {
  call,
  f32,
  f32x4,
  f64,
  f64x2,
  type ImportFunc,
  importFunc,
  type Local,
} from '../assembler/index.js';
import { times } from '../emit.js';
import { instructionsOf, type Lanes, type Vec, vec } from '../vector.js';
import type { MathName } from './library.js';

/** Functions that JavaScript computes with bits of its own. */
export type HostName = MathName | 'rsqrt';

const hosts = new Map<HostName, ImportFunc>();

const hostOf = (name: HostName, arity: number): ImportFunc =>
  knownAt(hosts, name, () => {
    const { run } = meaningOf(name, 'float64');
    return importFunc({ in: times(arity, f64), out: [f64] }, (a, b) => run(a, b, 0));
  });

/** A lane as a float64, of the vector given or on the stack. */
export function pushLane({ dtype }: Lanes, lane: number, ...x: [] | [Local<'v128'>]): void {
  if (dtype === 'float64') f64x2.extract_lane(lane, ...x);
  else {
    f32x4.extract_lane(lane, ...x);
    f64.promote_f32();
  }
}

/** Calls the host and rounds what it gives as numbers of the lanes are. */
export function callHost({ dtype }: Lanes, host: ImportFunc): void {
  call(host);
  if (dtype === 'float32') f32.demote_f64();
}

/** `name` of the first lanes, in float64 and then rounded as numbers of the dtype are; in all lanes. */
export function onFirstLane(name: HostName, l: Lanes, args: readonly Vec[]): Vec {
  const host = hostOf(name, args.length);
  // What isn't a vector must never be kept in a local, so it is called trivial.
  const numbers = args.map((arg) => vec(() => pushLane(l, 0), [arg], true));
  return vec(() => {
    callHost(l, host);
    instructionsOf(l.dtype).splat();
  }, numbers);
}
