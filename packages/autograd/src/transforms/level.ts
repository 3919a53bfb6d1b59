// What all transforms share: a level of their own, fresh leaves on it, and replays that end at those leaves.

import { ArgumentError, DTypeError, NoPathError } from '../errors.js';
import { CutLog } from '../tape/cuts.js';
import type { Adjoint, Op } from '../tape/node.js';
import { type Visit, visitTape } from '../tape/order.js';
import { record, relinked } from '../tape/record.js';
import { Adjointed, replayBackward } from '../tape/replay.js';
import { cutFrom, cutLog, NO_GRAD, refusePromise, state, withLimit } from '../tape/state.js';
import { zerosLike } from '../tensor/creation.js';
import { isFloating } from '../tensor/dtype.js';
import { describeValue, Operand } from '../tensor/operand.js';
import { CUT_LEVEL, Cut, Leaf, nextId, type Origin } from '../tensor/origin.js';
import { Tensor } from '../tensor/tensor.js';
import { leavesOf, rebuild } from './tree.js';

let lastLevel = 0;

/** A fresh leaf that still knows where its value comes from, for the levels around this one. */
export const rebindOp: Op = {
  name: 'rebind',
  apply: ([x]) => x,
  vjp: (g: Tensor) => g,
  jvp: ([t]) => t,
  savedInputs: () => 0,
  savesOutputs: () => false,
};

/** A level of differentiation: everything that runs in `body` can be replayed back to leaves made there. */
export function withLevel<R>(body: (level: Level) => R): R {
  const outerCuts = state.cuts;
  state.cuts ??= new CutLog();
  try {
    return body(new Level(++lastLevel, state.limit));
  } finally {
    state.cuts = outerCuts;
  }
}

export class Level {
  readonly #level: number;
  /** What the caller records: its own noGrad, or the replay that it is part of. */
  readonly #outerLimit: number;
  /** When the level began: its leaves, and all that is computed from them, are younger. */
  readonly #start = nextId();
  /** Arguments that were cut off from an outer tape before they came here, as one mark for the results. */
  #severed: Cut | null = null;

  constructor(level: number, outerLimit: number) {
    this.#level = level;
    this.#outerLimit = outerLimit;
  }

  /**
   * A leaf of this level with the value of `x`. A tensor on an outer tape keeps its connection; a variable is taken by
   * its value, since it is this transform that asks for its gradient.
   */
  leaf(op: string, x: Operand, path: string): Tensor {
    const value = x.read();
    const { storage, shape, dtype, origin } = value;
    if (!isFloating(dtype)) {
      throw new DTypeError(
        `${op}: differentiates floating arguments, got ${dtype}${path === '' ? '' : ` at ${path}`}. ` +
          'Cast it, or close over it instead of passing it.',
      );
    }
    const connected = x instanceof Tensor && origin !== null && origin.level < this.#outerLimit;
    if (connected && origin.level !== CUT_LEVEL) {
      return withLimit(Infinity, () => record(rebindOp, [value], null, storage, shape, dtype));
    }
    if (x instanceof Tensor && origin !== null) this.#noteSevered(origin);
    return relinked(value, new Leaf(this.#level, shape, dtype, null));
  }

  #noteSevered(origin: Origin): void {
    const log = cutLog();
    if (log === null) return;
    let cut: Cut | null = null;
    if (origin instanceof Cut) cut = origin;
    else if (this.#outerLimit === NO_GRAD) cut = cutFrom(origin, 'noGrad');
    if (cut === null) return;
    const cuts = this.#severed === null ? [cut] : [this.#severed, cut];
    this.#severed = new Cut(cut.by);
    log.meet(this.#severed, cuts);
  }

  /** The argument with all its tensors replaced by leaves of this level, and those leaves. */
  rebind<P>(op: string, argument: P): { argument: P; leaves: Tensor[] } {
    const leaves = leavesOf(argument).map(({ value, path }) => this.leaf(op, value, path));
    if (leaves.length === 0) {
      throw new ArgumentError(
        `${op}: differentiates tensors and variables, or nested arrays and objects of them, ` +
          `got ${describeValue(argument)} without any. Wrap numbers with tensor(…).`,
      );
    }
    return { argument: rebuild(argument, leaves) as P, leaves };
  }

  /** The value of the function. @throws ArgumentError if it is no tensor. */
  valueOf(op: string, fn: () => unknown): Tensor {
    const result = this.run(op, fn);
    if (result instanceof Operand) return result.read();
    throw new ArgumentError(
      `${op}: the function returns a tensor, got ${describeValue(result)}. ` +
        'Return the result of tensor operations, not a number read from it.',
    );
  }

  /** Runs the function with everything recorded. @throws AsyncScopeError if it returns a promise. */
  run<R>(op: string, fn: () => R): R {
    return withLimit(Infinity, () => {
      const result = fn();
      refusePromise(op, result);
      return result;
    });
  }

  /** Gradients of `outputs` (each with its own gradient `seeds`) by `leaves`; null where there is none. */
  pull(
    outputs: readonly Tensor[],
    seeds: readonly Adjoint[],
    leaves: readonly Tensor[],
    limit = this.replayLimit,
  ): Adjoint[] {
    return this.replay(outputs, leaves, (adjoints, visit) => {
      startAt(adjoints, outputs, seeds);
      withLimit(limit, () => replayBackward(visit, adjoints));
      return leaves.map(({ origin, slot }) => {
        if (!takesPart(origin)) return null;
        // Hooks of older points belong to the replay that goes on from there.
        const hooked = origin.hooks !== null && origin.id > this.#start;
        return hooked ? (adjoints.take(origin) as Adjoint) : adjoints.at(origin, slot);
      });
    });
  }

  /** What `run` makes of the part of the tape between `leaves` and `outputs`, and of adjoints for it. */
  replay(
    outputs: readonly Tensor[],
    leaves: readonly Tensor[],
    run: (adjoints: Adjointed, visit: Visit) => Adjoint[],
  ): Adjoint[] {
    const roots = outputs.flatMap(({ origin }) => (tracked(origin) ? [origin] : []));
    const ends = leaves.map(({ origin }) => origin as Origin);
    return visitTape(roots, ends, (visit) => run(new Adjointed(visit.order.length), visit));
  }

  /** A replay records what an outer level, or the caller, will want to differentiate again. */
  get replayLimit(): number {
    return Math.min(this.#level, this.#outerLimit);
  }

  /** A result on its way out: what depends on this level alone becomes a constant. */
  outward<T extends Tensor>(value: T): T {
    const { origin, slot } = value;
    if (origin === null || origin.level < this.replayLimit || origin.level === CUT_LEVEL) {
      return value;
    }
    return relinked(value, this.#severed, slot) as T;
  }

  /** A gradient or tangent on its way out. A constant shows where its argument was cut from an outer tape. */
  derivative(value: Tensor): Tensor {
    const result = this.outward(value);
    if (result.origin !== null || this.#severed === null) return result;
    return relinked(result, this.#severed);
  }

  /** What has cut off `leaf` from `value`; null if nothing has. */
  cutBetween({ origin }: Tensor, leaf: Tensor): string | null {
    return state.cuts?.between(origin, leaf.origin as Origin) ?? null;
  }

  /**
   * The gradient of a leaf that none has reached: zeros, unless the leaf was cut off.
   * @throws NoPathError that names what cut it.
   */
  filled(op: string, leaf: Tensor, path: string, by: string | null): Tensor {
    if (by === null) return zerosLike(leaf);
    throw new NoPathError(
      `${op}: the result depends on the argument${path}, got a path that is cut by ${by}. ` +
        `Leave out ${by}, or don't ask for this gradient.`,
    );
  }
}

function tracked(origin: Origin | null): origin is Origin {
  return origin !== null && origin.level !== CUT_LEVEL;
}

/** Whether a replay that is running goes through this point. */
export function takesPart(origin: Origin | null): origin is Origin {
  return tracked(origin) && origin.visit === state.replay && origin.position >= 0;
}

/** Gives the points that a replay starts at what they start with. */
export function startAt(
  adjoints: Adjointed,
  points: readonly Tensor[],
  values: readonly Adjoint[],
): void {
  points.forEach(({ origin, slot }, i) => {
    const value = values[i];
    if (value !== null && takesPart(origin)) adjoints.add(origin, slot, value);
  });
}
