// The plan's own check: each way of breaking it is named, and a house that keeps it passes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../check-house.mjs', import.meta.url));
let house: string;

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'retrograd-house-'));
  put('package.json', '{ "packageManager": "pnpm@1.2.3", "devDependencies": { "pnpm": "1.2.3" } }');
});

afterEach(() => {
  rmSync(house, { recursive: true, force: true });
});

function put(path: string, text: string) {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}

function source(path: string, ...lines: string[]) {
  put(`packages/${path}`, ['// A room.', ...lines, ''].join('\n'));
}

function check() {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, house], {
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

describe('a house that keeps the plan', () => {
  it('passes, with imports that go down or stay', () => {
    source('autograd/src/tensor/tensor.ts', `import { ShapeError } from '../errors.js';`);
    source('autograd/src/errors.ts', 'export const ShapeError = 1;');
    source(
      'autograd/src/ops/add.ts',
      `import { x } from './mul.js';`,
      `export * from '../tape/a.js';`,
    );
    source('autograd/src/index.ts', `export { add } from './ops/add.js';`);
    source('nn/src/node/save.ts', `import { readFileSync } from 'node:fs';`);
    source(
      'nn/src/closed-form/recursion.ts',
      `import type { Tensor } from '@retrograd/autograd';`,
      `import { product } from './matrix.js';`,
    );
    source('nn/src/closed-form/matrix.ts', `export const product = 'a string, not a module';`);
    expect(check()).toEqual({ status: 0, said: "The house's plan holds in 7 files.\n" });
  });
});

describe('a house that breaks the plan', () => {
  const refused: [what: string, path: string, lines: string[], said: string][] = [
    [
      'an import that goes up',
      'autograd/src/tensor/tensor.ts',
      ['import {', '  add,', `} from '../ops/add.js';`],
      'packages/autograd/src/tensor/tensor.ts: imports ../ops/add.js, which goes up from tensor to ops',
    ],
    [
      'an export that goes up',
      'autograd/src/errors.ts',
      [`export { add } from './ops/add.js';`],
      'goes up from errors to ops',
    ],
    [
      'a type that goes up',
      'autograd/src/tape/node.ts',
      [`export type A = import('../ops/add.js').A;`],
      'goes up from tape to ops',
    ],
    [
      'an import of the front door',
      'autograd/src/ops/add.ts',
      [`import { tensor } from '../index.js';`],
      'goes up from ops to the front door',
    ],
    [
      'a folder that is on no floor',
      'autograd/src/utils/misc.ts',
      [`import { x } from './x.js';`],
      'packages/autograd/src/utils/misc.ts: stands on no floor of the plan',
    ],
    [
      'a package above',
      'autograd/src/ops/add.ts',
      [`import { dense } from '@retrograd/nn';`],
      'imports @retrograd/nn, a package above its own',
    ],
    [
      'a path into another package',
      'nn/src/layers/dense.ts',
      [`import { add } from '../../../autograd/src/ops/add.js';`],
      "outside its package's sources",
    ],
    [
      'Node in a room for browsers',
      'nn/src/layers/dense.ts',
      [`import 'node:fs';`],
      'imports node:fs, which a browser lacks',
    ],
    [
      'a closed form that runs the tape',
      'nn/src/closed-form/recursion-rows.ts',
      [`import { matmul } from '@retrograd/autograd';`],
      'runs @retrograd/autograd; the closed form imports only types from other packages',
    ],
    [
      'a file past its length',
      'nn/src/long.ts',
      Array<string>(400).fill('export {};'),
      'packages/nn/src/long.ts: 401 lines, at most 400 are allowed',
    ],
  ];

  it.each(refused)('is refused for %s', (_what, path, lines, said) => {
    source(path, ...lines);
    const answer = check();
    expect(answer.said).toContain(said);
    expect(answer.status).toBe(1);
  });

  it('is refused for a closed form that runs the tape by way of another file', () => {
    source('nn/src/closed-form/recursion.ts', `import { product } from '../product.js';`);
    source('nn/src/product.ts', `export { matmul as product } from '@retrograd/autograd';`);
    expect(check().said).toContain(
      'recursion.ts: runs @retrograd/autograd by way of packages/nn/src/product.ts',
    );
  });

  it('is refused for a file that does not say what it is', () => {
    put('packages/nn/src/silent.ts', 'export {};\n');
    expect(check().said).toContain('silent.ts: the first line must be a // comment');
  });

  it('is refused for two versions of pnpm', () => {
    put(
      'package.json',
      '{ "packageManager": "pnpm@1.2.3", "devDependencies": { "pnpm": "1.2.4" } }',
    );
    expect(check().said).toContain('packageManager is pnpm@1.2.3, devDependencies has pnpm@1.2.4');
  });
});
