// In a browser that allows WebAssembly and forbids eval, the engine in a worker: the figures of Node.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { type Learned, learn } from './learning.js';

const POLICY = "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

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

async function bundleWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@retrograd/source'],
    write: false,
  });
  return outputFiles[0].text;
}

/** Serves a page that starts the worker, and waits for what the worker posts. */
function serve(worker: string): { readonly server: Server; readonly learned: Promise<string> } {
  const files: Readonly<Record<string, readonly [type: string, content: string]>> = {
    '/': ['text/html', '<!doctype html><title>retrograd</title><script src="page.js"></script>'],
    '/page.js': ['text/javascript', "new Worker('worker.js', { type: 'module' });"],
    '/worker.js': ['text/javascript', worker],
  };
  let tell: (body: string) => void;
  const learned = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.setEncoding('utf8').on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        response.end();
        tell(body);
      });
      return;
    }
    const [type, content] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(content === '' ? 404 : 200, {
      'Content-Type': type,
      'Content-Security-Policy': POLICY,
    });
    response.end(content);
  });
  return { server, learned };
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
  return spawn(chromium, options, { stdio: 'ignore' });
}

async function learnInBrowser(chromium: string): Promise<Learned> {
  const { server, learned } = serve(await bundleWorker());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const profile = mkdtempSync(join(tmpdir(), 'retrograd-browser-'));
  const { port } = server.address() as AddressInfo;
  const browser = open(chromium, `http://127.0.0.1:${port}/`, profile);
  const gone = new Promise<void>((resolve) => {
    browser.once('exit', () => resolve());
  });
  const early = gone.then((): string => {
    throw new Error(`${chromium} ended before the worker had posted anything`);
  });
  try {
    return JSON.parse(await Promise.race([learned, early]));
  } finally {
    early.catch(() => {});
    browser.kill('SIGKILL');
    await gone;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

describe('in a browser', () => {
  const chromium = findChromium();

  it('a net learns in a worker what it learns in Node, without eval', async ({ skip }) => {
    if (chromium === null) skip(`no Chromium is on the PATH: looked for ${NAMES.join(', ')}`);
    const there = await learnInBrowser(chromium as string);
    expect(there).not.toHaveProperty('failure');
    const here = learn();
    expect(there.evaluates).toBe(false);
    expect(there.gemm).toBe('wasm');
    for (const losses of [there.eager, there.compiled, here.compiled]) {
      expect(losses).toHaveLength(here.eager.length);
      losses.forEach((loss, k) => {
        expect(Math.abs(loss - here.eager[k])).toBeLessThan(1e-10);
      });
    }
    expect(there.compiled.at(-1)).toBeLessThan(there.compiled[0]);
  });
});
