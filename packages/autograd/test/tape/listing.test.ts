// Tests of tape/listing: the tape as text and as a list, before and after it was released.
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { grad, type Tape, type Tensor, tensor, variable } from '../../src/index.js';
import { leaf } from '../support.js';

describe('tape()', () => {
  const network = () => {
    const w = variable([
      [1, 2],
      [3, 4],
    ]);
    const x = tensor([
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    return x.matmul(w).add(1).tanh().sum();
  };

  const TEXT = [
    '%0 = leaf               float32 [2, 2]',
    '%1 = matmul(const, %0)  float32 [3, 2]',
    '%2 = add(%1, const)     float32 [3, 2]',
    '%3 = tanh(%2)           float32 [3, 2]',
    '%4 = sum(%3)            float32 []',
  ].join('\n');

  test('prints the operations in the order in which they ran', () => {
    const tape = network().tape();
    expect(`${tape}`).toBe(TEXT);
    expect(inspect(tape)).toBe(TEXT);
  });

  test('prints the same after the tape was released', () => {
    const loss = network();
    loss.backward();
    expect(`${loss.tape()}`).toBe(TEXT);
  });

  test('is a list that can be walked through', () => {
    const tape = network().tape();
    expect(tape).toHaveLength(5);
    expect([...tape].map(({ name }) => name)).toEqual(['leaf', 'matmul', 'add', 'tanh', 'sum']);
    expect(tape.entries[1]).toMatchObject({
      index: 1,
      name: 'matmul',
      shape: [3, 2],
      dtype: 'float32',
      inputs: [null, 0],
    });
  });

  test('holds only what leads to the value', () => {
    const x = leaf([1, 2]);
    x.exp();
    const y = x.mul(2);
    y.log();
    expect([...y.tape()].map(({ name }) => name)).toEqual(['leaf', 'mul']);
  });

  test('names an operation once that is used twice', () => {
    const x = leaf(2);
    const y = x.square();
    expect(`${y.mul(y).tape()}`).toBe(
      [
        '%0 = leaf         float64 []',
        '%1 = square(%0)   float64 []',
        '%2 = mul(%1, %1)  float64 []',
      ].join('\n'),
    );
  });

  test('of a constant is empty, of a leaf the leaf', () => {
    expect(`${tensor(1).tape()}`).toBe('');
    expect(leaf(1).detach().tape()).toHaveLength(0);
    expect([...leaf(1).tape()].map(({ name }) => name)).toEqual(['leaf']);
    expect(variable(1).tape()).toHaveLength(1);
  });

  test('changes nothing: backward works afterwards, and the leaves have no gradient yet', () => {
    const x = leaf(3);
    const y = x.square();
    y.tape();
    expect(x.grad).toBeNull();
    y.backward();
    expect(x.grad?.item()).toBe(6);
  });

  test('of a released intermediate value leads to that value, not to the end', () => {
    const x = leaf(2);
    const a = x.mul(2);
    const b = a.mul(3);
    b.mul(4).backward();
    const names = (tape: Tape) => [...tape].map(({ inputs }) => inputs.join());
    expect(names(a.tape())).toEqual(['', '0,']);
    expect(names(b.tape())).toEqual(['', '0,', '1,']);
  });

  test('can be read in the middle of a transform, and of a replay', () => {
    const seen: number[] = [];
    grad((x) => {
      const y = x.square();
      y.registerHook(() => {
        seen.push(y.tape().length);
      });
      return y.mul(2).sum();
    })(tensor([1, 2]));
    expect(seen).toEqual([2]);
  });

  test('of a chain of 10,000 operations has them all', () => {
    let y: Tensor = leaf(1);
    for (let i = 0; i < 10_000; i++) y = y.add(1);
    expect(y.tape()).toHaveLength(10_001);
  });
});
