// Fresh processes, timed from their start to the line that says their first gradient.
import { spawn } from 'node:child_process';
import { lastWords } from './contender.js';
import type { Starter } from './entries.js';
import { BARE, type Row } from './figures.js';

const FIRST = 'process start to first gradient';

/** Of x·x at [1, 2, 3] the gradient is [2, 4, 6]; 28, with a weight for each place. */
export const weighed = (gradient: readonly number[]): number =>
  gradient.reduce((sum, g, i) => sum + g * (i + 1), 0);

/** Starts it once. @throws Error that says why it printed no gradient. */
export function startOnce({
  command,
  args,
}: Starter): Promise<{ microseconds: number; gradient: number[] }> {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    let microseconds = Number.NaN;
    let [said, complaints] = ['', ''];
    const child = spawn(command, args, {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (text) => {
      if (said === '') microseconds = (performance.now() - begin) * 1e3;
      said += text;
    });
    child.stderr.on('data', (text) => {
      complaints += text;
    });
    child.on('error', reject);
    // The next one begins when this one is gone.
    child.on('close', () => {
      const line = said.split('\n').find((each) => each.startsWith('['));
      if (line !== undefined) resolve({ microseconds, gradient: JSON.parse(line) });
      else reject(new Error(lastWords(complaints) || 'it said nothing'));
    });
  });
}

/** The row of a program that was started some times. */
export function startRow(
  { lib, variant }: Starter,
  medianMicroseconds: number,
  gradient: readonly number[],
): Row {
  const config = gradient.length === 0 ? BARE : FIRST;
  return { config, lib, variant, medianMicroseconds, loss: weighed(gradient) };
}
