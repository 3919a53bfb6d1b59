// The benchmarks: `npm run bench` times each case with benny and prints a table; words pick cases by their names.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import benny from 'benny';
import { build } from 'esbuild';
import { type Case, duration } from './case.js';

/** The cases as plain bundled JavaScript, as they are shipped: the names that tsx keeps cost time in hot loops. */
async function bundledCases(): Promise<readonly Case[]> {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-bench-'));
  try {
    const outfile = join(folder, 'cases.mjs');
    await build({
      entryPoints: [fileURLToPath(new URL('./cases.ts', import.meta.url))],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['@retrograd/source'],
      // Optional packages are looked for from where the library stands, not from where its bundle lies.
      define: {
        'import.meta.url': JSON.stringify(
          new URL('../../autograd/src/index.ts', import.meta.url).href,
        ),
      },
    });
    return (await import(pathToFileURL(outfile).href)).cases;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const cases = (await bundledCases()).filter(({ name }) =>
  words.every((word) => name.toLowerCase().includes(word)),
);
if (cases.length === 0) {
  console.error(`No benchmark is called ${words.join(' ')}.`);
  process.exit(1);
}

/** Everything that is computed ends up in here, and is printed: an engine can leave nothing out. */
let checksum = 0;

const timed = cases.map(({ name, run }) =>
  benny.add(name, () => {
    checksum += run();
  }),
);
const { results } = await benny.suite('retrograd', ...timed);

const rows = results.map(({ details, margin }, i) => {
  const { name, operations, limit } = cases[i];
  const median = details.median / operations;
  // What other programs take away is no cost of the operation's: the best sample is held to the limit.
  const best = details.min / operations;
  const verdict =
    limit === undefined ? '' : `${best <= limit ? 'within' : 'MISSES'} ${duration(limit)}`;
  return [name, duration(median), `± ${margin} %`, duration(best), verdict];
});
const HEAD = ['', 'median', '', 'best', ''];
const widths = HEAD.map((title, column) =>
  Math.max(title.length, ...rows.map((row) => row[column].length)),
);
for (const row of [HEAD, ...rows]) {
  const [name, ...figures] = row.map((text, column) =>
    column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]),
  );
  console.log([name, ...figures].join('  ').trimEnd());
}
console.log(`\nChecksum ${checksum.toPrecision(6)}.`);
