// The set-up before start, test and bench: installs only what the lockfile says is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A machine without a network hears so within seconds, not after the clients' minutes of retries. */
const PATIENCE = [
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=2000',
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (...path) => {
  const file = join(root, ...path);
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : '';
};

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old: version 20.19 or later is needed.`);
}

const installed = read('node_modules', '.pnpm', 'lock.yaml');
if (installed !== read('pnpm-lock.yaml')) install();

function install() {
  process.stderr.write(
    installed
      ? 'Bringing the dependencies up to the lockfile.\n'
      : 'Installing the dependencies; this happens once.\n',
  );
  const [command, ...prefix] = packageManager();
  const options = ['--frozen-lockfile', '--prefer-offline', '--prod=false', ...PATIENCE];
  const { status, stdout, stderr, error } = spawnSync(
    command,
    [...prefix, 'install', ...options, '--config.confirmModulesPurge=false'],
    { cwd: root, encoding: 'utf8', shell: command === 'npx' && process.platform === 'win32' },
  );
  if (status === 0) return;
  const output = `${stdout ?? ''}\n${stderr ?? ''}\n${error?.message ?? ''}`;
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH/.exec(output);
  if (!offline) fail(`The dependencies could not be installed.\n${output.trim()}`);
  if (!installed) {
    fail(
      `The dependencies are not installed and there is no network (${offline[0]}). Connect, then run this again.`,
    );
  }
  process.stderr.write(
    `No network (${offline[0]}): going on with the dependencies of an older lockfile.\n`,
  );
}

/** The command that runs the exact pnpm which package.json names, wherever it can be found. */
function packageManager() {
  const wanted = JSON.parse(read('package.json')).packageManager;
  const local = read('node_modules', 'pnpm', 'package.json');
  if (local && `pnpm@${JSON.parse(local).version}` === wanted) {
    return [process.execPath, join(root, 'node_modules', 'pnpm', 'bin', 'pnpm.cjs')];
  }
  const runner = process.env.npm_execpath ?? '';
  if (basename(runner).startsWith('pnpm')) return [process.execPath, runner];
  const npx = ['--yes', ...PATIENCE];
  if (basename(runner) === 'npm-cli.js') {
    return [process.execPath, runner, 'exec', ...npx, '--', wanted];
  }
  return ['npx', ...npx, wanted];
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
