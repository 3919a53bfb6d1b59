// Tests of errors: their classes, codes, and the first frame of the stack.
import { describe, expect, test } from 'vitest';
import * as errors from '../src/errors.js';
import { grad, tensor, zeros } from '../src/index.js';

type ErrorClass = new (message: string) => errors.RetrogradError;

const concrete = Object.entries(errors).filter(
  ([, value]) => value.prototype instanceof errors.RetrogradError,
) as unknown as [string, ErrorClass][];

/** AsyncScopeError → ERR_ASYNC_SCOPE. */
const codeOf = (name: string) =>
  `ERR_${name
    .replace(/Error$/, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase()}`;

function thrownBy(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('every class', () => {
  test('is there: the refusals, the tape’s and the rules’', () => {
    const names = concrete.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['ShapeError', 'NoPathError', 'RuleError']));
    expect(names.length).toBeGreaterThanOrEqual(12);
  });

  test.each(concrete)('%s is an Error and a RetrogradError with its own name', (name, Kind) => {
    const error = new Kind('op: rule, got this. Do that.');
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(errors.RetrogradError);
    expect(error.name).toBe(name);
    expect(error.code).toBe(codeOf(name));
    expect(error.message).toBe('op: rule, got this. Do that.');
    expect(`${error}`).toBe(`${name}: op: rule, got this. Do that.`);
    expect(Object.keys(error)).not.toContain('name');
  });
});

describe('the stack', () => {
  // Not literal, or the compiler would be the one to complain.
  const pair: number[] = [1, 2];
  const triple: number[] = [1, 2, 3];
  const seven: number = 7;

  const firstFrame = (error: Error) =>
    (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line));

  test('begins with the class and the message', () => {
    const error = thrownBy(() => zeros([2, -1]));
    expect(error.stack?.startsWith(`ShapeError: ${error.message}`)).toBe(true);
  });

  test("has the user's line as its first frame", () => {
    const calls = [
      () => zeros([2, -1]),
      () => tensor(pair).add(tensor(triple)),
      () => grad((x) => x.mul(2))(tensor([1, 2])),
      () => tensor(pair, { requiresGrad: true }).sum(seven).backward(),
      () => pair.map(() => tensor(pair).sum(seven)),
    ];
    for (const call of calls) {
      expect(firstFrame(thrownBy(call))).toMatch(/test[\\/]errors\.test\.ts/);
    }
  });

  test('keeps the library between two frames of the user', () => {
    const error = thrownBy(() =>
      grad((x) => {
        zeros([-1]);
        return x.sum();
      })(tensor([1, 2])),
    );
    expect(error.stack).toMatch(/errors\.test\.ts.*src[\\/]transforms.*errors\.test\.ts/s);
  });

  test('finds the user through a chain of calls deeper than the limit, and restores the limit', () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 1;
    try {
      const error = thrownBy(() => tensor(pair).add(tensor(triple)));
      expect(firstFrame(error)).toMatch(/errors\.test\.ts/);
      expect(Error.stackTraceLimit).toBe(1);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });
});
