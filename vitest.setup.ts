// Fails any test that writes to the console without expecting to.
import { afterAll, afterEach } from 'vitest';

const stray: string[] = [];

for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir'] as const) {
  console[method] = (...values: unknown[]) => {
    stray.push(`console.${method}: ${values.map(String).join(' ')}`);
  };
}

function refuseStrayOutput() {
  const lines = stray.splice(0);
  if (lines.length > 0) throw new Error(`stray console output:\n${lines.join('\n')}`);
}

afterEach(refuseStrayOutput);
afterAll(refuseStrayOutput);
