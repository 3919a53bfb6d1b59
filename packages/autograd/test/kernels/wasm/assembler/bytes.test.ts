// Bytes as WebAssembly's binary format wants them.

import { describe, expect, it } from 'vitest';
import { Bytes } from '../../../../src/kernels/wasm/assembler/bytes.js';

const written = (write: (bytes: Bytes) => void): number[] => {
  const bytes = new Bytes();
  write(bytes);
  return [...bytes.toBytes()];
};

describe('bytes', () => {
  it.each([
    [0, [0x00]],
    [127, [0x7f]],
    [128, [0x80, 0x01]],
    [624485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('write the unsigned number %d in groups of seven bits', (value, expected) => {
    expect(written((bytes) => bytes.unsigned(value))).toEqual(expected);
  });

  it.each([
    [0, [0x00]],
    [63, [0x3f]],
    [64, [0xc0, 0x00]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 0x07]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])('write the signed number %d so that its last group tells the sign', (value, expected) => {
    expect(written((bytes) => bytes.signed(value))).toEqual(expected);
  });

  it('write numbers from 2³¹ on by their bits', () => {
    expect(written((bytes) => bytes.signed(2 ** 32 - 1))).toEqual([0x7f]);
  });

  it('write floating-point numbers lowest byte first', () => {
    expect(written((bytes) => bytes.float64(-2))).toEqual([0, 0, 0, 0, 0, 0, 0, 0xc0]);
  });

  it('write names by their length in UTF-8', () => {
    expect(written((bytes) => bytes.text('aπ'))).toEqual([3, 0x61, 0xcf, 0x80]);
  });

  it('grow as far as they must and keep what they have', () => {
    const many = Array.from({ length: 1000 }, (_, k) => k % 256);
    const each = written((bytes) => {
      for (const value of many) bytes.byte(value);
    });
    expect(each).toEqual(many);
    expect(written((bytes) => bytes.append(many))).toEqual(many);
  });

  it('move what was written last to an earlier place', () => {
    const moved = written((bytes) => {
      bytes.append([1, 2, 3, 4, 5, 6]);
      bytes.moveBack(4, 1);
    });
    expect(moved).toEqual([1, 5, 6, 2, 3, 4]);
  });
});
