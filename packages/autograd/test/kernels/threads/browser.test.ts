// Tests of threads in a browser: where its rules allow them they take part, elsewhere one thread gives the same bits.
import { expect, test } from 'vitest';
import { chromiumOr, type Visit, visitAll } from '../../browser/chromium.js';
import type { Report } from './programs/browser.js';

const PROGRAM = new URL('./programs/browser.ts', import.meta.url);

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const policy = (workers: string): Record<string, string> => ({
  'Content-Security-Policy': `default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src ${workers}`,
});

const VISITS = {
  isolated: { runsIn: 'worker', headers: { ...ISOLATION, ...policy("'self' blob:") } },
  withoutBlobs: { runsIn: 'worker', headers: { ...ISOLATION, ...policy("'self'") } },
  notIsolated: { runsIn: 'worker', headers: policy("'self' blob:") },
  page: { runsIn: 'page', headers: { ...ISOLATION, ...policy("'self' blob:") } },
} as const satisfies Record<string, Visit>;

type Reports = Readonly<Record<keyof typeof VISITS, Report>>;

let visits: Promise<Reports> | null = null;

async function visitThem(chromium: string): Promise<Reports> {
  const reports = await visitAll(chromium, PROGRAM, Object.values(VISITS));
  for (const report of reports) expect(report).not.toHaveProperty('failure');
  return Object.fromEntries(Object.keys(VISITS).map((name, k) => [name, reports[k]])) as Reports;
}

/** What was seen, by one browser for all tests. */
function seen(skip: (reason: string) => never): Promise<Reports> {
  visits ??= visitThem(chromiumOr(skip));
  return visits;
}

test('a worker of an isolated page shares its work, with the same bits', async ({ skip }) => {
  const { results, ...isolated } = (await seen(skip)).isolated;
  expect(isolated).toEqual({
    ...{ isolated: true, settable: true, threads: 2, workers: 1, takers: [1, 2] },
    ...{ engines: ['threads', 'wasm'], forbidden: [], stray: [] },
  });
  const [beforeWorkers, onOne, onTwo] = results;
  expect(onOne).toEqual(beforeWorkers);
  expect(onTwo).toEqual(beforeWorkers);
});

test('a policy that forbids workers from blobs leaves the work to one thread', async ({ skip }) => {
  const { withoutBlobs, isolated } = await seen(skip);
  expect(withoutBlobs).toMatchObject({ isolated: true, settable: true, workers: 0, takers: [1] });
  expect(withoutBlobs).toMatchObject({ forbidden: ['blob'], stray: [] });
  expect(withoutBlobs.results).toEqual(isolated.results);
});

test.for([
  ['the worker of a page that is not isolated', 'notIsolated', false],
  ['an isolated page itself', 'page', true],
] as const)('%s computes alone, with the same bits', async ([, name, isolated], { skip }) => {
  const reports = await seen(skip);
  const { results, ...alone } = reports[name];
  expect(alone).toEqual({
    ...{ isolated, settable: false, threads: 1, workers: 0, takers: [] },
    ...{ engines: ['wasm'], forbidden: [], stray: [] },
  });
  expect(results).toEqual([reports.isolated.results[0]]);
});
