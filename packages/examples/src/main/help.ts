// What `npm start -- --help` prints.
import { OPTION_GROUPS, type OptionRule } from './option-table.js';

const WIDTH = 100;
const INDENT = 6;

const OPENING = `Trains a dense network on a table, and shows that the tape's gradients are the closed form's.

  npm start                                      344 penguins, three species, four measurements
  npm start -- [options]                         (the bare -- hands the options on)

The rows with missing values are left out and counted; numbers are standardised, categories become one column
each (one-hot). A quarter of the rows, drawn by the seed, is kept for the test alone. What is printed: a summary
of the data, the tape's gradients beside the closed form's on the first mini-batch, the progress, and the test.
The report, one HTML file, shows the curves.`;

const EXAMPLES = `Examples
  npm start -- --seed 7
  npm start -- --target Sex --hidden 32
  npm start -- --data iris.csv --target species --epochs 100
  npm start -- --data cars.csv --target Miles_per_Gallon --task regression --report cars.html
  npm start -- --optimizer sgd --mode batch --lr 0.5 --epochs 500 --activation sigmoid
  npm start -- --data iris.csv --target species --seeds 10

Paths are relative to the directory in which npm start was typed. The exit code is 1 where something is wrong
with the options or the file, and a line on stderr says what.`;

/** The whole help. */
export function helpText(): string {
  const groups = Object.entries(OPTION_GROUPS).map(([title, options]) => {
    const entries = Object.entries<OptionRule>(options).map(
      ([name, { shows, about }]) => `  --${name} ${shows}\n${wrapped(about)}`,
    );
    return [title, ...entries].join('\n');
  });
  return [OPENING, ...groups, '  --help\n      This.', EXAMPLES].join('\n\n');
}

function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== '' && INDENT + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => ' '.repeat(INDENT) + line).join('\n');
}
