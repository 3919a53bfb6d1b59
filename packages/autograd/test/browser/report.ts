// The browser's half of a test: a program tells what it found, or why it could not, and goes on to the next page.

async function outcomeOf(find: () => unknown): Promise<unknown> {
  try {
    return await find();
  } catch (error) {
    return { failure: String((error as Error).stack ?? error) };
  }
}

/** Tells the test what `find` returns, which JSON can carry. Runs in a page, or in the worker of one. */
export async function report(find: () => unknown): Promise<void> {
  const body = JSON.stringify(await outcomeOf(find));
  const response = await fetch('report', { method: 'POST', body });
  const next = await response.text();
  if (next === '') return;
  if (typeof document === 'undefined') postMessage(next);
  else location.replace(next);
}
