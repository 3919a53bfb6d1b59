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
  const time = details.median / operations;
  const verdict =
    limit === undefined ? '' : `${time <= limit ? 'within' : 'MISSES'} ${duration(limit)}`;
  return [name, duration(time), `± ${margin} %`, verdict];
});
const [names, times, margins] = [0, 1, 2].map((column) =>
  Math.max(...rows.map((row) => row[column].length)),
);
for (const [name, time, margin, verdict] of rows) {
  const line = `${name.padEnd(names)}  ${time.padStart(times)}  ${margin.padStart(margins)}  ${verdict}`;
  console.log(line.trimEnd());
}
console.log(`\nMedian times. Checksum ${checksum.toPrecision(6)}.`);
