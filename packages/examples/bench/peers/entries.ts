// Who is asked to take part, and which columns are compared.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Entry } from './contender.js';
import type { Comparison } from './figures.js';
import { PYTHON_DRIVERS } from './install.js';

const node = (folder: string, driver: string, ...args: string[]) => ({
  command: process.execPath,
  args: [join(folder, `${driver}.mjs`), ...args],
});

/** TF.js in plain JavaScript takes a tenth of a second for this many. */
const SMALL = 2e8;

function ours(folder: string): Entry[] {
  return ['compiled', 'eager'].flatMap((mode) =>
    ['blas', 'wasm'].map((gemm) => ({
      lib: 'retrograd',
      variant: () => `${mode} ${gemm}`,
      ...node(folder, 'retrograd', mode, gemm),
      ...(gemm === 'wasm' ? { env: { RETROGRAD_BLAS: 'off' } } : {}),
    })),
  );
}

function javascript(folder: string, missing: string | null): Entry[] {
  const tf = (backend: string): Entry => ({
    lib: 'TF.js',
    variant: (version) => `${version} ${backend}`,
    ...node(folder, 'tfjs', backend),
    ...(backend === 'cpu' ? { flops: SMALL } : {}),
    missing,
  });
  const jax: Entry = {
    lib: 'jax-js',
    variant: (version) => `${version} wasm jit`,
    ...node(folder, 'jaxjs'),
    missing,
  };
  return [tf('wasm'), tf('cpu'), jax];
}

/** What is started over and over until its first gradient. */
export interface Starter {
  readonly lib: string;
  readonly variant: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly missing: string | null;
}

/** A bare process first, then ours. */
export function starters(folder: string, missing: string | null): Starter[] {
  const script = (lib: string, name: string, reason: string | null): Starter => ({
    lib,
    variant: 'bundled',
    ...node(join(folder, 'start'), name),
    missing: reason,
  });
  const bare: Starter = {
    lib: 'Node',
    variant: process.versions.node,
    command: process.execPath,
    args: ['--input-type=module', '--eval', "console.log('[]')"],
    missing: null,
  };
  const found = interpreters();
  const snake = (lib: string, module: string, driver: string): Starter[] => {
    const args = [join(PYTHON_DRIVERS, 'start', driver)];
    const variant = 'Python';
    return able(found, module).map((each) => ({ lib, variant, args, ...each }));
  };
  return [
    bare,
    script('retrograd', 'retrograd', null),
    script('jax-js', 'jaxjs', missing),
    script('TF.js', 'tfjs', missing),
    ...snake('PyTorch', 'torch', 'pytorch.py'),
    ...snake('JAX', 'jax', 'jax_xla.py'),
  ];
}

/** Interpreters that differ; the first of those that are the same. */
function interpreters(): string[] {
  const seen = new Map<string, string>();
  for (const command of ['/usr/bin/python3', 'python3', 'python']) {
    const { status, stdout } = spawnSync(command, ['-c', 'import sys; print(sys.prefix)'], {
      encoding: 'utf8',
    });
    if (status === 0 && !seen.has(stdout)) seen.set(stdout, command);
  }
  return [...seen.values()];
}

const has = (python: string, module: string): boolean =>
  spawnSync(python, ['-c', `import ${module}`]).status === 0;

/** The interpreters that have a module, or one that says why there is none. */
function able(found: readonly string[], module: string) {
  const having = found.filter((each) => has(each, module));
  if (having.length > 0) return having.map((command) => ({ command, missing: null }));
  const missing =
    found.length === 0
      ? 'there is no Python'
      : `none of ${found.join(', ')} has the module ${module}`;
  return [{ command: 'python3', missing }];
}

function python(): Entry[] {
  const found = interpreters();
  const entry = (lib: string, module: string, driver: string, note: string, args: string[]) => {
    const threads = /(\d+) threads?$/.exec(note)?.[1];
    const env: Record<string, string> =
      threads === undefined ? {} : { OMP_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads };
    return able(found, module).map((each) => ({
      lib,
      variant: (version: string) => `${version} ${note}`.trim(),
      args: [join(PYTHON_DRIVERS, driver), ...args],
      env,
      ...each,
    }));
  };
  return [
    ...entry('PyTorch', 'torch', 'pytorch.py', 'eager, 1 thread', ['eager', '1']),
    ...entry('PyTorch', 'torch', 'pytorch.py', 'eager, 2 threads', ['eager', '2']),
    ...entry('PyTorch', 'torch', 'pytorch.py', 'torch.compile, 2 threads', ['compile', '2']),
    ...entry('JAX', 'jax', 'jax_xla.py', 'XLA jit', []),
  ];
}

/** Everybody, ours first: their losses are what the others are held to. */
export function entries(folder: string, missing: string | null): Entry[] {
  return [...ours(folder), ...javascript(folder, missing), ...python()];
}

/** Who trains on digits. */
export function trainers(folder: string): Entry[] {
  const own = ['blas', 'wasm'].map((gemm) => ({
    lib: 'retrograd',
    variant: () => `compiled ${gemm}`,
    ...node(folder, 'digits', gemm),
    ...(gemm === 'wasm' ? { env: { RETROGRAD_BLAS: 'off' } } : {}),
  }));
  const theirs = able(interpreters(), 'sklearn').map((each) => ({
    lib: 'scikit-learn',
    variant: (version: string) => version,
    args: [join(PYTHON_DRIVERS, 'scikit_learn.py')],
    ...each,
  }));
  return [...own, ...theirs];
}

/** Natively computed products are compared with BLAS, WebAssembly with WebAssembly. */
export const COMPARISONS: readonly Comparison[] = [
  {
    title: 'PyTorch eager',
    lib: 'PyTorch',
    matches: (variant) => variant.includes('eager'),
    against: 'blas',
  },
  {
    title: 'torch.compile',
    lib: 'PyTorch',
    matches: (variant) => variant.includes('torch.compile'),
    against: 'blas',
  },
  { title: 'JAX', lib: 'JAX', matches: () => true, against: 'blas' },
  { title: 'jax-js', lib: 'jax-js', matches: () => true, against: 'wasm' },
  {
    title: 'TF.js wasm',
    lib: 'TF.js',
    matches: (variant) => variant.endsWith('wasm'),
    against: 'wasm',
  },
  {
    title: 'TF.js cpu',
    lib: 'TF.js',
    matches: (variant) => variant.endsWith('cpu'),
    against: 'wasm',
  },
];
