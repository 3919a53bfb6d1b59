// Strided copies and additions: whole runs, transpositions in square blocks, and loops over what is left.

import type { Layout } from '../../kernels/kernels.js';
import { i32, local, memory } from '../../kernels/wasm/assembler/index.js';
import { routine } from '../../kernels/wasm/emit.js';
import { VECTOR_BYTES } from '../../kernels/wasm/scratch.js';
import {
  ADD,
  COPY,
  LEVELS,
  type Move,
  setLoops,
  stridedFunction,
  transposedAxis,
  type Walk,
  walkOf,
} from '../../kernels/wasm/strided-code.js';
import { transposeFunction } from '../../kernels/wasm/transpose-code.js';
import type { LaneType } from '../../kernels/wasm/vector.js';
import { bytesPerElement, isFloating } from '../../tensor/dtype.js';
import type { Shape } from '../../tensor/shape.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import { type Loop, nested } from './nest.js';
import {
  type AnyFunction,
  behind,
  type CallStep,
  type Parameter,
  type Place,
  type StepContext,
} from './step.js';

/** Moves so many bytes from one block to another. */
export function moveStep(to: Place, from: Place, bytes: number): CallStep {
  return { kind: 'call', key: 'move', make: moveFunction, parameters: [to, from, bytes] };
}

/** Fills a block with zeros. */
export function zerosStep(to: Place, bytes: number): CallStep {
  return { kind: 'call', key: 'zeros', make: zerosFunction, parameters: [to, bytes] };
}

function moveFunction(): AnyFunction {
  return routine(3, 0, 0, (parameters) => {
    for (const parameter of parameters) local.get(parameter);
    memory.copy();
  });
}

function zerosFunction(): AnyFunction {
  return routine(2, 0, 0, ([to, bytes]) => {
    local.get(to);
    i32.const(0);
    local.get(bytes);
    memory.fill();
  });
}

/** The step of a copy from one layout to another, or of an addition to what is there. */
export function stridedStep(
  kind: Move['name'],
  { from, to, shape }: { readonly from: Layout; readonly to: Layout; readonly shape: Shape },
  x: Symbolic,
  out: Symbolic,
  { placeOf }: StepContext,
): CallStep | null {
  if (shape.includes(0) || (kind === 'accumulate' && !isFloating(out.dtype))) return null;
  const bytes = bytesPerElement(out.dtype);
  const own = walkOf(shape, from, to);
  const walk = own.sizes.length === 0 ? SINGLE : own;
  const source = behind(placeOf(x), from.offset * bytes);
  const target = behind(placeOf(out), to.offset * bytes);
  const isRun = walk.from[0] === 1 && walk.to[0] === 1;
  if (kind === 'copy' && isRun && walk.sizes.length === 1)
    return moveStep(target, source, walk.sizes[0] * bytes);
  if (bytes === 1) return null;
  const words = bytes === 4 ? 'float32' : 'float64';
  const moves = kind === 'copy' && !isRun;
  const axis = moves ? transposedAxis(walk, VECTOR_BYTES / bytes) : -1;
  return axis > 0 && walk.from[0] > 0 && walk.to[axis] > 0
    ? transposition(walk, axis, words, source, target)
    : strided(kind, walk, words, source, target);
}

const SINGLE: Walk = { sizes: [1], from: [1], to: [1] };

const loopsOf = ({ sizes, from, to }: Walk, axes: readonly number[], bytes: number): Loop[] =>
  axes.map((axis) => ({ count: sizes[axis], steps: [from[axis] * bytes, to[axis] * bytes] }));

// ── Transpositions ─────────────────────────────────────────────────────────────────────────────────

function transposition(
  walk: Walk,
  axis: number,
  words: LaneType,
  source: Place,
  target: Place,
): CallStep {
  const { sizes, from, to } = walk;
  const bytes = bytesPerElement(words);
  const step: CallStep = {
    kind: 'call',
    key: `transpose ${bytes}`,
    make: () => transposeFunction(words),
    parameters: [source, target, sizes[0], sizes[axis], from[0], to[axis]],
  };
  const others = sizes.map((_, k) => k).filter((k) => k !== 0 && k !== axis);
  return nested(step, loopsOf(walk, others, bytes), [0, 1]);
}

// ── Loops ──────────────────────────────────────────────────────────────────────────────────────────

function strided(
  kind: Move['name'],
  walk: Walk,
  words: LaneType,
  source: Place,
  target: Place,
): CallStep {
  const { sizes } = walk;
  const bytes = bytesPerElement(words);
  const depth = Math.min(LEVELS, sizes.length);
  const parameters: Parameter[] = [source, target];
  setLoops(parameters, walk, depth, sizes[depth - 1], bytes);
  const step: CallStep = {
    kind: 'call',
    key: `${kind} ${words}`,
    make: () => stridedFunction(kind === 'copy' ? COPY : ADD, words),
    parameters,
  };
  const outer = sizes.map((_, k) => k).slice(LEVELS);
  return nested(step, loopsOf(walk, outer, bytes), [0, 1]);
}
