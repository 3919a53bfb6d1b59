// The loops of softmax by themselves: what they write, and that the two that share exponentials agree.

import { describe, expect, it } from 'vitest';
import { importMemory } from '../../../src/kernels/wasm/assembler/index.js';
import { instantiate } from '../../../src/kernels/wasm/module.js';
import { softmaxFunction } from '../../../src/kernels/wasm/softmax-code.js';
import { DTYPES, filled, firstDifference, scattered } from './arrays.js';

const memory = new WebAssembly.Memory({ initial: 1 });
const imported = importMemory({ min: 1 }, memory);

const [SOURCE, TARGET, SHIFTS, LOGS] = [0, 16_384, 32_768, 40_960];
const ROWS = 3;
const UNTOUCHED = 12_345;

describe.each(DTYPES)('loops of softmax in %s', (dtype) => {
  const numbers =
    dtype === 'float32' ? new Float32Array(memory.buffer) : new Float64Array(memory.buffer);
  const bytes = numbers.BYTES_PER_ELEMENT;
  const [softmax, logSoftmax, withLogs] = (
    [['softmax'], ['logSoftmax'], ['softmax', true]] as const
  ).map(([kind, logs]) => instantiate({ run: softmaxFunction(kind, dtype, logs) }, imported).run);

  /** What lies at the target and one vector behind it, after a run on rows of `count` elements. */
  const run = (loops: (...args: number[]) => void, count: number, ...places: number[]) => {
    numbers.fill(UNTOUCHED);
    numbers.set(filled(dtype, ROWS * count, scattered(count)), SOURCE / bytes);
    loops(ROWS, count * bytes, SOURCE, TARGET, ...places);
    return numbers.slice(TARGET / bytes, TARGET / bytes + ROWS * count + 16 / bytes);
  };

  it('write nothing behind the rows, however long these are', () => {
    for (const loops of [softmax, logSoftmax, withLogs]) {
      for (let count = 1; count <= 21; count++) {
        const behind = run(loops, count, SHIFTS, LOGS).slice(ROWS * count);
        expect([...behind], `${count}`).toEqual(Array(16 / bytes).fill(UNTOUCHED));
        expect(numbers[SHIFTS / bytes + ROWS]).toBe(UNTOUCHED);
        expect(numbers[LOGS / bytes + ROWS]).toBe(UNTOUCHED);
      }
    }
  });

  it('give with softmax what its logarithm is made of', () => {
    const round = (x: number) => (dtype === 'float32' ? Math.fround(x) : x);
    for (let count = 1; count <= 67; count++) {
      const shares = run(softmax, count);
      const logarithms = run(logSoftmax, count);
      expect(firstDifference(run(withLogs, count, SHIFTS, LOGS), shares)).toBe(-1);
      for (let i = 0; i < ROWS * count; i++) {
        const row = Math.floor(i / count);
        const [shift, log] = [SHIFTS, LOGS].map((place) => numbers[place / bytes + row]);
        expect(round(round(numbers[SOURCE / bytes + i] - shift) - log)).toBe(logarithms[i]);
      }
    }
  });
});
