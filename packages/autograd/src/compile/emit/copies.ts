// Strided copies: whole runs, transpositions in square blocks, and loops over what is left.

import { collapse } from '../../kernels/broadcast-loops.js';
import {
  block,
  br_if,
  i32,
  local,
  loop,
  memory,
  v128,
} from '../../kernels/wasm/assembler/index.js';
import { define, times } from '../../kernels/wasm/emit.js';
import { transposeFunction } from '../../kernels/wasm/transpose-code.js';
import { bytesPerElement } from '../../tensor/dtype.js';
import type { Symbolic } from '../../tensor/symbolic.js';
import type { CopyCall } from '../instruction.js';
import {
  advance,
  type Pointer,
  pushAddress,
  pushVector,
  repeat,
  VECTOR_BYTES,
} from './addresses.js';
import { moveElement } from './elements.js';
import { type Loop, nested } from './nest.js';
import { type AnyFunction, behind, type CallStep, type Place, type StepContext } from './step.js';

/** The merged axes of a copy, innermost first: sizes, and steps in bytes. */
interface Walk {
  readonly sizes: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** From so many bytes on, the engine's own copying is faster than a loop of vectors. */
const LONG_RUN = 256;

/** A function loops over so many axes by itself. */
const MOST_LOOPS = 3;

/** Moves so many bytes from one block to another. */
export function moveStep(to: Place, from: Place, bytes: number): CallStep {
  return { kind: 'call', key: 'move', make: moveFunction, parameters: [to, from, bytes] };
}

/** Fills a block with zeros. */
export function zerosStep(to: Place, bytes: number): CallStep {
  return { kind: 'call', key: 'zeros', make: zerosFunction, parameters: [to, bytes] };
}

function moveFunction(): AnyFunction {
  return define({ in: times(3, i32), locals: [], out: [] }, (parameters) => {
    for (const parameter of parameters) local.get(parameter);
    memory.copy();
  });
}

function zerosFunction(): AnyFunction {
  return define({ in: times(2, i32), locals: [], out: [] }, ([to, bytes]) => {
    local.get(to);
    i32.const(0);
    local.get(bytes);
    memory.fill();
  });
}

export function copyStep(
  { from, to, shape }: CopyCall,
  x: Symbolic,
  out: Symbolic,
  { placeOf }: StepContext,
): CallStep | null {
  if (shape.includes(0)) return null;
  const bytes = bytesPerElement(out.dtype);
  const [sizes, steps] = collapse(shape, [from.strides, to.strides]);
  const [fromSteps, toSteps] = steps.map((own) => own.map((step) => step * bytes));
  const walk: Walk = sizes.length === 0 ? SINGLE(bytes) : { sizes, from: fromSteps, to: toSteps };
  const source = behind(placeOf(x), from.offset * bytes);
  const target = behind(placeOf(out), to.offset * bytes);
  const isRun = walk.from[0] === bytes && walk.to[0] === bytes;
  if (isRun && walk.sizes.length === 1) return moveStep(target, source, walk.sizes[0] * bytes);
  const axis = isRun ? -1 : transposedAxis(walk, bytes);
  return axis > 0
    ? transposition(walk, axis, bytes, source, target)
    : strided(walk, bytes, source, target);
}

const SINGLE = (bytes: number): Walk => ({ sizes: [1], from: [bytes], to: [bytes] });

const loopsOf = ({ sizes, from, to }: Walk, axes: readonly number[]): Loop[] =>
  axes.map((axis) => ({ count: sizes[axis], steps: [to[axis], from[axis]] }));

// ── Transpositions ─────────────────────────────────────────────────────────────────────────────────

/** The axis along which the source runs while the target runs along axis 0; −1 if there is none worth it. */
function transposedAxis({ sizes, from, to }: Walk, bytes: number): number {
  const side = VECTOR_BYTES / bytes;
  if (bytes < 4 || to[0] !== bytes || sizes[0] < side) return -1;
  const axis = from.indexOf(bytes);
  return axis > 0 && sizes[axis] >= side && from[0] > 0 && to[axis] > 0 ? axis : -1;
}

function transposition(
  walk: Walk,
  axis: number,
  bytes: number,
  source: Place,
  target: Place,
): CallStep {
  const { sizes, from, to } = walk;
  const step: CallStep = {
    kind: 'call',
    key: `transpose ${bytes}`,
    make: () => transposeFunction(bytes === 4 ? 'float32' : 'float64'),
    parameters: [source, target, sizes[0], sizes[axis], from[0] / bytes, to[axis] / bytes],
  };
  const others = sizes.map((_, k) => k).filter((k) => k !== 0 && k !== axis);
  const loops = others.map((k) => ({ count: sizes[k], steps: [from[k], to[k]] }));
  return nested(step, loops, [0, 1]);
}

// ── Loops ──────────────────────────────────────────────────────────────────────────────────────────

/** How the innermost axis is walked: runs of bytes, short or long, or element by element. */
type Inner = 'run' | 'long run' | 'elements';

function strided(walk: Walk, bytes: number, source: Place, target: Place): CallStep {
  const { sizes, from, to } = walk;
  const isRun = from[0] === bytes && to[0] === bytes;
  const runBytes = sizes[0] * bytes;
  const inner: Inner = !isRun ? 'elements' : runBytes >= LONG_RUN ? 'long run' : 'run';
  const depth = Math.min(sizes.length, MOST_LOOPS);
  const axes = sizes.map((_, k) => k);
  const parameters = axes
    .slice(0, depth)
    .flatMap((k) => [k === 0 && isRun ? runBytes : sizes[k], to[k], from[k]]);
  const step: CallStep = {
    kind: 'call',
    key: `copy ${bytes} ${depth} ${inner}`,
    make: () => stridedFunction(bytes, depth, inner),
    parameters: [target, source, ...parameters],
  };
  return nested(step, loopsOf(walk, axes.slice(depth)), [0, 1]);
}

/** (out, x, then for each axis, innermost first: size, step of out, step of x). A run's size is in bytes. */
function stridedFunction(bytes: number, depth: number, inner: Inner): AnyFunction {
  const locals = times(3 * depth + 1, i32);
  return define({ in: times(2 + 3 * depth, i32), locals, out: [] }, (parameters, rest) => {
    const [outermostOut, outermostX, ...axes] = parameters as Pointer[];
    const at = rest[3 * depth] as Pointer;
    const walkAxis = (axis: number, out: Pointer, x: Pointer): void => {
      const [size, stepOut, stepX] = axes.slice(3 * axis, 3 * axis + 3);
      if (axis === 0 && inner !== 'elements') {
        copyRun(out, x, size, at, bytes, inner);
        return;
      }
      const [ownOut, ownX, left] = rest.slice(3 * axis, 3 * axis + 3) as Pointer[];
      local.set(ownOut, out);
      local.set(ownX, x);
      local.set(left, size);
      repeat(left, () => {
        if (axis === 0) moveElement(bytes, ownOut, ownX);
        else walkAxis(axis - 1, ownOut, ownX);
        advance(ownOut, stepOut);
        advance(ownX, stepX);
      });
    };
    walkAxis(depth - 1, outermostOut, outermostX);
  });
}

function copyRun(
  out: Pointer,
  x: Pointer,
  runBytes: Pointer,
  at: Pointer,
  bytes: number,
  inner: Inner,
): void {
  if (inner === 'long run') {
    for (const one of [out, x, runBytes]) local.get(one);
    memory.copy();
    return;
  }
  local.set(at, i32.const(0));
  /** As long as `width` bytes are left. */
  const inPieces = (width: number, body: () => void): void =>
    block(null, (done) => {
      loop(null, (again) => {
        i32.gt_u(i32.add(at, width), runBytes);
        br_if(done);
        body();
        local.set(at, i32.add(at, width));
        i32.const(1);
        br_if(again);
      });
    });
  inPieces(VECTOR_BYTES, () => {
    pushAddress(out, at);
    pushVector(x, at);
    v128.store({});
  });
  inPieces(bytes, () => moveElement(bytes, out, x, at));
}
