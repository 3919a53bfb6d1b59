// What `npm start` runs: reads the command line, and turns mistakes into one line and exit code 1.
import { RetrogradError } from '@retrograd/autograd';
import { UsageError } from '../usage-error.js';
import { helpText } from './help.js';
import { readOptions } from './options.js';
import { run } from './run.js';

// `npm start | head` closes the pipe early: that is no mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  const words = process.argv.slice(2);
  const request = readOptions(words);
  if (request.help) process.stdout.write(`${helpText()}\n`);
  else {
    await run(request.options, {
      screen: process.stdout,
      directory: process.env.INIT_CWD ?? process.cwd(),
      command: words.length === 0 ? 'npm start' : `npm start -- ${words.map(quoted).join(' ')}`,
    });
  }
} catch (error) {
  if (!(error instanceof UsageError || error instanceof RetrogradError)) throw error;
  process.stderr.write(`${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
  process.exitCode = 1;
}

/** A word as it must be typed to arrive as it is. */
function quoted(word: string): string {
  return /^[\w.,:=/\\-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"')}"`;
}
