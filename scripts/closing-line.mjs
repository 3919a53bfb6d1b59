// Prints the last line of a CI run from vitest's own counts: "N passed, N failed".
import { readFileSync } from 'node:fs';

const counts = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = counts;
const line = [`${passed} passed`, `${failed} failed`];
if (skipped > 0) line.push(`${skipped} skipped`);
console.log(line.join(', '));
process.exit(passed > 0 && failed === 0 && counts.success ? 0 : 1);
