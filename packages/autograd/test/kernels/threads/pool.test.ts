// Tests of jobs in blocks: everything is done once, whoever does it, and failures leave this thread to work alone.
import { afterEach, describe, expect, it } from 'vitest';
import { type Job, joined, Pool, placed, runAlone } from '../../../src/kernels/threads/index.js';
import { PAGE, sharedMemory, signing, until } from './support.js';

const WORDS = 4;
const BLOCK_BYTES = 16;
const pools: Pool[] = [];

afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
});

function newPool(...given: ConstructorParameters<typeof Pool>): Pool {
  const pool = new Pool(...given);
  pools.push(pool);
  return pool;
}

/** A job that signs `down` × `across` blocks from `address` on; the last row counts what is left of `total`. */
function signatures(
  memory: WebAssembly.Memory,
  down: number,
  across: number,
  target = signing(memory),
  address = 0,
): Job {
  return {
    target,
    down,
    across,
    parameters: [
      { base: address, down: across * BLOCK_BYTES, across: BLOCK_BYTES },
      { base: 0, down: 1 },
      { base: 0, across: 1 },
      { base: 1, perThread: 1 },
      { base: 7 * down - 3, down: -7, most: 7 },
    ],
  };
}

const place = (job: Job) => placed(job, Number);

function readBlocks(memory: WebAssembly.Memory, count: number, address = 0): number[][] {
  const words = new Int32Array(memory.buffer, address, count * WORDS);
  return Array.from({ length: count }, (_, b) => [...words.subarray(b * WORDS, (b + 1) * WORDS)]);
}

/** What the blocks must say, whoever signed them. */
function expectSigned(blocks: readonly number[][], down: number, across: number): void {
  expect(blocks.map(([i, j, , size]) => [i, j, size])).toEqual(
    Array.from({ length: down * across }, (_, b) => {
      const i = Math.floor(b / across);
      return [i, b % across, i === down - 1 ? 4 : 7];
    }),
  );
}

describe('a job', () => {
  it('is done block by block on one thread', () => {
    const memory = sharedMemory(1);
    runAlone(place(signatures(memory, 5, 3)));
    const blocks = readBlocks(memory, 15);
    expectSigned(blocks, 5, 3);
    expect(new Set(blocks.map(([, , thread]) => thread))).toEqual(new Set([1]));
  });

  it('remembers what its first blocks are called with, not that of thousands', () => {
    const memory = sharedMemory(2);
    const job = place(signatures(memory, 1000, 5));
    runAlone(job);
    expect(job.calls.length).toBe(256);
    new Int32Array(memory.buffer).fill(-1);
    runAlone(job);
    expectSigned(readBlocks(memory, 5000), 1000, 5);
  });

  it('is done once, completely, at any number of threads, by several of them', () => {
    const memory = sharedMemory(2);
    const pool = newPool();
    const job = signatures(memory, 400, 5);
    pool.run(place(job), 4);
    expectSigned(readBlocks(memory, 2000), 400, 5);
    until(() => pool.started === 3);
    const signers = new Set<number>();
    until(() => {
      new Int32Array(memory.buffer).fill(-1);
      pool.run(place(job), 4);
      const blocks = readBlocks(memory, 2000);
      expectSigned(blocks, 400, 5);
      for (const [, , thread] of blocks) signers.add(thread);
      return signers.size > 1;
    });
    expect(Math.max(...signers)).toBeLessThanOrEqual(4);
  });

  it('stays with as many threads as it is given', () => {
    const memory = sharedMemory(2);
    const pool = newPool();
    const job = signatures(memory, 1000, 1);
    pool.run(place(job), 4);
    until(() => pool.started === 3);
    for (let run = 0; run < 200; run++) {
      pool.run(place(job), 2);
      const most = readBlocks(memory, 1000).reduce((max, [, , own]) => Math.max(max, own), 0);
      expect(most).toBeLessThanOrEqual(2);
    }
  });

  it('follows another one at once, with another function', () => {
    const memory = sharedMemory(2);
    const pool = newPool();
    for (let run = 0; run < 300; run++) {
      const [first, second] = [
        signatures(memory, 20, 2),
        signatures(memory, 30, 1, undefined, PAGE),
      ];
      pool.run(place(first), 3);
      pool.run(place(second), 3);
      expectSigned(readBlocks(memory, 40), 20, 2);
      expectSigned(readBlocks(memory, 30, PAGE), 30, 1);
      new Int32Array(memory.buffer).fill(-1);
      if (run > 20 && pool.started === 2) break;
    }
  });

  it('does two jobs alike as one', () => {
    const memory = sharedMemory(2);
    const pool = newPool();
    const target = signing(memory);
    const [first, second] = [0, PAGE].map((at) => signatures(memory, 20, 3, target, at));
    const both = joined(first, second);
    expect(both).not.toBeNull();
    const check = () => {
      expectSigned(readBlocks(memory, 60), 20, 3);
      expectSigned(readBlocks(memory, 60, PAGE), 20, 3);
      new Int32Array(memory.buffer).fill(-1);
    };
    runAlone(place(both as Job));
    check();
    until(() => {
      pool.run(place(both as Job), 3);
      check();
      return pool.started === 2;
    });
    pool.run(place(both as Job), 3);
    check();
    expect(joined(first, signatures(memory, 30, 2, target))).toBeNull();
    expect(joined(first, signatures(memory, 20, 3))).toBeNull();
  });

  it('reaches memory that has grown since the workers came up', () => {
    const memory = sharedMemory(1);
    const pool = newPool();
    const target = signing(memory);
    const seen = new Set<number>();
    pool.run(place(signatures(memory, 100, 1, target)), 2);
    until(() => pool.started === 1);
    until(() => {
      const grown = memory.grow(1) * PAGE;
      pool.run(place(signatures(memory, 2000, 1, target, grown)), 2);
      const blocks = readBlocks(memory, 2000, grown);
      expectSigned(blocks, 2000, 1);
      for (const [, , thread] of blocks) seen.add(thread);
      return seen.size === 2;
    });
  });

  it('starts no worker if there is but one block or one thread', () => {
    const memory = sharedMemory(1);
    const pool = newPool();
    pool.run(place(signatures(memory, 1, 1)), 4);
    pool.run(place(signatures(memory, 8, 1)), 1);
    expect(pool.size).toBe(0);
    expectSigned(readBlocks(memory, 8), 8, 1);
  });
});

describe('when something fails', () => {
  it('a worker that cannot be started leaves the work to this thread', () => {
    const memory = sharedMemory(1);
    const pool = newPool(() => {
      throw new Error('no more threads');
    });
    pool.run(place(signatures(memory, 9, 2)), 4);
    pool.run(place(signatures(memory, 9, 2)), 4);
    expectSigned(readBlocks(memory, 18), 9, 2);
    expect(pool.size).toBe(0);
  });

  it('a worker that dies leaves the work to this thread', () => {
    const memory = sharedMemory(1);
    let die = () => {};
    const pool = newPool((_, onFailure) => {
      die = onFailure;
      return { post: () => {}, end: () => {} };
    });
    pool.run(place(signatures(memory, 9, 2)), 2);
    expect(pool.size).toBe(1);
    die();
    expect(pool.size).toBe(0);
    new Int32Array(memory.buffer).fill(-1);
    pool.run(place(signatures(memory, 9, 2)), 2);
    expectSigned(readBlocks(memory, 18), 9, 2);
  });

  it('a block that fails here is thrown, and the next job is done', () => {
    const memory = sharedMemory(1);
    const pool = newPool();
    const job = signatures(memory, 4, 1, undefined, 4 * PAGE);
    expect(() => pool.run(place(job), 2)).toThrow(WebAssembly.RuntimeError);
    pool.run(place(signatures(memory, 4, 1)), 2);
    expectSigned(readBlocks(memory, 4), 4, 1);
  });

  it('a block that fails in a worker is thrown here, and this thread works on alone', () => {
    const memory = sharedMemory(2);
    const pool = newPool();
    const target = signing(memory);
    const job = signatures(memory, 1000, 1, target);
    pool.run(place(job), 2);
    until(() => pool.started === 1);
    const [address, ...rest] = job.parameters;
    const failing = { ...job, parameters: [{ ...address, perThread: 2 ** 30 }, ...rest] };
    until(() => {
      try {
        pool.run(place(failing), 2);
        return false;
      } catch (error) {
        expect((error as Error).message).toContain('failed on another one');
        return true;
      }
    });
    expect([pool.size, pool.started]).toEqual([0, 0]);
    new Int32Array(memory.buffer).fill(-1);
    pool.run(place(job), 2);
    expectSigned(readBlocks(memory, 1000), 1000, 1);
  });
});
