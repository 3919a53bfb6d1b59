// Who multiplies in a program: the system's BLAS, which then has the cores, or WebAssembly, whose threads share the loops too.

import { worthThreads } from '../kernels/wasm/gemm-threads.js';
import { isLane } from '../kernels/wasm/vector.js';
import { costOf } from './emit/elementwise.js';
import { leftToBlas } from './emit/products.js';
import { EXPONENTIAL_COST } from './emit/reduce.js';
import { THREADED_FROM } from './emit/shared.js';
import type { Instruction, MatmulCall } from './instruction.js';

/** Nanoseconds of a call of BLAS, and its multiply-adds of float32 in one, in products of moderate and of large size. */
const CALL_COST = 10_000;
const BLAS_RATE = { moderate: 50, large: 70 };
const LARGE = 2 ** 24;

/** Multiply-adds in a nanosecond on one thread of WebAssembly, and how much of another thread's help arrives. */
const WASM_RATE = 18;
const HELP = 0.7;

/** About how many nanoseconds a loop takes on one thread; 0 where threads make no difference. */
function loopCost({ call, outputs: [out] }: Instruction): number {
  if (!isLane(out.dtype)) return 0;
  const wide = out.dtype === 'float64' ? 2 : 1;
  if (call.kind === 'elementwise') return costOf(call.f, call.reads.length) * out.length * wide;
  if (call.kind === 'axis' && call.kernel === 'softmax') {
    return EXPONENTIAL_COST * out.length * wide;
  }
  return 0;
}

interface Costs {
  readonly blas: number;
  readonly wasm: number;
}

function productCosts({ dtype, m, n, k, batch }: MatmulCall, threads: number): Costs {
  const work = m * n * k * (dtype === 'float64' ? 2 : 1);
  const rate = work < LARGE ? BLAS_RATE.moderate : BLAS_RATE.large;
  const sharing = isLane(dtype) && worthThreads(dtype, m, n, k) ? 1 + HELP * (threads - 1) : 1;
  return {
    blas: batch.length * (CALL_COST + work / rate),
    wasm: (batch.length * work) / WASM_RATE / sharing,
  };
}

/**
 * Whether a program is faster if its large products are left to BLAS. BLAS multiplies several times as fast, but its threads
 * look out for the next product between two of them, and loops on other threads would have to share the cores with them.
 */
export function blasPays(instructions: readonly Instruction[], threads: number): boolean {
  let [blas, wasm] = [0, 0];
  let products = 0;
  for (const instruction of instructions) {
    const { call } = instruction;
    if (call.kind === 'matmul' && leftToBlas(call)) {
      products++;
      const costs = productCosts(call, threads);
      blas += costs.blas;
      wasm += costs.wasm;
    } else {
      const cost = loopCost(instruction);
      blas += cost;
      wasm += cost < THREADED_FROM ? cost : cost / threads;
    }
  }
  return products > 0 && blas <= wasm;
}
