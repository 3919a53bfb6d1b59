// `npm run bench:peers`: one training step, ours and theirs, in turn in one go. Options: --rounds N --seconds S --out DIR.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Contender } from './contender.js';
import { COMPARISONS, entries } from './entries.js';
import { disagreements, median, type Row } from './figures.js';
import { bundleDrivers, installPeers, peersFolder } from './install.js';
import { BATCHES, NETS, type Net, numbersOf } from './net.js';
import { type Absence, agreement, figure, type Outcome, page } from './table.js';

/** Through all batches, and the first one again: only whoever has learned agrees. */
const STEPS = BATCHES + 1;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1' },
    out: { type: 'string', default: fileURLToPath(new URL('../', import.meta.url)) },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
if (!(Number.isInteger(rounds) && rounds >= 1 && seconds > 0 && seconds < 600)) {
  console.error('--rounds is a whole number from 1, --seconds a number above 0 and below 600.');
  process.exit(1);
}

interface Entrant {
  readonly contender: Contender;
  readonly net: Net;
  readonly loss: number;
  readonly times: number[];
}

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
const nameOf = ({ lib, variant }: Contender): string => `${lib} ${variant}`;

const absent: Absence[] = [];
const contenders: Contender[] = [];

async function gather(): Promise<void> {
  const folder = peersFolder();
  const missing = installPeers(folder);
  await bundleDrivers(folder);
  for (const entry of entries(folder, missing)) {
    try {
      contenders.push(await Contender.start(entry));
    } catch (error) {
      absent.push({ name: `${entry.lib} ${entry.variant('')}`.trim(), reason: reasonOf(error) });
    }
  }
}

/** Everybody takes the same first steps; whoever can't is absent for that net. */
async function enter(net: Net, file: string): Promise<Entrant[]> {
  const entrants: Entrant[] = [];
  writeFileSync(file, numbersOf(net));
  for (const contender of contenders) {
    if (!contender.takes(net)) continue;
    try {
      const loss = await contender.check(net, file, BATCHES, STEPS);
      entrants.push({ contender, net, loss, times: [] });
    } catch (error) {
      absent.push({ name: `${nameOf(contender)} at ${net.name}`, reason: reasonOf(error) });
    }
  }
  return entrants;
}

/** Those who broke down on the way: their figures don't count. */
const failed = new Set<Entrant>();

async function takeTurn(entrant: Entrant): Promise<void> {
  const { contender, net, times } = entrant;
  try {
    times.push(await contender.time(net, seconds));
  } catch (error) {
    failed.add(entrant);
    absent.push({ name: `${nameOf(contender)} at ${net.name}`, reason: reasonOf(error) });
  }
}

async function measure(entrants: readonly Entrant[]): Promise<Row[]> {
  for (let round = 1; round <= rounds; round++) {
    say(`Round ${round} of ${rounds}.`);
    for (const entrant of entrants) if (!failed.has(entrant)) await takeTurn(entrant);
  }
  const finished = entrants.filter((entrant) => !failed.has(entrant));
  return finished.map(({ contender: { lib, variant }, net, loss, times }) => ({
    config: net.name,
    lib,
    variant,
    medianMicroseconds: Number(median(times).toFixed(2)),
    loss,
  }));
}

const scratch = mkdtempSync(join(tmpdir(), 'retrograd-peers-'));
try {
  await gather();
  say(`Taking part: ${contenders.map(nameOf).join('; ')}.`);
  const entrants: Entrant[] = [];
  for (const net of NETS) entrants.push(...(await enter(net, join(scratch, 'numbers.f32'))));
  const rows = await measure(entrants);
  const notes = contenders.flatMap((each) => {
    if (each.gemm !== null) {
      return [`${nameOf(each)}: its matrix products of 1024 run at ${figure(each.gemm)} GFLOP/s.`];
    }
    return each.lib === 'retrograd' ? [`${nameOf(each)}: multiplies with ${each.version}.`] : [];
  });
  const processors = cpus();
  const outcome: Outcome = {
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? process.arch}, Node ${process.versions.node}`,
    date: new Date().toISOString().slice(0, 10),
    rounds,
    seconds,
    steps: STEPS,
    rows,
    absent,
    notes,
  };
  const text = page(outcome, COMPARISONS);
  console.log(text);
  mkdirSync(values.out, { recursive: true });
  const { machine, date } = outcome;
  writeFileSync(join(values.out, 'RESULTS.md'), text);
  writeFileSync(
    join(values.out, 'results.json'),
    `${JSON.stringify({ machine, date, rows }, null, 2)}\n`,
  );
  if (disagreements(rows).length > 0) {
    say(agreement(rows, STEPS));
    process.exitCode = 1;
  }
} finally {
  for (const contender of contenders) contender.end();
  rmSync(scratch, { recursive: true, force: true });
}
