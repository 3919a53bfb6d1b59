// Packs each public package as it would be published, and has publint, attw and a strict consumer judge it.
import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const consumer = mkdtempSync(join(tmpdir(), 'retrograd-consumer-'));
const failures = [];

try {
  const entries = [];
  for (const folder of ['autograd', 'nn']) entries.push(...(await checkPackage(folder)));
  checkImports(entries);
  checkTypes(entries);
} finally {
  rmSync(consumer, { recursive: true, force: true });
}

if (failures.length > 0) {
  console.error(failures.join('\n\n'));
  process.exit(1);
}

/** Packs, lints and unpacks one package; returns the specifiers that it exports. */
async function checkPackage(folder) {
  const source = join(root, 'packages', folder);
  const { name, version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  run('pnpm', ['pack', '--pack-destination', consumer], source);
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  const tarball = join(consumer, file);

  const bytes = readFileSync(tarball);
  const packed = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: packed }, strict: true });
  for (const message of messages) {
    // What is left out for a browser is a module within the package, which a condition on its exports can't reach.
    if (message.code === 'USE_EXPORTS_OR_IMPORTS_BROWSER') continue;
    failures.push(`publint, ${name}: ${formatMessage(message, pkg)}`);
  }
  run('attw', [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji'], source);

  const target = join(consumer, 'node_modules', ...name.split('/'));
  mkdirSync(target, { recursive: true });
  run('tar', ['-xzf', file, '-C', target, '--strip-components=1'], consumer);
  checkContents(name, target);
  for (const dependency of Object.keys(pkg.dependencies ?? {})) {
    const link = join(consumer, 'node_modules', ...dependency.split('/'));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(source, 'node_modules', dependency), link, 'junction');
  }
  console.log(`${name}: ${(packed.byteLength / 1024).toFixed(0)} kB packed`);
  return Object.keys(pkg.exports)
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => name + subpath.slice(1));
}

function checkContents(name, folder) {
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  for (const leak of ['@retrograd/source', 'workspace:']) {
    if (manifest.includes(leak)) failures.push(`${name}: the published package.json names ${leak}`);
  }
  const files = readdirSync(folder, { recursive: true }).map(String);
  for (const needed of [
    'LICENSE',
    'README.md',
    join('dist', 'index.js'),
    join('dist', 'index.d.ts'),
  ]) {
    if (!files.includes(needed)) failures.push(`${name}: the tarball lacks ${needed}`);
  }
  const tests = files.filter((file) => /\.test(-d)?\./.test(file));
  if (tests.length > 0) failures.push(`${name}: the tarball holds tests: ${tests.join(', ')}`);
}

/** Every entry loads in plain Node, from the tarballs alone. */
function checkImports(entries) {
  const program = entries.map((entry) => `await import('${entry}');`).join('\n');
  writeFileSync(join(consumer, 'imports.mjs'), program);
  run(process.execPath, ['imports.mjs'], consumer);
}

/** Every declaration holds without skipLibCheck, and without Node's types where Node isn't needed. */
function checkTypes(entries) {
  const browser = entries.filter((entry) => !entry.endsWith('/node'));
  const program = [
    ...browser.map((entry, i) => `import * as entry${i} from '${entry}';`),
    `export const entries = [${browser.map((_, i) => `entry${i}`).join(', ')}];`,
    `import { tensor } from '@retrograd/autograd';`,
    'const product = tensor([[1, 2], [3, 4]]).matmul(tensor([[1], [1]])).tanh();',
    'export const shape: readonly [2, 1] = product.shape;',
  ];
  const compilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: false,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'dom'],
    types: [],
  };
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(consumer, 'types.ts'), program.join('\n'));
  const project = JSON.stringify({ compilerOptions, files: ['types.ts'] });
  writeFileSync(join(consumer, 'tsconfig.json'), project);
  run('tsc', ['-p', consumer], consumer);
}

/** Runs a command of the workspace's own; what it printed is shown only where it failed. */
function run(command, args, cwd) {
  const windows = process.platform === 'win32' && command !== process.execPath && command !== 'tar';
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: windows,
    env: {
      ...process.env,
      PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    },
  });
  if (status !== 0) {
    failures.push(
      `${[command, ...args].join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}`.trim(),
    );
  }
}
