// Checkpointing: forget what a function saved, and compute it again when the replay comes by.

import { Node, type Op, outputMeta } from '../tape/node.js';
import { record } from '../tape/record.js';
import { state } from '../tape/state.js';
import { CUT_LEVEL, nextId, type Origin } from '../tensor/origin.js';
import { Tensor } from '../tensor/tensor.js';
import { type Level, withLevel } from './level.js';
import { push } from './push.js';
import { leavesOf, rebuild } from './tree.js';

/** One run of the function: its value, and the leaf for each input that a gradient comes back to. */
interface Run {
  readonly value: Tensor;
  readonly leaves: readonly (Tensor | null)[];
}

/** What a checkpointed call keeps: how to run again, and which tracked tensors from outside the run reads. */
interface Segment {
  readonly run: (level: Level, inputs: readonly Tensor[]) => Run;
  readonly captured: readonly Tensor[];
}

/**
 * The tracked points older than `start` that `value` was computed from, except through its leaves: the variables and
 * tensors that the function closes over. They are stood for by handles without elements, which no rule reads.
 */
function capturedBy(value: Tensor, run: Run, start: number): Tensor[] {
  const captured: Tensor[] = [];
  const seen = new Set<Origin | null>([null, ...run.leaves.map((leaf) => leaf?.origin ?? null)]);
  const pending: [Origin | null, number][] = [[value.origin, value.slot]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [origin, slot] = next;
    if (origin === null || origin.level === CUT_LEVEL || seen.has(origin)) continue;
    if (origin instanceof Node && origin.id > start) {
      seen.add(origin);
      for (const [i, input] of origin.inputs.entries()) {
        pending.push([input, origin.slots?.[i] ?? 0]);
      }
    } else if (!captured.some((other) => other.origin === origin && other.slot === slot)) {
      const { shape, dtype } = outputMeta(origin, slot);
      captured.push(new Tensor(Number.NaN, shape, dtype, origin, slot));
    }
  }
  return captured;
}

/** Runs the segment again on a level of its own, and hands the ends of the run to a replay. */
function again<R>(
  node: Node,
  replay: (level: Level, value: Tensor, ends: readonly Tensor[], places: readonly number[]) => R,
): R {
  const { run, captured } = node.attrs as Segment;
  const count = node.x.length - captured.length;
  return withLevel((level) => {
    const { value, leaves } = run(level, node.x.slice(0, count));
    const moving = leaves.flatMap((leaf, i) => (leaf === null ? [] : [i]));
    const ends = moving.map((i) => leaves[i] as Tensor);
    const places = [...moving, ...captured.map((_, i) => count + i)];
    return replay(level, value, [...ends, ...captured], places);
  });
}

const checkpointOp: Op = {
  name: 'checkpoint',
  apply: null,
  vjp: (g: Tensor, node: Node) =>
    again(node, (level, value, ends, places) => {
      const gradients = level.pull([value], [g], ends);
      const result = node.inputs.map((): Tensor | null => null);
      places.forEach((place, i) => {
        const own = gradients[i];
        result[place] = own && level.outward(own);
      });
      return result;
    }),
  jvp: (tangents, node) =>
    again(node, (level, value, ends, places) => {
      const moving = places.map((place) => tangents[place]);
      const [t] = push(level, [value], ends, moving);
      return t && level.outward(t);
    }),
  savedInputs: () => -1,
  savesOutputs: () => false,
};

/**
 * `fn`, with memory traded for time: what its operations save is dropped after the forward run, and computed a second
 * time when gradients pass. Gradients reach the arguments (nested as they may be) and the variables that `fn` closes
 * over. `fn` must compute the same again: variables must not be assigned, and random numbers not drawn, in between.
 * @throws AsyncScopeError if `fn` returns a promise.
 */
export function checkpoint<A extends unknown[]>(
  fn: (...args: A) => Tensor,
): (...args: A) => Tensor {
  return (...args) => {
    if (state.limit < 0) return fn(...args);
    const inputs = leavesOf(args).map(({ value }) => value.read());
    const run = (level: Level, values: readonly Tensor[]): Run => {
      const leaves = values.map((x) => (x.requiresGrad ? level.leaf('checkpoint', x, '') : null));
      const bound = rebuild(
        args,
        values.map((x, i) => leaves[i] ?? x),
      ) as A;
      return { value: level.valueOf('checkpoint', () => fn(...bound)), leaves };
    };
    return withLevel((level) => {
      const start = nextId();
      const first = run(level, inputs);
      const captured = capturedBy(first.value, first, start);
      const { storage, shape, dtype } = first.value;
      const segment: Segment = { run, captured };
      return record(checkpointOp, [...inputs, ...captured], segment, storage, shape, dtype);
    });
  };
}
