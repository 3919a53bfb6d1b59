// Runs the TypeScript compiler on small programs and returns what it prints about each.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin/tsc',
);

const CONFIG = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    noEmit: true,
    typeRoots: [join(root, 'node_modules/@types')],
    // The programs lie outside the workspace; the packages' own imports of each other are found like this too.
    paths: {
      '@retrograd/autograd': [join(root, 'packages/autograd/src/index.ts')],
      '@retrograd/nn': [join(root, 'packages/nn/src/index.ts')],
      '@retrograd/nn/closed-form': [join(root, 'packages/nn/src/closed-form/index.ts')],
    },
  },
};

function run(folder: string): Promise<string> {
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [tsc, '-p', folder, '--pretty', 'false'],
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') fail(error);
        else done(stdout + stderr);
      },
    );
  });
}

/**
 * Compiles every program, given by name, in one go.
 * @returns by name, what the compiler says of it: '' where it compiles. What it says of anything else is under ''.
 */
export async function compile(programs: Record<string, string>): Promise<Map<string, string>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'retrograd-types-')));
  try {
    await mkdir(join(folder, 'programs'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ ...CONFIG, include: ['programs'] }),
    );
    for (const [name, text] of Object.entries(programs)) {
      await writeFile(join(folder, 'programs', `${name}.ts`), text);
    }
    const said = new Map([['', ''], ...Object.keys(programs).map((name) => [name, ''] as const)]);
    let current = '';
    for (const line of (await run(folder)).split('\n')) {
      // A message begins with its file; what belongs to it follows, indented.
      if (!/^\s/.test(line)) current = /programs\/([\w-]+)\.ts\(/.exec(line)?.[1] ?? '';
      if (line !== '') said.set(current, `${said.get(current) ?? ''}${line}\n`);
    }
    return said;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
