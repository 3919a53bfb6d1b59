// From graphs of vectors to WebAssembly functions.

import {
  type Func,
  func,
  i32,
  type Local,
  local,
  type Type,
  type ValueType,
  v128,
} from './assembler/index.js';
import { type Vec, vec } from './vector.js';

/** Graphs that nest deeper are cut by a local, so that emitting them needs no deep recursion. */
const MAX_NESTING = 24;

/** The nodes below the roots, operands first, and how often each is used. */
function survey(roots: readonly Vec[]): { order: Vec[]; uses: Map<Vec, number> } {
  const uses = new Map<Vec, number>();
  const order: Vec[] = [];
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1];
    const seen = uses.get(node);
    if (seen === undefined) {
      // It comes up again, and into the order, when its operands are through.
      uses.set(node, 0);
      for (let k = node.args.length - 1; k >= 0; k--) stack.push(node.args[k]);
    } else {
      stack.pop();
      if (seen === 0) order.push(node);
      uses.set(node, seen + 1);
    }
  }
  return { order, uses };
}

/** The nodes that need a local, operands first: those used again, and those that would nest too deeply. */
export function sharedNodes(roots: readonly Vec[]): Vec[] {
  const { order, uses } = survey(roots);
  const shared: Vec[] = [];
  const nesting = new Map<Vec, number>();
  for (const node of order) {
    let depth = 0;
    for (const arg of node.args) depth = Math.max(depth, (nesting.get(arg) ?? 0) + 1);
    if (!node.trivial && ((uses.get(node) ?? 0) > 1 || depth >= MAX_NESTING)) {
      shared.push(node);
      depth = 0;
    }
    nesting.set(node, depth);
  }
  return shared;
}

/** Emits graphs. What is shared lies in locals from `pool` and is not computed again by later pushes. */
export class Emitter {
  readonly #pool: readonly Local<'v128'>[];
  readonly #held = new Map<Vec, Local<'v128'>>();
  #taken = 0;

  constructor(pool: readonly Local<'v128'>[]) {
    this.#pool = pool;
  }

  /** Leaves the values on the stack, in order. */
  push(...roots: readonly Vec[]): void {
    for (const node of sharedNodes(roots)) {
      if (this.#held.has(node)) continue;
      this.#compute(node);
      const name = this.#pool[this.#taken++];
      local.set(name);
      this.#held.set(node, name);
    }
    for (const root of roots) this.#value(root);
  }

  #compute(node: Vec): void {
    for (const arg of node.args) this.#value(arg);
    node.emit();
  }

  #value(node: Vec): void {
    const name = this.#held.get(node);
    if (name === undefined) this.#compute(node);
    else local.get(name);
  }
}

/** The value of a local or a parameter. */
export const fromLocal = (name: Local<'v128'>): Vec => vec(() => local.get(name), [], true);

/** `func` for lists of types that are only known while running. */
export const define = func as unknown as (
  signature: {
    readonly in: readonly Type<ValueType>[];
    readonly locals: readonly Type<ValueType>[];
    readonly out: readonly Type<ValueType>[];
  },
  run: (parameters: Local[], locals: Local[]) => void,
) => Func<ValueType[], ValueType[]>;

/** `count` times a type, for signatures. */
export const times = <T extends ValueType>(count: number, type: Type<T>): Type<T>[] =>
  new Array<Type<T>>(count).fill(type);

/**
 * A function of so many integers that leaves nothing; `run` gets them, and so many integers and vectors that are the
 * function's own, 0 at first.
 */
export const routine = (
  parameters: number,
  integers: number,
  vectors: number,
  run: (parameters: Local<'i32'>[], integers: Local<'i32'>[], vectors: Local<'v128'>[]) => void,
): Func<ValueType[], ValueType[]> =>
  define(
    {
      in: times(parameters, i32),
      locals: [...times(integers, i32), ...times(vectors, v128)],
      out: [],
    },
    (given, own) =>
      run(
        given as Local<'i32'>[],
        own.slice(0, integers) as Local<'i32'>[],
        own.slice(integers) as Local<'v128'>[],
      ),
  );

/** A function from vectors to one vector. */
export function vectorFunction(
  arity: number,
  build: (parameters: readonly Vec[]) => Vec,
): Func<ValueType[], ValueType[]> {
  // The graph is the same whatever locals its parameters are, so they may be known later.
  const names: Local<'v128'>[] = [];
  const parameters = Array.from({ length: arity }, (_, k) =>
    vec(() => local.get(names[k]), [], true),
  );
  const root = build(parameters);
  const shared = sharedNodes([root]).length;
  return define(
    { in: times(arity, v128), locals: times(shared, v128), out: [v128] },
    (own, rest) => {
      names.push(...(own as Local<'v128'>[]));
      new Emitter(rest as Local<'v128'>[]).push(root);
    },
  );
}
