// Holds the sources to the house's plan: floors, first lines, lengths, and a closed form free of the tape.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAX_LINES = 400;

/** autograd from the ground up: a file imports from its own floor or from one before it. */
const FLOORS = [
  'errors',
  'tensor',
  'scalar',
  'kernels',
  'tape',
  'ops',
  'transforms',
  'compile',
  'inspect',
  'testing',
];

/** The packages from the ground up, by folder. */
const PACKAGES = ['autograd', 'nn', 'examples'];

/** Where Node may be named; everything else in the published packages runs in a browser too. */
const NODE_ROOMS = ['packages/nn/src/node/', 'packages/examples/'];

/** What computes the recursion: nothing it runs may come from the tape's package. */
const RECURSION =
  /^packages\/nn\/src\/closed-form\/(recursion[^/]*|activations|matrix|losses)\.ts$/;

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
const complaints = [];
const complain = (file, message) => complaints.push(`${file}: ${message}`);

const sources = new Map();
for (const file of PACKAGES.flatMap((name) => filesBelow(`packages/${name}`))) {
  if (/\.m?[jt]s$/.test(file)) sources.set(file, readSource(file));
}

for (const [file, { lines, opening, imports }] of sources) {
  if (lines > MAX_LINES) complain(file, `${lines} lines, at most ${MAX_LINES} are allowed`);
  if (!file.split('/').includes('src')) continue;
  if (!/^\/\/ \S/.test(opening))
    complain(file, 'the first line must be a // comment saying what it is');
  for (const imported of imports) checkImport(file, imported);
  if (RECURSION.test(file)) checkIndependence(file);
}
checkVersions();

if (complaints.length > 0) {
  console.error(complaints.sort().join('\n'));
  console.error(`\nThe house's plan is broken in ${complaints.length} places.`);
  process.exit(1);
}
console.log(`The house's plan holds in ${sources.size} files.`);

function checkImport(file, { specifier }) {
  const home = PACKAGES.indexOf(file.split('/')[1]);
  if (specifier.startsWith('node:')) {
    if (!NODE_ROOMS.some((room) => file.startsWith(room))) {
      complain(file, `imports ${specifier}, which a browser lacks`);
    }
    return;
  }
  const [, scoped] = /^@retrograd\/([^/]+)/.exec(specifier) ?? [];
  if (scoped !== undefined) {
    const there = PACKAGES.indexOf(scoped);
    if (there < 0) complain(file, `imports ${specifier}, an unknown package`);
    if (there > home) complain(file, `imports ${specifier}, a package above its own`);
    if (there === home) complain(file, `imports ${specifier}, its own package, by name`);
    return;
  }
  const target = resolveRelative(file, specifier);
  if (target === undefined) return;
  if (PACKAGES.indexOf(target.split('/')[1]) !== home || !target.includes('/src/')) {
    complain(file, `imports ${specifier}, which is outside its package's sources`);
    return;
  }
  if (home !== 0) return;
  const [from, to] = [floorOf(file), floorOf(target)];
  if (from === undefined || to === undefined) return;
  if (to > from)
    complain(
      file,
      `imports ${specifier}, which goes up from ${FLOORS[from]} to ${FLOORS[to] ?? 'the front door'}`,
    );
}

/** The index of a file's floor; the package's own index.ts stands above them all. */
function floorOf(file) {
  const [room] = file.slice('packages/autograd/src/'.length).split('/');
  const name = room.replace(/\.ts$/, '');
  if (name === 'index') return FLOORS.length;
  const floor = FLOORS.indexOf(name);
  if (floor >= 0) return floor;
  complain(file, `stands on no floor of the plan (${FLOORS.join(' < ')})`);
  return undefined;
}

/** Follows what the file runs: a package reached on the way would let the tape vouch for itself. */
function checkIndependence(file) {
  const seen = new Set([file]);
  for (const current of seen) {
    for (const { specifier, typeOnly } of sources.get(current)?.imports ?? []) {
      if (typeOnly) continue;
      const target = resolveRelative(current, specifier);
      if (target !== undefined) seen.add(target);
      else if (!specifier.startsWith('node:')) {
        const route = current === file ? '' : ` by way of ${current}`;
        complain(
          file,
          `runs ${specifier}${route}; the closed form imports only types from other packages`,
        );
      }
    }
  }
}

/** One pnpm everywhere: another version is refused for its signature. */
function checkVersions() {
  const { packageManager, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json')));
  const installed = `pnpm@${devDependencies.pnpm}`;
  if (packageManager !== installed) {
    complain(
      'package.json',
      `packageManager is ${packageManager}, devDependencies has ${installed}`,
    );
  }
}

function resolveRelative(file, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts');
}

function readSource(file) {
  const text = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n');
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  const imports = [];
  const statements = /^(?:import|export)\s+(type\s)?(?:[\w\s{},*$]*?\bfrom\s+)?'([^']+)'/gm;
  for (const [, typeOnly, specifier] of text.matchAll(statements)) {
    imports.push({ specifier, typeOnly: typeOnly !== undefined });
  }
  for (const [, before, specifier] of text.matchAll(/^(.*)\bimport\('([^']+)'\)/gm)) {
    imports.push({ specifier, typeOnly: !/\bawait\s*$|=\s*$|\breturn\s*$|\(\s*$/.test(before) });
  }
  return { lines, opening: text.slice(0, text.indexOf('\n')), imports };
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
