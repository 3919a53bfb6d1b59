// `npm run bench:peers`: ours and theirs, in turn in one go. Options: --rounds N --seconds S --only PART --data CSV --out DIR.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Batch } from '@retrograd/nn';
import { digitsOf } from '../../src/digits.js';
import { UsageError } from '../../src/usage-error.js';
import { type Bundle, bundles } from './bundles.js';
import type { Contender } from './contender.js';
import { fallingShort, type Trained } from './digits.js';
import { trainInTurn } from './digits-turns.js';
import { COMPARISONS, entries, starters } from './entries.js';
import { disagreements, type Row, shares } from './figures.js';
import {
  bundleDrivers,
  bundleStarters,
  bundleTrainer,
  installPeers,
  peersFolder,
} from './install.js';
import { LARGEST_NAME, netTasks, PRODUCTS_NAME } from './net.js';
import { opTasks } from './ops.js';
import { type Absence, agreement, type Outcome, page, rowsOf, startRounds } from './page.js';
import { figure } from './table.js';
import { transformerTasks } from './transformer.js';
import { gather, nameOf, startInTurn, takeTurns } from './turns.js';

/** The table of digits that --data names. */
function givenDigits(path: string): Batch {
  try {
    return digitsOf(path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

const PARTS = ['nets', 'transformer', 'ops', 'digits', 'start', 'bundles'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    data: { type: 'string' },
    out: { type: 'string' },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (!(Number.isInteger(rounds) && rounds >= 1 && seconds > 0 && seconds < 600)) {
  console.error('--rounds is a whole number from 1, --seconds a number above 0 and below 600.');
  process.exit(1);
}
const chosen = new Set(values.only?.flatMap((words) => words.split(',')) ?? PARTS);
if ([...chosen].some((part) => !PARTS.includes(part))) {
  console.error(`--only takes some of ${PARTS.join(', ')}, with commas between them.`);
  process.exit(1);
}
const data = values.data === undefined ? undefined : givenDigits(values.data);
/** A part alone is no page to be kept, unless somebody says where. */
const out =
  values.out ??
  (PARTS.every((part) => chosen.has(part)) ? fileURLToPath(new URL('../', import.meta.url)) : null);

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const scratch = mkdtempSync(join(tmpdir(), 'retrograd-peers-'));
const folder = peersFolder();
const missing = installPeers(folder);
const absent: Absence[] = [];
let taking: Contender[] = [];

/** What is said of a contender beside its figures. */
function noteOf(contender: Contender): string[] {
  const { gemm, lib, version } = contender;
  if (gemm !== null) {
    return [`${nameOf(contender)}: its matrix products of 1024 run at ${figure(gemm)} GFLOP/s.`];
  }
  return lib === 'retrograd' ? [`${nameOf(contender)}: multiplies with ${version}.`] : [];
}

/** How near a step comes to what its matrix products allow. */
const sharesIn = (rows: readonly Row[]): string[] =>
  shares(rows, LARGEST_NAME, PRODUCTS_NAME).map(
    ({ row, share }) =>
      `${nameOf(row)}: ${LARGEST_NAME} reaches ${Math.round(100 * share)} % of the rate of its matrix products alone.`,
  );

/** Training steps and single operations, all in the same processes and the same rounds. */
async function tasks(): Promise<{ steps: Row[]; ops: Row[]; notes: string[] }> {
  const training = [
    ...(chosen.has('nets') ? netTasks : []),
    ...(chosen.has('transformer') ? transformerTasks : []),
  ];
  const all = [...training, ...(chosen.has('ops') ? opTasks : [])];
  if (all.length === 0) return { steps: [], ops: [], notes: [] };
  await bundleDrivers(folder);
  const gathered = await gather(entries(folder, missing));
  taking = gathered.contenders;
  say(`Taking part: ${taking.map(nameOf).join('; ')}.`);
  const measured = await takeTurns(taking, all, { scratch, rounds, seconds, say });
  absent.push(...gathered.absent, ...measured.absent);
  const isTraining = ({ config }: Row): boolean => training.some(({ name }) => name === config);
  return {
    steps: measured.rows.filter(isTraining),
    ops: measured.rows.filter((row) => !isTraining(row)),
    notes: [...taking.flatMap(noteOf), ...sharesIn(measured.rows)],
  };
}

async function digits(): Promise<Trained[]> {
  if (!chosen.has('digits')) return [];
  await bundleTrainer(folder);
  const measured = await trainInTurn({ folder, scratch, say, data });
  absent.push(...measured.absent);
  return measured.trained;
}

async function starts(): Promise<Row[]> {
  if (!chosen.has('start')) return [];
  const unbundled = await bundleStarters(folder);
  const measured = await startInTurn(starters(folder, missing ?? unbundled), startRounds(rounds));
  absent.push(...measured.absent);
  return measured.rows;
}

async function sizes(): Promise<Bundle[]> {
  if (!chosen.has('bundles')) return [];
  const measured = await bundles(folder, missing);
  absent.push(...measured.absent);
  return measured.sizes;
}

try {
  const processors = cpus();
  const machine = `${processors.length} × ${processors[0]?.model.trim() ?? process.arch}, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  const measured = await tasks();
  for (const contender of taking) contender.end();
  const outcome: Outcome = {
    machine,
    date,
    rounds,
    seconds,
    ...measured,
    digits: await digits(),
    starts: await starts(),
    bundles: await sizes(),
    absent,
  };
  const rows = rowsOf(outcome);
  const text = page(outcome, COMPARISONS);
  console.log(text);
  if (out !== null) {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'RESULTS.md'), text);
    const results = { machine, date, rows, digits: outcome.digits, bundles: outcome.bundles };
    writeFileSync(join(out, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
  if (disagreements(rows).length > 0) {
    say(agreement(rows));
    process.exitCode = 1;
  }
  if (fallingShort(outcome.digits).length > 0) process.exitCode = 1;
} finally {
  for (const contender of taking) contender.end();
  rmSync(scratch, { recursive: true, force: true });
}
