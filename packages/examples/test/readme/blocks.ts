// The programs in a README: its TypeScript blocks, and the output that each claims to have.

import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../../..');

export interface Block {
  /** The line of the README that the block begins at. */
  readonly line: number;
  readonly code: string;
  /** What the lines that begin with `// →` say that it prints. */
  readonly output: string;
}

/** Every block that is fenced as ```ts. */
export async function blocksOf(readme: string): Promise<Block[]> {
  const text = await readFile(join(root, readme), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => {
    const code = match[1];
    const claimed = code.split('\n').filter((line) => line.startsWith('// →'));
    return {
      line: text.slice(0, match.index).split('\n').length,
      code,
      output: claimed.map((line) => line.slice('// → '.length)).join('\n'),
    };
  });
}

/** Runs a program as a newcomer would, within the workspace, and returns what it prints. */
export async function run(name: string, code: string): Promise<string> {
  const folder = join(root, 'packages/examples/.readme');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${name}.ts`);
  await writeFile(file, code);
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  try {
    return await new Promise((done, fail) => {
      execFile(
        process.execPath,
        ['--conditions=@retrograd/source', '--import', tsx, file],
        { cwd: root },
        (error, stdout, stderr) => (error ? fail(new Error(stderr)) : done(stdout.trimEnd())),
      );
    });
  } finally {
    await rm(file);
  }
}
