// Every refusal: its class and its message; and that no throw of the operations is left without one.
import { readdirSync, readFileSync } from 'node:fs';
import * as library from '@retrograd/autograd';
import {
  AxisError,
  defineElementwise,
  defineOp,
  grad,
  RetrogradError,
  RuleError,
  type Tensor,
  tensor,
} from '@retrograd/autograd';
import { type ErrorSample, errorSamples } from '@retrograd/autograd/testing';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../src/ops/', import.meta.url);

/** What `run` throws. */
function thrownBy(run: () => unknown): RetrogradError {
  try {
    run();
  } catch (error) {
    if (error instanceof RetrogradError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Refusals of what is declared wrongly, which no built-in operation can show. */
const declarationErrors: readonly ErrorSample[] = [
  {
    op: 'defineOp',
    name: 'a forward that returns no tensor',
    run: () => defineOp({ name: 'bad', forward: () => 3 as never, vjp: (g) => g })(1),
    error: RuleError,
    message: /^bad: forward returns a tensor, got number\. Use defineMultiOp for several outputs\./,
  },
];

describe('refused, in the words of the error, is', () => {
  it.each(
    [...errorSamples, ...declarationErrors].map(
      (sample) => [sample.op, sample.name, sample] as const,
    ),
  )('by %s: %s', (_op, _name, { run, error, message }) => {
    const thrown = thrownBy(run);
    expect(thrown).toBeInstanceOf(error);
    expect(thrown.name).toBe(error.name);
    expect(thrown.message).toMatch(message);
  });
});

describe('a message', () => {
  const said = errorSamples.map(({ op, run }) => ({ op, message: thrownBy(run).message }));

  it('begins with an operation that the caller knows', () => {
    const names = new Set(Object.keys(library));
    for (const { message } of said) expect(names).toContain(message.split(':')[0]);
  });

  it('says what was got, then a likely fix in a sentence', () => {
    for (const { message } of said) expect(message).toMatch(/^\w+: .+\. [A-Z][^.]*.*\.$/);
  });

  it('does not repeat the name of its class', () => {
    for (const { message } of said) expect(message).not.toMatch(/Error/);
  });
});

/** Every `throw new XError(…)` of a source file, as its class and a pattern for its message. */
function throwsOf(file: string): { where: string; error: string; pattern: RegExp }[] {
  const text = readFileSync(new URL(file, folder), 'utf8');
  return [...text.matchAll(/throw new (\w+Error)\(\s*([`'])((?:\\.|(?!\2).)*)\2/gs)].map(
    (match) => {
      const [, error, , words] = match;
      const parts = words
        .split(/\$\{[^}]*\}/)
        .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return {
        where: `${file}: ${words}`,
        error,
        pattern: new RegExp(`^${parts.join('.*')}`, 's'),
      };
    },
  );
}

describe('the operations', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const thrown = [...errorSamples, ...declarationErrors].map(({ run }) => thrownBy(run));

  it('throw nothing that no sample shows', () => {
    const all = files.flatMap(throwsOf);
    expect(all.length).toBeGreaterThan(20);
    const unseen = all.filter(
      ({ error, pattern }) => !thrown.some((e) => e.name === error && pattern.test(e.message)),
    );
    expect(unseen.map(({ where }) => where)).toEqual([]);
  });

  it('throw only errors of the library', () => {
    for (const file of files) {
      const classes = readFileSync(new URL(file, folder), 'utf8').matchAll(/throw new (\w+)\(/g);
      for (const [, name] of classes) expect(library).toHaveProperty(name);
    }
  });

  it('refuse in a method what they refuse as a function', () => {
    const x = tensor([1, 2, 3]) as Tensor;
    expect(() => x.sum(1)).toThrow(AxisError);
    expect(() => x.sum(1)).toThrow(/^sum: axes run from -1 to 0, got 1\./);
  });

  it('refuse while being differentiated, too', () => {
    const run = () => grad((x: Tensor) => x.matmul(x).sum())(tensor([[1, 2, 3]]) as Tensor);
    expect(run).toThrow(/^matmul: inner dimensions 3 and 1 differ/);
  });

  it('name a new operation by the name that it was given', () => {
    const mish = defineElementwise('mish', (x) => x.mul(x.softplus().tanh()));
    expect(() => mish()).toThrow(/^mish: takes 1 operands, got 0\./);
  });
});
