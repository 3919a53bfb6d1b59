// Where the peers live: a folder of their own outside the workspace, filled by npm, with the drivers bundled beside them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** About 300 MB. */
const PEERS = {
  '@jax-js/jax': '0.1.25',
  '@tensorflow/tfjs': '4.22.0',
  '@tensorflow/tfjs-backend-wasm': '4.22.0',
};

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** How our own modules are found. Optional packages are looked for from where the library stands, not from its bundle. */
const FROM_SOURCE = {
  conditions: ['@retrograd/source'],
  define: {
    'import.meta.url': JSON.stringify(
      new URL('../../../autograd/src/index.ts', import.meta.url).href,
    ),
  },
};

/** The folder of the drivers in Python, which run where they stand. */
export const PYTHON_DRIVERS = here('./drivers/');

/** `retrograd-peers` in the user's cache. */
export function peersFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'retrograd-peers');
}

/** Installs what isn't there in exactly these versions. Returns why that failed, or null. */
export function installPeers(folder: string): string | null {
  mkdirSync(folder, { recursive: true });
  const wanted = `${JSON.stringify({ private: true, dependencies: PEERS }, null, 2)}\n`;
  const stamp = join(folder, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return null;
  process.stderr.write(`Installing the peers into ${folder}; this happens once.\n`);
  writeFileSync(join(folder, 'package.json'), wanted);
  const runner = process.env.npm_execpath ?? '';
  const [command, ...prefix] =
    basename(runner) === 'npm-cli.js' ? [process.execPath, runner] : ['npm'];
  const options = ['--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, stderr, error } = spawnSync(command, [...prefix, 'install', ...options], {
    cwd: folder,
    encoding: 'utf8',
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (status !== 0) {
    const said = `${stderr ?? ''}\n${error?.message ?? ''}`.trim().split('\n')[0];
    return `npm could not install it (${said || `status ${status}`})`;
  }
  writeFileSync(stamp, wanted);
  return null;
}

/** The drivers in JavaScript as plain modules, ours with the whole library in it, as it is shipped. */
export async function bundleDrivers(folder: string): Promise<void> {
  const common = {
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  } as const;
  await build({
    ...common,
    entryPoints: ['tfjs', 'jaxjs'].map((name) => here(`./drivers/${name}.mjs`)),
    external: Object.keys(PEERS),
  });
  await build({ ...common, ...FROM_SOURCE, entryPoints: [here('./drivers/retrograd.ts')] });
}

/** What trains on digits, as a plain module with the whole library in it. */
export async function bundleTrainer(folder: string): Promise<void> {
  await build({
    ...FROM_SOURCE,
    outfile: join(folder, 'digits.mjs'),
    entryPoints: [here('./drivers/digits.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
}

/** What is started over and over, each with its library in it. Returns why that failed for the peers, or null. */
export async function bundleStarters(folder: string): Promise<string | null> {
  const common = {
    outdir: join(folder, 'start'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  } as const;
  await build({ ...common, ...FROM_SOURCE, entryPoints: [here('./drivers/start/retrograd.ts')] });
  try {
    await build({
      ...common,
      entryPoints: ['tfjs', 'jaxjs'].map((name) => here(`./drivers/start/${name}.mjs`)),
      mainFields: ['module', 'main'],
      // What is left of CommonJS in them asks for Node's own modules.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
      nodePaths: [join(folder, 'node_modules')],
    });
    return null;
  } catch (error) {
    return `it could not be bundled (${String(error).split('\n')[0]})`;
  }
}
