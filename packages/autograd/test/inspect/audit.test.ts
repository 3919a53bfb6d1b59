// Tests of the audit: right derivatives pass, the first wrong one is named.
import {
  AuditError,
  audit,
  checkpoint,
  defineOp,
  grad,
  tensor,
  variable,
  where,
} from '@retrograd/autograd';
import { describe, expect, it } from 'vitest';

const weights = variable([
  [0.1, 0.2],
  [0.3, -0.4],
]);
const x = tensor([
  [1, 2],
  [3, 4],
]);

/** x², with a derivative of x instead of 2x. */
const wrongSquare = defineOp({
  name: 'wrongSquare',
  forward: ([a]) => a.mul(a),
  saves: { inputs: [0] },
  vjp: (g, { x: [a] }) => g.mul(a),
});

describe('audit', () => {
  it('finds every recorded operation right, input by input, in the order of the run', () => {
    const report = audit((a) => a.matmul(weights).tanh().softmax().sum(), x);
    expect(report.entries.map(({ name, input, verdict }) => [name, input, verdict])).toEqual([
      ['matmul', 0, 'right'],
      ['matmul', 1, 'right'],
      ['tanh', 0, 'right'],
      ['softmax', 0, 'right'],
      ['sum', 0, 'right'],
    ]);
    expect(report.firstWrong).toBeNull();
    expect(() => report.assertRight()).not.toThrow();
  });

  it('names the first wrong derivative and by how much it is off', () => {
    const report = audit((a) => wrongSquare(a.matmul(weights)).exp().sum(), x);
    expect(report.firstWrong).toMatchObject({ name: 'wrongSquare', index: 1, input: 0 });
    expect(report.firstWrong?.error).toBeGreaterThan(0.1);
    expect(() => report.assertRight()).toThrow(AuditError);
    expect(() => report.assertRight()).toThrow(
      /^audit: derivatives agree with finite differences, got wrongSquare \(operation 1\), input 0 of shape \[2, 2\]/,
    );
  });

  it('tells a kink, where no difference is right, from a wrong derivative', () => {
    const report = audit((a) => a.relu().sum(), tensor([0, 0, 0]));
    expect(report.entries[0]).toMatchObject({ name: 'relu', verdict: 'kink' });
  });

  it('tries operations with several outputs, choices and empty tensors', () => {
    const pieces = audit((a) => a.split(2).map((part) => part.exp()), x);
    const choice = audit((a) => where(a.greater(2), a, 0).sum(), x);
    const empty = audit((a) => a.exp().sum(), tensor([[], []]));
    for (const { entries } of [pieces, choice, empty]) {
      expect(entries.length).toBeGreaterThan(1);
      expect(entries.every(({ verdict }) => verdict === 'right')).toBe(true);
    }
  });

  it('tries the rules of gradients too, when the function takes one', () => {
    const report = audit((a) => grad((b) => b.pow(3).sum())(a).sum(), tensor([1, 2]));
    expect(report.entries.map(({ name }) => name)).toContain('pow.vjp');
    expect(report.firstWrong).toBeNull();
  });

  it('says what it can not run again', () => {
    const segment = checkpoint((a: typeof x) => a.matmul(weights));
    const { entries } = audit((a) => segment(a).sum(), x);
    expect(entries.find(({ name }) => name === 'checkpoint')?.verdict).toBe('not tried');
  });

  it('prints a table', () => {
    const lines = String(audit((a) => a.sin().sum(), tensor(1))).split('\n');
    expect(lines[0]).toBe('op  name  input  shape  verdict  error');
    expect(lines[1]).toMatch(/^0 {3}sin {3}0 {6}\[\] {5}right {4}\d\.\de-\d+$/);
  });
});
