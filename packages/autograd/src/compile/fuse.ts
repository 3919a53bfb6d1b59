// Fusion: chains of elementwise instructions become one, and copies that only repeat are read through.

import { isExact } from '../kernels/wasm/formula.js';
import { argument, nodesOf, renumber, substitute } from '../scalar/index.js';
import { knownAt } from '../scalar/known.js';
import { type Shape, sameShape, sizeOf, stridesOf } from '../tensor/shape.js';
import type { Symbolic } from '../tensor/symbolic.js';
import { isCheap } from './emit/elementwise.js';
import { fuses } from './emit/reduce-formula.js';
import { compacted, type Elementwise, isElementwise, withCall } from './formulas.js';
import {
  type CopyCall,
  type ElementwiseCall,
  fillsWhole,
  type Instruction,
  isSoftmax,
  type Read,
  usesOf,
} from './instruction.js';

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
 * The same call on another shape of as many elements; null if it broadcasts, and so depends on its shape, or if it would
 * have other bits: of numbers JavaScript computes the functions.
 */
function onShape(call: ElementwiseCall, shape: Shape): ElementwiseCall | null {
  if (sameShape(call.shape, shape)) return call;
  const isNumber = shape.length === 0 || call.shape.length === 0;
  if (isNumber && !isExact(call.f)) return null;
  const size = sizeOf(call.shape);
  const plain = call.reads.every((read) => [1, size].includes(sizeOf(read.shape)));
  if (!plain || sizeOf(shape) !== size) return null;
  const reads = call.reads.map((read) => (sizeOf(read.shape) === 1 ? read : { ...read, shape }));
  return { ...call, reads, shape };
}

/** Whether all who read the block read it element by element, or take its formula as well. */
function readAsIs(
  call: ElementwiseCall,
  block: Symbolic,
  readers: readonly Instruction[],
): boolean {
  return readers.every((reader) =>
    isElementwise(reader)
      ? sizeOf(reader.call.shape) === block.length &&
        reader.call.reads.every(
          (read) => read.block !== block || onShape(call, read.shape) !== null,
        )
      : isSoftmax(reader.call) &&
        fuses({ kind: 'reduceFormula', reduce: reader.call, formula: call, written: false }, block),
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
  return operations.length <= CHEAP_OPERATIONS && operations.every(isCheap);
}

/** Puts producers into those who read them, as far as that saves memory traffic. */
export function fuse(
  instructions: readonly Instruction[],
  kept: ReadonlySet<Symbolic>,
): Instruction[] {
  const readers = new Map<Symbolic, Instruction[]>();
  const writers = usesOf(instructions, 'outputs');
  for (const instruction of instructions) {
    for (const block of new Set(instruction.inputs)) {
      knownAt(readers, block, (): Instruction[] => []).push(instruction);
    }
  }
  const producers = new Map<Symbolic, Instruction>();
  /** The call that makes what is read, on the shape it is read in, if it may be computed where it is read. */
  const inlinable = (
    { block, shape }: Read,
    { dtype }: ElementwiseCall,
  ): ElementwiseCall | null => {
    const producer = producers.get(block);
    const fits =
      producer !== undefined &&
      isElementwise(producer) &&
      !kept.has(block) &&
      producer.call.dtype === dtype &&
      dissolves(producer, block, readers.get(block) ?? []);
    return fits ? onShape(producer.call, shape) : null;
  };
  return instructions.map((original) => {
    const instruction = isElementwise(original)
      ? withInlined(original, inlinable, producers)
      : original;
    for (const out of instruction.outputs) {
      if (writers(out) === 1) producers.set(out, instruction);
    }
    return instruction;
  });
}

/** Puts the formulas of producers in the place of what they would have written. */
function withInlined(
  instruction: Elementwise,
  inlinable: (read: Read, call: ElementwiseCall) => ElementwiseCall | null,
  producers: ReadonlyMap<Symbolic, Instruction>,
): Instruction {
  const { call } = instruction;
  let { f } = call;
  const reads: (Read | null)[] = call.reads.map((read) => readThrough(read, producers));
  call.reads.forEach((_, i) => {
    const producer = inlinable(reads[i] as Read, call);
    if (producer === null) return;
    const alive = reads.filter((other) => other !== null).length;
    if (alive - 1 + producer.reads.length > MOST_READS) return;
    const start = reads.length;
    const moved = renumber(
      producer.f,
      producer.reads.map((_, k) => start + k),
    );
    f = substitute(f, argument(i), moved);
    reads[i] = null;
    reads.push(...producer.reads);
  });
  return withCall(instruction, { ...call, ...compacted(f, reads) });
}
