import { describe, expect, test } from 'vitest';
import { helpText } from '../../src/main/help.js';
import { OPTION_NAMES } from '../../src/main/option-table.js';
import { readOptions } from '../../src/main/options.js';
import { UsageError } from '../../src/usage-error.js';

function refusal(...words: string[]): string {
  try {
    readOptions(words);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error(`${words.join(' ')} was accepted`);
}

describe('readOptions', () => {
  test('reads every option into its value', () => {
    const words =
      '--data a.csv --target y --features b,c --task regression --hidden 64,32 --activation TANH ' +
      '--loss huber --optimizer sgd --mode mini-batch --epochs 7 --batch-size 5 --lr 1e-2 ' +
      '--weight-decay 0 --seed 3 --report=out/r.html';
    expect(readOptions(words.split(' '))).toEqual({
      help: false,
      options: {
        data: 'a.csv',
        target: 'y',
        features: ['b', 'c'],
        task: 'regression',
        hidden: [64, 32],
        activation: 'tanh',
        loss: 'huber',
        optimizer: 'sgd',
        mode: 'mini-batch',
        epochs: 7,
        'batch-size': 5,
        lr: 0.01,
        'weight-decay': 0,
        seed: 3,
        report: 'out/r.html',
      },
    });
  });

  test('asks for nothing when nothing was typed', () => {
    expect(readOptions([])).toEqual({ help: false, options: {} });
  });

  test('takes none for no hidden layer', () => {
    expect(readOptions(['--hidden', 'none'])).toEqual({ help: false, options: { hidden: [] } });
  });

  test('gives the help before it looks at anything else', () => {
    expect(readOptions(['--nonsense', '--help'])).toEqual({ help: true });
    expect(readOptions(['-h'])).toEqual({ help: true });
  });

  test.each([
    ['--hiden 3', '--hiden: is no option. Did you mean --hidden?'],
    ['-x', '-x: is no option.'],
    ['--constructor 1', '--constructor: is no option.'],
    ['--epochs', '--epochs: needs a value (N).'],
    ['--data --target y', '--data: needs a value (FILE.csv).'],
    ['--epochs 0', '--epochs: takes a whole number from 1 on, got "0".'],
    ['--epochs 1.5', '--epochs: takes a whole number from 1 on, got "1.5".'],
    ['--seed -1', '--seed: takes a whole number from 0 on, got "-1".'],
    ['--lr 0', '--lr: takes a number above 0, got "0".'],
    ['--lr fast', '--lr: takes a number above 0, got "fast".'],
    ['--weight-decay -1', '--weight-decay: takes a number from 0 on, got "-1".'],
    ['--hidden 64,,32', '--hidden: takes sizes of layers from 1 on, such as 64,32, or none'],
    ['--hidden 0', '--hidden: takes sizes of layers from 1 on, such as 64,32, or none'],
    ['--activation rely', 'got "rely". Did you mean relu?'],
    ['--optimizer lbfgs', '--optimizer: takes sgd, momentum, nesterov, adam or adamW'],
    ['--mode online', '--mode: takes batch, mini-batch or stochastic, got "online".'],
    ['--features a,,b', '--features: needs a value, got nothing.'],
    ['--seed 1 --seed 2', '--seed: was given twice.'],
    ['iris.csv', '"iris.csv": belongs to no option. npm hands options on only after a bare --'],
    ['--task regression --loss crossEntropy', '--loss: crossEntropy is not for regression'],
    ['--mode batch --batch-size 8', '--batch-size: is for mini-batches, and the mode is batch.'],
    [
      '--seeds 3 --seed 1',
      "--seeds: runs many seeds and writes no report, so --seed can't be met.",
    ],
  ])('refuses %s in a line that says why', (words, sentence) => {
    const message = refusal(...words.split(' '));
    expect(message).toContain(sentence);
    expect(message).not.toContain('\n');
  });
});

describe('helpText', () => {
  test('explains every option and gives examples that can be typed', () => {
    const text = helpText();
    for (const name of OPTION_NAMES) expect(text).toContain(`--${name} `);
    const examples = text.match(/npm start -- --.*/g) ?? [];
    expect(examples.length).toBeGreaterThan(4);
    for (const example of examples) {
      const words = example.slice('npm start -- '.length).trim().split(/\s+/);
      expect(readOptions(words).help).toBe(false);
    }
  });

  test('fits a terminal of 120 columns', () => {
    for (const line of helpText().split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
