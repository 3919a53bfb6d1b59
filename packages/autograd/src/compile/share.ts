// Functions that several kernels compute of the same arguments: once, and read where they are wanted.

import {
  argument,
  argumentsOf,
  type Expr,
  nodesOf,
  renumber,
  substitute,
} from '../scalar/index.js';
import type { DType } from '../tensor/dtype.js';
import { broadcastShapes, type Shape, sizeOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { costOf, costOfOperation } from './emit/elementwise.js';
import { compacted, type Elementwise, isElementwise, withCall } from './formulas.js';
import { type ElementwiseCall, type Instruction, type Read, usesOf } from './instruction.js';

/** Nanoseconds per element that a function must cost: more than writing it once and reading it twice. */
const LEAST_COST = 1;

/** Nanoseconds of one more kernel. */
const KERNEL_COST = 200;

/** Rounds at most, as what was shared may hold functions that others compute as well. */
const MOST_ROUNDS = 4;

/** A part of a formula, on its own. */
interface Part {
  readonly node: Expr;
  readonly key: string;
  readonly call: ElementwiseCall;
}

/** The part `node` of a call as a call of its own: the same for everybody who computes it of the same blocks. */
function partOf({ reads, dtype }: ElementwiseCall, node: Expr): Part {
  const used = argumentsOf(node);
  const order = [...used].sort((p, q) => reads[p].block.id - reads[q].block.id || p - q);
  const f = renumber(node, new Map(order.map((p, k) => [p, k])));
  const own = compacted(
    f,
    order.map((p) => reads[p]),
  );
  const shape = own.reads.reduce<Shape>(
    (all, read) => broadcastShapes('share', all, read.shape),
    [],
  );
  const blocks = own.reads.map((read) => `${read.block.id}:${read.shape.join('x')}`);
  const key = `${own.f.id} ${dtype} ${blocks.join()}`;
  return { node, key, call: { kind: 'elementwise', ...own, shape, dtype } };
}

/** What a call computes that is worth sharing, the largest parts first: users have greater ids than operands. */
function partsOf(call: ElementwiseCall): Part[] {
  const functions = nodesOf(call.f).filter((node) => costOfOperation(node) >= LEAST_COST);
  return functions
    .reverse()
    .filter((node) => argumentsOf(node).length > 0)
    .map((node) => partOf(call, node))
    .filter(({ node, call: own }) => costOf(nodesOf(node), 0) * sizeOf(own.shape) > KERNEL_COST);
}

type NewBlock = (dtype: DType, length: number) => Symbolic;

/** Counts parts within larger formulas; `isShared` says which of them will be read, and with them all that they hold. */
function countParts(
  all: ReadonlyMap<Elementwise, readonly Part[]>,
  isShared: (key: string) => boolean,
): (key: string) => number {
  const counts = new Map<string, number>();
  for (const [{ call }, parts] of all) {
    const covered = new Set<Expr>();
    for (const { node, key } of parts) {
      if (node === call.f || covered.has(node)) continue;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (isShared(key)) for (const inner of nodesOf(node)) covered.add(inner);
    }
  }
  return (key) => counts.get(key) ?? 0;
}

/** Shares parts of formulas that two instructions have, or that another one has computed before; null if there are none. */
function sharedOnce(
  instructions: readonly Instruction[],
  newBlock: NewBlock,
): readonly Instruction[] | null {
  const writers = usesOf(instructions, 'outputs');
  /** Whether a block's value is the same wherever it is read. */
  const isConstant = (block: Symbolic): boolean => writers(block) < 2;
  const all = new Map<Elementwise, readonly Part[]>();
  for (const instruction of instructions) {
    if (!isElementwise(instruction) || instruction.call.shape.length === 0) continue;
    const parts = partsOf(instruction.call).filter(({ call }) =>
      call.reads.every(({ block }) => isConstant(block)),
    );
    all.set(instruction, parts);
  }
  const counts = countParts(all, () => false);
  const uses = countParts(all, (key) => counts(key) > 1);
  /** Where parts have been computed. */
  const known = new Map<string, Read>();
  const result: Instruction[] = [];
  let changed = false;

  /** An instruction for a part, if it is worth one. */
  const compute = ({ key, call }: Part, { site }: Instruction): Read | null => {
    if (uses(key) < 2) return null;
    const block = newBlock(call.dtype, sizeOf(call.shape));
    const inputs = call.reads.map((read) => read.block);
    result.push({ call, inputs, outputs: [block], partial: false, site });
    const read = { block, shape: call.shape };
    known.set(key, read);
    return read;
  };
  const share = (instruction: Elementwise): Instruction => {
    const { call, outputs } = instruction;
    const [out] = outputs;
    let { f } = call;
    const reads = [...call.reads];
    for (const part of all.get(instruction) ?? []) {
      const { node, key } = part;
      const { shape } = part.call;
      if (node === call.f) {
        const whole = sizeOf(shape) === out.length && out.dtype === call.dtype;
        if (whole && isConstant(out) && !known.has(key)) known.set(key, { block: out, shape });
        continue;
      }
      if (!nodesOf(f).includes(node)) continue;
      const read = known.get(key) ?? compute(part, instruction);
      if (read === null) continue;
      f = substitute(f, node, argument(reads.length));
      reads.push(read);
    }
    if (reads.length === call.reads.length) return instruction;
    changed = true;
    const used = new Set(argumentsOf(f));
    const own = reads.map((read, i) => (used.has(i) ? read : null));
    return withCall(instruction, { ...call, ...compacted(f, own) });
  };
  for (const one of instructions) result.push(isElementwise(one) ? share(one) : one);
  return changed ? result : null;
}

/**
 * Lets exp, erf, tanh and their like be computed once where several kernels compute them of the same blocks, as gelu and its
 * derivative do: reading the result takes a tenth of the time.
 */
export function shareFunctions(
  instructions: readonly Instruction[],
  newBlock: NewBlock,
): readonly Instruction[] {
  let current = instructions;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const shared = sharedOnce(current, newBlock);
    if (shared === null) break;
    current = shared;
  }
  return current;
}
