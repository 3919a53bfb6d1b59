// From what was noted down to what has to be done: constants folded, repeats and dead code removed, chains fused.

import {
  argument,
  constant,
  type Expr,
  kernelOf,
  nodesOf,
  renumber,
  substitute,
} from '../scalar/index.js';
import { coerce } from '../tensor/dtype.js';
import { type Shape, sameShape, sizeOf, stridesOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { signatureOf } from './compare.js';
import { fuseDescents } from './descent.js';
import type { CopyCall, ElementwiseCall, Instruction, MatmulCall, Read } from './instruction.js';
import type { Constant } from './recorder.js';

/** Blocks all of whose elements are one known number. */
type Uniform = Map<Symbolic, number>;

interface Elementwise extends Instruction {
  readonly call: ElementwiseCall;
}

function isElementwise(instruction: Instruction): instruction is Elementwise {
  return instruction.call.kind === 'elementwise';
}

function withCall(instruction: Instruction, call: ElementwiseCall): Instruction {
  return { ...instruction, call, inputs: call.reads.map(({ block }) => block) };
}

/** Drops the arguments that `f` no longer has, and lets one block be read once. */
function compacted(f: Expr, reads: readonly (Read | null)[]): { f: Expr; reads: Read[] } {
  const kept: Read[] = [];
  const places = new Map<number, number>();
  reads.forEach((read, i) => {
    if (read === null) return;
    const known = kept.findIndex(
      (other) => other.block === read.block && sameShape(other.shape, read.shape),
    );
    places.set(i, known < 0 ? kept.push(read) - 1 : known);
  });
  return { f: renumber(f, places), reads: kept };
}

// ── Constants ──────────────────────────────────────────────────────────────────────────────────────

function foldElementwise(call: ElementwiseCall, uniform: Uniform): ElementwiseCall {
  let { f } = call;
  const reads = call.reads.map((read, i) => {
    const value = uniform.get(read.block);
    if (value === undefined) return read;
    f = substitute(f, argument(i), constant(coerce(value, call.dtype)));
    return null;
  });
  return { ...call, ...compacted(f, reads) };
}

/** How many instructions write each block: what is filled first may be added to later. */
function writesOf(instructions: readonly Instruction[]): Map<Symbolic, number> {
  const writes = new Map<Symbolic, number>();
  for (const { outputs } of instructions) {
    for (const out of outputs) writes.set(out, (writes.get(out) ?? 0) + 1);
  }
  return writes;
}

/** Numbers that are known while tracing become part of the formulas that read them. */
function foldConstants(
  instructions: readonly Instruction[],
  constants: ReadonlyMap<Symbolic, Constant>,
): Instruction[] {
  const uniform: Uniform = new Map();
  for (const [block, elements] of constants) {
    if (typeof elements === 'number') uniform.set(block, elements);
    else if (elements.length > 0 && elements.every((v) => Object.is(v, elements[0]))) {
      uniform.set(block, elements[0]);
    }
  }
  const writes = writesOf(instructions);
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    const [out] = outputs;
    if (call.kind === 'elementwise') {
      const folded = foldElementwise(call, uniform);
      if (folded.reads.length === 0 && writes.get(out) === 1) {
        uniform.set(out, coerce(kernelOf(folded.f, 0, call.dtype).scalar(), out.dtype));
      }
      return withCall(instruction, folded);
    }
    const value = uniform.get(inputs[0]);
    if (value === undefined || writes.get(out) !== 1) return instruction;
    if (call.kind === 'convert') uniform.set(out, coerce(value, call.to));
    if (call.kind === 'copy' && fillsWhole(call, out)) uniform.set(out, value);
    return instruction;
  });
}

/** Whether a copy writes every element of its output, in order. */
function fillsWhole({ to, shape }: CopyCall, out: Symbolic): boolean {
  return to.offset === 0 && sizeOf(shape) === out.length && sameShape(to.strides, stridesOf(shape));
}

// ── Repeats and dead code ──────────────────────────────────────────────────────────────────────────

/** What is computed from its inputs alone, and not written to again. */
function repeatable(
  { call, partial, outputs }: Instruction,
  writes: ReadonlyMap<Symbolic, number>,
): boolean {
  if (partial || call.kind === 'draw' || call.kind === 'host') return false;
  return outputs.every((out) => writes.get(out) === 1);
}

/** What computes the same on the same blocks is computed once. */
function shareRepeats(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const same = new Map<Symbolic, Symbolic>();
  const known = new Map<string, Symbolic>();
  const writes = writesOf(instructions);
  const result: Instruction[] = [];
  for (const original of instructions) {
    const instruction = rewired(original, same);
    const { inputs, outputs } = instruction;
    const key = `${signatureOf(instruction)} ${inputs.map(({ id }) => id).join()} ${outputs[0]?.dtype}`;
    const shareable = repeatable(instruction, writes);
    const earlier = shareable ? known.get(key) : undefined;
    if (earlier !== undefined && !kept.has(outputs[0])) {
      same.set(outputs[0], earlier);
      continue;
    }
    if (shareable) known.set(key, outputs[0]);
    result.push(instruction);
  }
  return result;
}

function rewired(instruction: Instruction, same: ReadonlyMap<Symbolic, Symbolic>): Instruction {
  if (!instruction.inputs.some((block) => same.has(block))) return instruction;
  const inputs = instruction.inputs.map((block) => same.get(block) ?? block);
  const { call } = instruction;
  if (call.kind !== 'elementwise') return { ...instruction, inputs };
  const reads = call.reads.map((read, i) => ({ ...read, block: inputs[i] }));
  return withCall(instruction, { ...call, ...compacted(call.f, reads) });
}

/** Instructions whose outputs nobody reads, and that have no effect besides. */
function dropDead(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const needed = new Set(kept);
  const result: Instruction[] = [];
  for (let k = instructions.length - 1; k >= 0; k--) {
    const instruction = instructions[k];
    const { call, inputs, outputs } = instruction;
    if (call.kind !== 'draw' && !outputs.some((block) => needed.has(block))) continue;
    for (const block of inputs) needed.add(block);
    result.push(instruction);
  }
  return result.reverse();
}

const EXP = argument(0).exp();

/** softmax(x) = exp(logSoftmax(x)): where the logarithm is there already, one pass of exp is enough, and it fuses. */
function reuseLogarithms(instructions: readonly Instruction[]): Instruction[] {
  const logarithms = new Map<Symbolic, Instruction>();
  return instructions.map((instruction) => {
    const { call, inputs, outputs } = instruction;
    if (call.kind !== 'axis' || call.kernel !== 'softmax') return instruction;
    const [x] = inputs;
    const known = logarithms.get(x);
    if (call.flag === true) logarithms.set(x, instruction);
    if (call.flag === true || known?.call.kind !== 'axis') return instruction;
    const { outer, count, inner } = known.call;
    if (outer !== call.outer || count !== call.count || inner !== call.inner) return instruction;
    const shape = [outer, count, inner];
    const [logarithm] = known.outputs;
    const reads = [{ block: logarithm, shape }];
    const { dtype } = outputs[0];
    return withCall(instruction, { kind: 'elementwise', f: EXP, reads, shape, dtype });
  });
}

// ── Fusion ─────────────────────────────────────────────────────────────────────────────────────────

/** A fused formula reads at most so many blocks. */
const MOST_READS = 8;

/** The shape that a broadcasting copy reads from; null if the copy does something else. */
function broadcastSource({ from, shape }: CopyCall): Shape | null {
  if (from.offset !== 0) return null;
  const source = shape.map((size, axis) => (from.strides[axis] === 0 ? 1 : size));
  const strides = stridesOf(source);
  const fits = from.strides.every((stride, axis) => source[axis] === 1 || stride === strides[axis]);
  return fits ? source : null;
}

/** A read through a copy that only repeats becomes a broadcasting read of the copy's source. */
function readThrough(read: Read, producers: ReadonlyMap<Symbolic, Instruction>): Read {
  const producer = producers.get(read.block);
  if (producer?.call.kind !== 'copy' || !sameShape(producer.call.shape, read.shape)) return read;
  if (!fillsWhole(producer.call, read.block)) return read;
  const shape = broadcastSource(producer.call);
  return shape === null ? read : { block: producer.inputs[0], shape };
}

/** Formulas of so few operations are quicker computed again than written and read. */
const CHEAP_OPERATIONS = 2;

/**
 * The same call on another shape of as many elements; null if it broadcasts, and so depends on its shape.
 */
function onShape(call: ElementwiseCall, shape: Shape): ElementwiseCall | null {
  if (sameShape(call.shape, shape)) return call;
  const size = sizeOf(call.shape);
  const plain = call.reads.every((read) => [1, size].includes(sizeOf(read.shape)));
  if (!plain || sizeOf(shape) !== size) return null;
  const reads = call.reads.map((read) => (sizeOf(read.shape) === 1 ? read : { ...read, shape }));
  return { ...call, reads, shape };
}

/** Whether all who read the block are elementwise instructions that read it element by element. */
function readAsIs(
  call: ElementwiseCall,
  block: Symbolic,
  readers: readonly Instruction[],
): boolean {
  return readers.every(
    (reader) =>
      isElementwise(reader) &&
      sizeOf(reader.call.shape) === block.length &&
      reader.call.reads.every((read) => read.block !== block || onShape(call, read.shape) !== null),
  );
}

/**
 * Whether a producer may be computed within those who read it: by the one reader there is, or by all of them if it is
 * cheap, so that its result need not be written at all.
 */
function dissolves({ call }: Elementwise, out: Symbolic, readers: readonly Instruction[]): boolean {
  if (!readAsIs(call, out, readers)) return false;
  if (readers.length === 1) return true;
  const operations = nodesOf(call.f).filter(({ args }) => args.length > 0);
  return operations.length <= CHEAP_OPERATIONS && operations.every(({ op }) => ARITHMETIC.has(op));
}

const ARITHMETIC: ReadonlySet<string> = new Set([
  'add',
  'sub',
  'mul',
  'neg',
  'maximum',
  'minimum',
  'select',
  'equal',
  'less',
  'lessEqual',
  'greater',
  'greaterEqual',
]);

function fuse(instructions: readonly Instruction[], kept: ReadonlySet<Symbolic>): Instruction[] {
  const readers = new Map<Symbolic, Instruction[]>();
  const writers = writesOf(instructions);
  for (const instruction of instructions) {
    for (const block of new Set(instruction.inputs)) {
      readers.set(block, [...(readers.get(block) ?? []), instruction]);
    }
  }
  const producers = new Map<Symbolic, Instruction>();
  return instructions.map((original) => {
    let instruction = original;
    if (isElementwise(instruction)) {
      instruction = withInlined(
        instruction,
        (read, call) => {
          const producer = producers.get(read.block);
          const fits =
            producer !== undefined &&
            isElementwise(producer) &&
            !kept.has(read.block) &&
            producer.call.dtype === call.dtype &&
            dissolves(producer, read.block, readers.get(read.block) ?? []);
          return fits ? producer : null;
        },
        producers,
      );
    }
    for (const out of instruction.outputs) {
      if (writers.get(out) === 1) producers.set(out, instruction);
    }
    return instruction;
  });
}

/** Puts the formulas of producers in the place of what they would have written. */
function withInlined(
  instruction: Elementwise,
  producerOf: (read: Read, call: ElementwiseCall) => Elementwise | null,
  producers: ReadonlyMap<Symbolic, Instruction>,
): Elementwise {
  const { call } = instruction;
  let { f } = call;
  const reads: (Read | null)[] = call.reads.map((read) => readThrough(read, producers));
  const count = reads.length;
  for (let i = 0; i < count; i++) {
    const read = reads[i] as Read;
    const inlinable = producerOf(read, call);
    if (inlinable === null) continue;
    const producer = onShape(inlinable.call, read.shape);
    if (producer === null) continue;
    const alive = reads.filter((other) => other !== null).length;
    if (alive - 1 + producer.reads.length > MOST_READS) continue;
    const start = reads.length;
    const moved = renumber(
      producer.f,
      producer.reads.map((_, k) => start + k),
    );
    f = substitute(f, argument(i), moved);
    reads[i] = null;
    reads.push(...producer.reads);
  }
  return withCall(instruction, { ...call, ...compacted(f, reads) }) as Elementwise;
}

/** The instructions that compute `kept`, as few and as long as they get. */
export function optimize(
  instructions: readonly Instruction[],
  constants: ReadonlyMap<Symbolic, Constant>,
  kept: ReadonlySet<Symbolic>,
  accumulates: (call: MatmulCall) => boolean,
): Instruction[] {
  const folded = foldConstants(instructions, constants);
  const shared = reuseLogarithms(shareRepeats(dropDead(folded, kept), kept));
  const fused = fuse(shared, kept);
  return dropDead(fuseDescents(fused, kept, accumulates), kept);
}
