// The READMEs: every program in them compiles, runs, and prints what it says; every export is in a table.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as autograd from '@retrograd/autograd';
import * as autogradTesting from '@retrograd/autograd/testing';
import * as nn from '@retrograd/nn';
import * as closedForm from '@retrograd/nn/closed-form';
import * as node from '@retrograd/nn/node';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../autograd/test/types/compiler.js';
import { blocksOf, root, run } from './blocks.js';

const READMES = [
  'README.md',
  'packages/autograd/README.md',
  'packages/nn/README.md',
  'packages/examples/README.md',
];

describe.each(READMES)('%s', async (readme) => {
  const blocks = await blocksOf(readme);
  const nameOf = (line: number) => `${readme.replaceAll(/\W/g, '-')}-${line}`;

  it('has programs', () => {
    expect(blocks.length).toBeGreaterThan(0);
  });

  it('shows programs that compile', async () => {
    const said = await compile(
      Object.fromEntries(blocks.map(({ line, code }) => [nameOf(line), code])),
    );
    expect([...said].filter(([, text]) => text !== '')).toEqual([]);
  });

  it.each(blocks)('prints at line $line what it says', async ({ line, code, output }) => {
    expect(await run(nameOf(line), code)).toBe(output);
  });
});

/** The names in backquotes. */
async function namesIn(readme: string): Promise<Set<string>> {
  const text = await readFile(join(root, readme), 'utf8');
  return new Set([...text.matchAll(/`(\w+)`/g)].map((match) => match[1]));
}

describe('the tables of exports', () => {
  it('of autograd are complete', async () => {
    const named = await namesIn('packages/autograd/README.md');
    const exported = [...Object.keys(autograd), ...Object.keys(autogradTesting)];
    expect(exported.filter((name) => !named.has(name))).toEqual([]);
  });

  it('of nn are complete', async () => {
    const named = await namesIn('packages/nn/README.md');
    const exported = [nn, closedForm, node].flatMap(Object.keys);
    expect(exported.filter((name) => !named.has(name))).toEqual([]);
  });
});
