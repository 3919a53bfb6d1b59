// How many bytes a page pays for a library: bundled and minified by esbuild, then gzipped.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Absence } from './page.js';

/** In bytes. */
export interface Bundle {
  readonly name: string;
  readonly minified: number;
  readonly gzipped: number;
}

interface Program {
  readonly name: string;
  readonly source: string;
  readonly ours: boolean;
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'retrograd: tensor, grad and a method call',
    source: `
      import { grad, tensor } from '@retrograd/autograd';
      const slope = grad((x) => x.matmul(x).sum());
      console.log(slope(tensor([[1, 2], [3, 4]])).toArray());`,
    ours: true,
  },
  {
    name: 'retrograd: all of autograd',
    source: "export * from '@retrograd/autograd';",
    ours: true,
  },
  {
    name: 'retrograd: all of autograd and nn',
    source: "export * as autograd from '@retrograd/autograd'; export * as nn from '@retrograd/nn';",
    ours: true,
  },
  { name: 'jax-js: all', source: "export * from '@jax-js/jax';", ours: false },
  {
    name: 'TF.js: core, its gradients and the wasm backend',
    source: `
      import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
      export * from '@tensorflow/tfjs-core';
      export * from '@tensorflow/tfjs-backend-wasm';`,
    ours: false,
  },
];

/** Beside its bundle, TF.js loads one of its binaries. */
const BINARY = join('@tensorflow', 'tfjs-backend-wasm', 'wasm-out', 'tfjs-backend-wasm-simd.wasm');

const measured = (name: string, contents: Uint8Array): Bundle => ({
  name,
  minified: contents.byteLength,
  gzipped: gzipSync(contents, { level: 9 }).byteLength,
});

async function bundled({ name, source, ours }: Program, folder: string): Promise<Bundle> {
  const examples = fileURLToPath(new URL('../../', import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: ours ? examples : folder },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ours ? ['@retrograd/source'] : [],
    write: false,
    logLevel: 'silent',
  });
  return measured(name, outputFiles[0].contents);
}

/** All that could be bundled, and who couldn't, since it isn't installed. */
export async function bundles(
  folder: string,
  missing: string | null,
): Promise<{ sizes: Bundle[]; absent: Absence[] }> {
  const sizes: Bundle[] = [];
  const absent: Absence[] = [];
  for (const program of PROGRAMS) {
    try {
      if (!program.ours && missing !== null) throw new Error(missing);
      sizes.push(await bundled(program, folder));
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
      absent.push({ name: `${program.name}, bundled`, reason });
    }
  }
  if (missing === null) {
    const contents = readFileSync(join(folder, 'node_modules', BINARY));
    sizes.push(measured('TF.js: its binary with SIMD, loaded beside it', contents));
  }
  return { sizes, absent };
}
