// Matrix products that the system's BLAS does, in parts that threads take.

import type { Blas } from '../../../kernels/blas/index.js';
import { ALPHA, blasJob, OPERANDS, PARAMETERS, partsOf } from '../../../kernels/blas/job.js';
import { joined, type Varying } from '../../../kernels/threads/index.js';
import type { LaneType } from '../../../kernels/wasm/vector.js';
import { isFloating } from '../../../tensor/dtype.js';
import type { Symbolic } from '../../../tensor/symbolic.js';
import type { Instruction, MatmulCall } from '../../instruction.js';
import { bytesOf } from '../../plan.js';
import { moveStep } from '../copies.js';
import { gridOf, sizesOf } from '../products.js';
import type { Blocks, Outside, Pointer } from '../shared.js';
import { behind, type CallStep, type StepContext } from '../step.js';

/**
 * Products of as many multiplications gain more from the system's BLAS than the way there and back costs: a step of
 * layers of 64 × 64 on 32 rows takes 97 µs here and 58 there, and batches of 64 × 16 × 64 gain a third.
 */
const BLAS_FROM = 2 ** 16;

/** Whether a product is large enough for the system's library, if there is one. */
export function leftToBlas({ m, n, k, dtype }: MatmulCall): boolean {
  return isFloating(dtype) && m * n * k >= BLAS_FROM;
}

/** Whether an instruction is a product for the system's library. */
export function wantsBlas({ call }: Instruction): boolean {
  return call.kind === 'matmul' && leftToBlas(call);
}

type BlasContext = Pick<StepContext, 'blas' | 'placeOf' | 'outside' | 'threads'>;

/** C = alpha · op(A) op(B) + beta · C for all products of a batch: each in parts, or whole ones where they are small. */
function blocksOf(
  blas: Blas,
  call: MatmulCall,
  blocks: readonly Symbolic[],
  [alpha, beta]: readonly [number, number],
  { placeOf, outside, threads }: BlasContext,
): readonly Blocks[] {
  const { m, n, k, batch, transposeA, transposeB } = call;
  const dtype = call.dtype as LaneType;
  const sizes = sizesOf(call);
  const parts = partsOf(m, n, k, blas.shareable ? threads : 1);
  const jobOf = (index: number): Blocks => {
    const [a, b, c] = blocks.map((block, x): Pointer | Outside => {
      const bytes = (x < 2 ? batch[index][x] : index) * sizes[x];
      const argument = outside(block);
      if (argument >= 0) return { argument, behind: bytes };
      return { pointer: behind(placeOf(block), bytes) };
    });
    const product = { dtype, m, n, k, transposeA, transposeB, alpha, beta, a, b, c };
    return blasJob<Pointer | Outside>(blas, product, parts);
  };
  const grid = parts > 1 || !blas.shareable ? null : gridOf(call);
  if (grid === null) return batch.map((_, index) => jobOf(index));
  const { down, across, steps } = grid;
  const { target, parameters } = jobOf(0);
  const stepping = parameters.map(({ base }, p) => ({
    base,
    ...steps[OPERANDS.indexOf(p as (typeof OPERANDS)[number])],
  }));
  return [{ target, parameters: stepping, down, across }];
}

/** What BLAS does of instructions, and what is done before. */
export interface Native {
  readonly before: readonly CallStep[];
  readonly blocks: readonly Blocks[];
}

/** What BLAS does of an instruction; null if that is nothing. */
export function blasBlocks(
  { call, inputs, outputs: [out] }: Instruction,
  context: BlasContext,
): Native | null {
  const { blas, placeOf } = context;
  if (blas === null) return null;
  if (call.kind === 'matmul' && leftToBlas(call)) {
    const blocks = blocksOf(blas, call, [...inputs, out], [1, 0], context);
    return { before: [], blocks };
  }
  if (call.kind !== 'descent') return null;
  const [a, b, w] = inputs;
  const [from, to] = [placeOf(w), placeOf(out)];
  const inPlace = from.inArena === to.inArena && from.offset === to.offset;
  const before = inPlace ? [] : [moveStep(to, from, bytesOf(out))];
  // A rate that isn't known is set when the program runs.
  const factors = [-(call.rate ?? 0), 1] as const;
  return { before, blocks: blocksOf(blas, call.product, [a, b, out], factors, context) };
}

/** What BLAS does of two products at once, half of the threads each. Null if they fall into parts in different ways. */
export function pairBlocks(
  first: Instruction,
  second: Instruction,
  context: StepContext,
): Native | null {
  const half = { ...context, threads: context.threads / 2 };
  const [one, other] = [blasBlocks(first, half), blasBlocks(second, half)];
  if (one === null || other === null) return null;
  const job = joined(one.blocks[0], other.blocks[0]);
  return job && { before: [...one.before, ...other.before], blocks: [job] };
}

/** Smaller ones are copied in sooner than looked up. */
const OUTSIDE_FROM = 1 << 14;

/** The arguments that products by BLAS alone read, where they lie: they need not be copied in. None is in `kept`. */
export function readOutside(
  instructions: readonly Instruction[],
  inputs: readonly Symbolic[],
  kept: ReadonlySet<Symbolic>,
): ReadonlySet<Symbolic> {
  const found = new Set(
    inputs.filter((block) => bytesOf(block) >= OUTSIDE_FROM && !kept.has(block)),
  );
  for (const { call, inputs: read } of instructions) {
    const operands =
      call.kind === 'descent' || (call.kind === 'matmul' && leftToBlas(call)) ? 2 : 0;
    for (const block of read.slice(operands)) found.delete(block);
  }
  return found;
}

/** The parameters of the jobs of some instructions that vary: where arguments lie, and rates of descents that aren't known. */
export function varyingOf(
  jobs: readonly Blocks[],
  of: readonly Instruction[],
  addressOf: (argument: number) => number,
  numberIn: (block: Symbolic) => number,
): readonly Varying[] {
  const places = jobs.flatMap(({ parameters }, job) =>
    parameters.flatMap(({ base }, parameter): Varying[] => {
      if (typeof base === 'number' || !('argument' in base)) return [];
      const { argument, behind: bytes } = base;
      return [{ job, parameter, base: () => addressOf(argument) + bytes }];
    }),
  );
  const rates = of.flatMap(({ call, inputs }, which): Varying[] => {
    if (call.kind !== 'descent' || call.rate !== null) return [];
    const parameter = which * PARAMETERS + ALPHA;
    return [{ job: 0, parameter, base: () => -numberIn(inputs[3]) }];
  });
  return [...places, ...rates];
}
