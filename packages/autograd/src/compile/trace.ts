// Tracing: a function runs on tensors without elements, and what it would compute is noted down.

import { TraceError } from '../errors.js';
import { traced } from '../kernels/active.js';
import { refusePromise } from '../tape/state.js';
import { RECORD_LENGTH } from '../tensor/draw.js';
import type { DType } from '../tensor/dtype.js';
import { Generator, type GeneratorState } from '../tensor/random.js';
import type { Shape } from '../tensor/shape.js';
import { isSymbolic, type Symbolic, type TraceHooks, tracing } from '../tensor/symbolic.js';
import { Tensor } from '../tensor/tensor.js';
import { Variable, type VariableState } from '../tensor/variable.js';
import { leavesOf, mapTree, rebuild } from '../transforms/tree.js';
import { type Constant, Recorder, type Sites, siteOf } from './recorder.js';

/** A tensor of a program: its block and how it is read. */
export class Slot {
  readonly block: Symbolic;
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(block: Symbolic, shape: Shape, dtype: DType) {
    this.block = block;
    this.shape = shape;
    this.dtype = dtype;
  }
}

/** A cell that the function reads or assigns. */
export interface TracedCell {
  readonly cell: Variable;
  /** Its value when a run begins. */
  readonly before: Symbolic;
  /** Its value when a run ends; the same block if it was not assigned. */
  readonly after: Symbolic;
  /** Its gradient when a run begins and ends; null for none. */
  readonly gradBefore: Symbolic | null;
  readonly gradAfter: Symbolic | null;
  /** Holds the stack of where it was last assigned a value that is known while tracing, if places are noted down. */
  readonly fixedAt: Error | null;
}

/** What one run of a function has noted down. */
export interface Trace {
  readonly recorder: Recorder;
  readonly inputs: readonly Symbolic[];
  readonly cells: readonly TracedCell[];
  /** What the function returned, tensors being slots. */
  readonly result: unknown;
  readonly outputs: readonly Slot[];
  /** What it shows under a name; the slots are among the outputs. */
  readonly taps: readonly Tap[];
  /** The generators that it draws from. */
  readonly generators: readonly Generator[];
}

export interface Tap {
  readonly name: string;
  readonly slot: Slot;
}

interface Touched {
  readonly original: VariableState;
  readonly before: Symbolic;
  readonly gradBefore: Symbolic | null;
}

function symbolicLike(value: Tensor, block: Symbolic): Tensor {
  return new Tensor(block, value.shape, value.dtype, null, 0);
}

/** The block of a tensor at the end of a trace; elements that are known become a constant. */
function blockOf(recorder: Recorder, { storage, dtype, size }: Tensor): Symbolic {
  return isSymbolic(storage) ? storage : recorder.constant(storage as Constant, dtype, size);
}

/**
 * Runs `fn` once on symbolic arguments. Cells that it touches become symbolic when they are first read or assigned, and
 * are put back as they were.
 * @param sites of which operations the place is noted down, for a refusal.
 * @throws TraceError if it is called within a trace, or if `fn` asks for elements.
 */
export function trace(
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
  sites: Sites = 'indices',
): Trace {
  if (tracing.hooks !== null) {
    throw new TraceError(
      'compile: traces are not nested, got a compiled function called while another one is traced. ' +
        'Call the plain function there; it becomes part of the program.',
    );
  }
  const recorder = new Recorder(sites);
  const touched = new Map<Variable, Touched>();
  const leaves = leavesOf(args).map(({ value }) => value.read());
  const inputs = leaves.map((x) => recorder.block(x.dtype, x.size));
  const bound = rebuild(
    args,
    leaves.map((x, i) => symbolicLike(x, inputs[i])),
  ) as never[];

  const generators = new Map<Generator, GeneratorState>();
  const touch = (holder: object): void => {
    if (holder instanceof Generator && !generators.has(holder)) {
      generators.set(holder, holder.snapshot());
    }
    if (holder instanceof Variable && !touched.has(holder)) enter(holder);
  };
  const enter = (cell: Variable): void => {
    const original = cell.snapshot();
    const { value, grad } = original;
    const before = recorder.block(value.dtype, value.size);
    const gradBefore = grad === null ? null : recorder.block(grad.dtype, grad.size);
    touched.set(cell, { original, before, gradBefore });
    cell.exchange(before);
    if (grad !== null && gradBefore !== null) cell.grad = symbolicLike(grad, gradBefore);
  };

  const draw: TraceHooks['draw'] = (dtype, length, fill, stream) => {
    const block = recorder.block(dtype, length);
    const outputs = stream === null ? [block] : [block, recorder.block('float64', RECORD_LENGTH)];
    recorder.note({ kind: 'draw', stream, fill }, [], outputs);
    return block;
  };
  const fixed = new Map<object, Error>();
  const fix = (cell: object): void => {
    if (sites === 'all') fixed.set(cell, siteOf());
  };
  const outputs: Slot[] = [];
  const slotOf = (value: Tensor): Slot => {
    const slot = new Slot(blockOf(recorder, value), value.shape, value.dtype);
    outputs.push(slot);
    return slot;
  };
  const taps: Tap[] = [];
  const tap = (name: string, value: unknown): void => {
    taps.push({ name, slot: slotOf(value as Tensor) });
  };
  const entry = (cell: object): Constant | null => {
    const known = touched.get(cell as Variable);
    if (known === undefined) return null;
    const { original, before } = known;
    if ((cell as Variable).snapshot().value.storage !== before) {
      throw new TraceError(
        'copy: while tracing, a cell can be copied until it is assigned, got one that has been. ' +
          'Copy it first, or outside of the compiled function.',
      );
    }
    return (original.pending?.() ?? original.value.storage) as Constant;
  };
  tracing.hooks = { touch, fix, entry, tap, draw };
  traced.kernels = recorder;
  try {
    const result = fn(...bound);
    refusePromise('compile', result);
    const structure = mapTree(result, (value) => slotOf(value.read()));
    const cells = [...touched].map(([cell, { before, gradBefore }]): TracedCell => {
      const { value, grad } = cell.snapshot();
      return {
        cell,
        before,
        after: blockOf(recorder, value),
        gradBefore,
        gradAfter: grad === null ? null : blockOf(recorder, grad),
        fixedAt: fixed.get(cell) ?? null,
      };
    });
    return {
      recorder,
      inputs,
      cells,
      result: structure,
      outputs,
      taps,
      generators: [...generators.keys()],
    };
  } finally {
    tracing.hooks = null;
    traced.kernels = null;
    for (const [cell, { original }] of touched) cell.restore(original);
    for (const [generator, original] of generators) generator.restore(original);
  }
}
