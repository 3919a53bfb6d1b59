// What the user can put right: one line on stderr, exit code 1, no stack trace.

/** A mistake in what was asked for, or in the file. Its message is the whole of what the user reads. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** ` Did you mean x?` where something known is close to what was written, else nothing. */
export function suggestion(written: string, known: readonly string[]): string {
  const close = known
    .map((name) => ({ name, distance: editDistance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.floor(name.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return close.length > 0 ? ` Did you mean ${close[0].name}?` : '';
}

/** The least number of letters put in, left out or exchanged that turns one text into the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchanged = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchanged, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
