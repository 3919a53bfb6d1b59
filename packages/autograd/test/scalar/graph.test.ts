// Tests of scalar/graph: substitution, renaming, counting, on graphs that share and on very deep ones.
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../src/errors.js';
import {
  argument,
  argumentsOf,
  constant,
  type Expr,
  nodesOf,
  renumber,
  size,
  substitute,
} from '../../src/scalar/index.js';

const x = argument(0);
const y = argument(1);
const z = argument(2);

/** x + 1 + 1 + …, deeper than a recursive walk could go. */
function chain(depth: number): Expr {
  let f: Expr = x;
  for (let k = 0; k < depth; k++) f = f.add(1);
  return f;
}

describe('nodesOf and size', () => {
  test('each node comes once, after its operands', () => {
    const f = x.mul(x).add(x.mul(x).exp());
    const nodes = nodesOf(f);
    expect(new Set(nodes).size).toBe(nodes.length);
    expect(nodes.at(-1)).toBe(f);
    for (const node of nodes) {
      for (const arg of node.args) expect(nodes.indexOf(arg)).toBeLessThan(nodes.indexOf(node));
    }
  });

  test('size counts shared nodes once', () => {
    let f: Expr = x;
    for (let k = 0; k < 50; k++) f = f.mul(f);
    expect(size(f)).toBe(51);
    expect(size(x)).toBe(1);
  });

  test('a chain of 100,000 nodes is walked', () => {
    expect(size(chain(100_000))).toBe(100_002);
  });
});

describe('argumentsOf', () => {
  test('lists the indices used, ascending, once each', () => {
    expect(argumentsOf(z.mul(x).add(z))).toEqual([0, 2]);
    expect(argumentsOf(constant(1).add(2))).toEqual([]);
    expect(argumentsOf(argument(11).add(argument(2)))).toEqual([2, 11]);
  });
});

describe('substitute', () => {
  test('replaces every occurrence of a node', () => {
    const t = x.tanh();
    expect(substitute(t.mul(t).add(x), t, y)).toBe(y.mul(y).add(x));
  });

  test('replaces the whole formula, and leaves one without the node as it is', () => {
    expect(substitute(x.exp(), x.exp(), y)).toBe(y);
    const f = x.add(1).log();
    expect(substitute(f, y, z)).toBe(f);
  });

  test('does not look into what it puts in', () => {
    expect(substitute(x.exp(), x, x.add(1))).toBe(x.add(1).exp());
  });

  test('simplifies nothing', () => {
    expect(substitute(x.mul(y), y, constant(0))).toBe(x.mul(0));
  });

  test('goes through a chain of 100,000 nodes', () => {
    const f = substitute(chain(100_000), x, y);
    expect(argumentsOf(f)).toEqual([1]);
  });
});

describe('renumber', () => {
  test('swaps arguments, all at once', () => {
    expect(renumber(x.sub(y), [1, 0])).toBe(y.sub(x));
    const map = new Map([
      [0, 2],
      [2, 0],
    ]);
    expect(renumber(x.sub(z), map)).toBe(z.sub(x));
  });

  test('leaves arguments alone that the map does not mention', () => {
    expect(renumber(x.add(y), new Map([[1, 5]]))).toBe(x.add(argument(5)));
    expect(renumber(x.add(z), [1])).toBe(y.add(z));
  });

  test('refuses a new index that is none', () => {
    expect(() => renumber(x, [-1])).toThrow(ArgumentError);
  });
});
