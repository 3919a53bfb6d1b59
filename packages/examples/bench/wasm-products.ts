// What the measurements of WebAssembly's matrix products share: their memory, the products as they are, and the tile alone.

import { importMemory, Module } from '../../autograd/src/kernels/wasm/assembler/index.js';
import { TERMS } from '../../autograd/src/kernels/wasm/gemm-blocks.js';
import { compileGemm, type RawGemm } from '../../autograd/src/kernels/wasm/gemm-module.js';
import { sweep, type Tiling, tileColumns } from '../../autograd/src/kernels/wasm/gemm-tile.js';

export type Floating = 'float32' | 'float64';

export const bytesOf = (dtype: Floating): number => (dtype === 'float32' ? 4 : 8);
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/** Operands lie below this, where nothing is ever written: numbers that shrink would end as slow denormal ones. */
const WRITTEN_FROM = 2 ** 24;
const MOST_BYTES = 2 ** 26;

function newMemory(dtype: Floating): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: MOST_BYTES / 65536 });
  const List = dtype === 'float32' ? Float32Array : Float64Array;
  new List(memory.buffer, 0, WRITTEN_FROM / bytesOf(dtype)).fill(0.5);
  return memory;
}

/** A product of matrices of such sizes, at most 1024 each, to be run again and again. */
export type ProductOf = (
  m: number,
  n: number,
  k: number,
  transposeA?: boolean,
  transposeB?: boolean,
) => () => void;

export function productsOf(tiling: Tiling): ProductOf {
  const memory = newMemory(tiling.dtype);
  const { exports } = new WebAssembly.Instance(compileGemm(tiling, false), { host: { memory } });
  const gemm = exports.gemm as RawGemm;
  const bytes = bytesOf(tiling.dtype);
  return (m, n, k, transposeA = false, transposeB = false) => {
    const b = aligned(m * k * bytes);
    const c = WRITTEN_FROM + b + aligned(k * n * bytes);
    const scratch = c + aligned(m * n * bytes);
    const [flagA, flagB] = [Number(transposeA), Number(transposeB)];
    return () => gemm(0, b, c, m, n, k, flagA, flagB, scratch, 0);
  };
}

/** So many that calls from JavaScript cost little. */
const TILES = 16;

/** The operations of one run of the tile alone. */
export const tileFlops = (tiling: Tiling): number =>
  2 * tiling.rows * tileColumns(tiling) * TERMS * TILES;

/** One tile over the same panels in the first cache again and again: the most that any packing could reach. */
export function tileAlone(tiling: Tiling): () => void {
  const imported = { ...importMemory({ min: 0 }), module: 'host', string: 'memory' };
  const tile = Module({
    exports: { tile: sweep(tiling, tiling.rows, 'rows') },
    memory: imported,
  });
  const module = new WebAssembly.Module(tile.toBytes() as BufferSource);
  const memory = newMemory(tiling.dtype);
  const run = new WebAssembly.Instance(module, { host: { memory } }).exports.tile as RawGemm;
  const [stepA, stepB] = [TERMS, tileColumns(tiling)].map((n) => n * bytesOf(tiling.dtype));
  const b = aligned(tiling.rows * stepA);
  return () => run(0, stepA, b, stepB, 0, TILES, TERMS, WRITTEN_FROM, TILES * stepB, 0, 0, 0);
}
