// A program in Chromium: found, bundled, served to one page after the other, and its reports collected.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A page that the program is run on. */
export interface Visit {
  readonly runsIn: 'page' | 'worker';
  /** What the page and its scripts are served with. */
  readonly headers: Readonly<Record<string, string>>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Less than a test may take: what is silent for so long hangs, and the browser is to be ended all the same. */
const LONGEST_MILLISECONDS = 25_000;

/** The browser, if one is installed. */
function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const path of NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there, then.
    }
  }
  return null;
}

/** The browser's path; skips the test that asks where there is none. */
export function chromiumOr(skip: (reason: string) => never): string {
  return findChromium() ?? skip(`no Chromium is on the PATH: looked for ${NAMES.join(', ')}`);
}

async function bundle(program: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(program)],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@retrograd/source'],
    write: false,
  });
  return outputFiles[0].text;
}

/** Starts the worker, and goes where it says. */
const STARTS_WORKER = `
const worker = new Worker('program.js', { type: 'module' });
worker.onmessage = ({ data }) => location.replace(data);
worker.onerror = ({ message }) => {
  const failure = 'the worker failed: ' + (message ?? 'it could not be loaded');
  void fetch('report', { method: 'POST', body: JSON.stringify({ failure }) });
};`;

const HTML = '<!doctype html><title>retrograd</title><script type="module" src="page.js"></script>';

/** What a page is made of, by name. */
function filesOf(program: string, { runsIn }: Visit): Readonly<Record<string, [string, string]>> {
  return {
    '': ['text/html', HTML],
    'page.js': ['text/javascript', runsIn === 'page' ? program : STARTS_WORKER],
    'program.js': ['text/javascript', program],
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  return body;
}

/** Page k is at /k/; a report is answered with the address of the next page. */
function serve(
  program: string,
  visits: readonly Visit[],
): { server: Server; all: Promise<unknown[]> } {
  const reports: unknown[] = [];
  let tell: (reports: unknown[]) => void;
  const all = new Promise<unknown[]>((resolve) => {
    tell = resolve;
  });
  const server = createServer(async (request, response) => {
    const [, folder, name = ''] = (request.url ?? '').split('/');
    const visit = visits[Number(folder)];
    if (request.method === 'POST') {
      reports.push(JSON.parse(await bodyOf(request)));
      response.end(reports.length < visits.length ? `/${reports.length}/` : '');
      if (reports.length === visits.length) tell(reports);
      return;
    }
    const [type, content] = (visit && filesOf(program, visit)[name]) ?? ['text/plain', ''];
    response.writeHead(content === '' ? 404 : 200, { 'Content-Type': type, ...visit?.headers });
    response.end(content);
  });
  return { server, all };
}

function open(chromium: string, url: string, profile: string): ChildProcess {
  const options = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--no-first-run',
    `--user-data-dir=${profile}`,
    url,
  ];
  return spawn(chromium, options, {
    stdio: 'ignore',
    timeout: LONGEST_MILLISECONDS,
    killSignal: 'SIGKILL',
  });
}

/** What the program, which calls `report`, reports from each page. */
export async function visitAll(
  chromium: string,
  program: URL,
  visits: readonly Visit[],
): Promise<unknown[]> {
  const { server, all } = serve(await bundle(program), visits);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const profile = mkdtempSync(join(tmpdir(), 'retrograd-browser-'));
  const { port } = server.address() as AddressInfo;
  const browser = open(chromium, `http://127.0.0.1:${port}/0/`, profile);
  const gone = once(browser, 'exit');
  const early = gone.then((): never => {
    throw new Error(`${chromium} ended before all pages had reported`);
  });
  try {
    return await Promise.race([all, early]);
  } finally {
    browser.kill('SIGKILL');
    await gone;
    server.closeAllConnections();
    server.close();
    // What the browser has started ends a little later, and writes until then.
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
