// Fails any test that writes to the console, or to the terminal itself, without expecting to.
import { afterAll, afterEach } from 'vitest';

const stray: string[] = [];

for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir'] as const) {
  console[method] = (...values: unknown[]) => {
    stray.push(`console.${method}: ${values.map(String).join(' ')}`);
  };
}

for (const stream of ['stdout', 'stderr'] as const) {
  process[stream].write = (text: string | Uint8Array) => {
    stray.push(`process.${stream}: ${text}`);
    return true;
  };
}

function refuseStrayOutput() {
  const lines = stray.splice(0);
  if (lines.length > 0) throw new Error(`stray console output:\n${lines.join('\n')}`);
}

afterEach(refuseStrayOutput);
afterAll(refuseStrayOutput);
