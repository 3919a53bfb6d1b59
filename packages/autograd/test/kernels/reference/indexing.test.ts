// Tests of the reference's indexing kernels: against index arithmetic written out, and each other's adjoints.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  gather,
  scatterAdd,
  scatterAddAlong,
  takeAlong,
} from '../../../src/kernels/reference/indexing.js';
import { arrayOf, type Block, blocks, sizeOfBlock } from './naive.js';

const whole = fc.integer({ min: -9, max: 9 });

/** A block with elements, indices into its axis, and updates of the shape that they give. */
const cases = (along: boolean) =>
  blocks
    .filter(({ count }) => count > 0)
    .chain((block) =>
      fc.nat({ max: 5 }).chain((picked) => {
        const { outer, count, inner } = block;
        const indices = along ? outer * picked * inner : picked;
        return fc.record({
          block: fc.constant(block),
          picked: fc.constant(picked),
          x: arrayOf(whole, sizeOfBlock(block)),
          updates: arrayOf(whole, outer * picked * inner),
          indices: fc
            .array(fc.nat({ max: count - 1 }), { minLength: indices, maxLength: indices })
            .map((list) => Int32Array.from(list)),
        });
      }),
    );

/** Calls back with the flat place of (i, p, j) in the picked block, and in the whole one at axis position k. */
function each(
  { outer, count, inner }: Block,
  picked: number,
  visit: (own: number, at: (k: number) => number, p: number) => void,
) {
  for (let i = 0; i < outer; i++) {
    for (let p = 0; p < picked; p++) {
      for (let j = 0; j < inner; j++) {
        visit((i * picked + p) * inner + j, (k) => (i * count + k) * inner + j, p);
      }
    }
  }
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);

describe.each([
  ['gather and scatterAdd', false, gather, scatterAdd],
  ['takeAlong and scatterAddAlong', true, takeAlong, scatterAddAlong],
] as const)('%s', (_, along, read, add) => {
  test('read and add at the indices, repeated ones as often as they come', () => {
    fc.assert(
      fc.property(cases(along), ({ block, picked, x, updates, indices }) => {
        const { outer, count, inner } = block;
        const taken = new Float64Array(updates.length);
        read(x, indices, taken, outer, count, inner);
        const added = x.slice();
        add(updates, indices, added, outer, count, inner);
        const wantedTaken = new Float64Array(updates.length);
        const wantedAdded = x.slice();
        each(block, picked, (own, at, p) => {
          const k = indices[along ? own : p];
          wantedTaken[own] = x[at(k)];
          wantedAdded[at(k)] += updates[own];
        });
        expect(taken).toEqual(wantedTaken);
        expect(added).toEqual(wantedAdded);
        // ⟨read(x), u⟩ = ⟨x, add(u)⟩: one is the adjoint of the other.
        const adjoint = new Float64Array(x.length);
        add(updates, indices, adjoint, outer, count, inner);
        expect(dot(taken, updates)).toBe(dot(x, adjoint) + 0);
      }),
      { numRuns: 200, seed: 9 },
    );
  });
});
