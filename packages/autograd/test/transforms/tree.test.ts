// Tests of transforms/tree: nested arguments taken apart and put together again.
import { describe, expect, test } from 'vitest';
import { tensor, variable } from '../../src/index.js';
import { leavesOf, mapTree, rebuild } from '../../src/transforms/tree.js';

const a = tensor(1);
const b = variable(2);
class Box {
  readonly inside = a;
}

describe('a tree', () => {
  test('has tensors and variables as leaves, each with its path', () => {
    const tree = { layers: [{ w: a, b }, { w: b }], scale: a, n: 3, text: 'x', nothing: null };
    expect(leavesOf(tree).map(({ path }) => path)).toEqual([
      '.layers[0].w',
      '.layers[0].b',
      '.layers[1].w',
      '.scale',
    ]);
    expect(leavesOf(tree).map(({ value }) => value)).toEqual([a, b, b, a]);
  });

  test('may be a leaf, or have none', () => {
    expect(leavesOf(a)).toEqual([{ path: '', value: a }]);
    expect([[], {}, null, undefined, 3, 'x', () => a].flatMap(leavesOf)).toEqual([]);
  });

  test('goes through plain objects only: instances are left alone', () => {
    const box = new Box();
    const bare = Object.assign(Object.create(null), { x: a });
    expect(leavesOf({ box, map: new Map([['x', a]]) })).toEqual([]);
    expect(leavesOf(bare)).toHaveLength(1);
    expect((mapTree({ box }, () => b) as { box: Box }).box).toBe(box);
  });

  test('is rebuilt with other leaves, in order, and is not changed itself', () => {
    const tree = { x: [a, 7], y: { z: b } };
    expect(rebuild(tree, ['p', 'q'])).toEqual({ x: ['p', 7], y: { z: 'q' } });
    expect(tree.x[0]).toBe(a);
  });
});
