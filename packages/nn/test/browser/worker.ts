// The worker: learns, and posts what it has learned, or why it could not.
import { learn } from './learning.js';

function outcome(): unknown {
  try {
    return learn();
  } catch (error) {
    return { failure: String((error as Error).stack ?? error) };
  }
}

await fetch('/learned', { method: 'POST', body: JSON.stringify(outcome()) });
