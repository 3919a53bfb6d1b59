// What the tests of threads share: a function that tells who called it, and a pause for workers to come up.
import { type Portable, portableOf, type Shared } from '../../../src/kernels/threads/index.js';
import {
  i32,
  importMemory,
  local,
  Module,
  memory as memoryOps,
} from '../../../src/kernels/wasm/assembler/index.js';
import { routine } from '../../../src/kernels/wasm/emit.js';

export const PAGE = 65536;

export const sharedMemory = (pages: number): WebAssembly.Memory =>
  new WebAssembly.Memory({ initial: pages, maximum: 1024, shared: true });

/**
 * (block, row, column, thread, size): writes row, column, thread + 1 and size to 16 bytes at `block`, after a pause that lets
 * other threads have their turn.
 */
export function signing(memory: WebAssembly.Memory): Shared {
  const run = routine(5, 0, 0, (parameters) => {
    const [block, row, column, thread, size] = parameters;
    local.get(block);
    i32.const(0);
    i32.const(0);
    memoryOps.fill();
    [row, column, thread, size].forEach((value, k) => {
      i32.store({ offset: 4 * k }, block, value);
    });
  });
  const assembled = Module({
    exports: { run },
    memory: importMemory({ min: 1, max: 1024, shared: true }, memory),
  });
  const module = new WebAssembly.Module(assembled.toBytes() as BufferSource);
  const { exports } = new WebAssembly.Instance(module, assembled.importMap);
  const portable = portableOf(module, assembled.importMap) as Portable;
  return { portable, name: 'run', run: exports.run as Shared['run'] };
}

/** Tries again until it is so, without letting the event loop have its turn: workers come up by themselves. */
export function until(so: () => boolean, milliseconds = 20_000): void {
  const end = performance.now() + milliseconds;
  let reached = so();
  while (!reached && performance.now() < end) reached = so();
  if (!reached) throw new Error(`it is not so after ${milliseconds} ms`);
}
