// Every option of the main job, declared once: how it is read, and what the help says of it.
import { ACTIVATIONS, LOSSES, MODES, OPTIMIZERS, TASKS } from './choices.js';
import {
  layerSizes,
  oneOf,
  type Reader,
  realNumber,
  share,
  text,
  texts,
  wholeNumber,
} from './read-value.js';

export interface OptionRule<T = unknown> {
  /** What stands for the value in the help. */
  readonly shows: string;
  readonly about: string;
  readonly read: Reader<T>;
}

function option<T>(shows: string, about: string, read: Reader<T>): OptionRule<T> {
  return { shows, about, read };
}

const names = (list: readonly string[]) => list.join(' | ');

const data = {
  data: option(
    'FILE.csv',
    'The table to learn from; its first line names the columns. Default: 344 penguins that come along.',
    text,
  ),
  target: option('COLUMN', 'The column to be predicted. Needed with --data.', text),
  features: option(
    'A,B,…',
    'The columns to predict it from. Default: all the others (of the penguins, the four measurements).',
    texts,
  ),
  task: option(
    names(TASKS),
    'Default: classification where the target holds texts, or few different whole numbers; else regression.',
    oneOf(TASKS),
  ),
};

const network = {
  hidden: option('64,32', 'Sizes of the hidden layers, or none. Default: 16,16.', layerSizes),
  activation: option(
    names(ACTIVATIONS),
    'What follows each hidden layer. Default: tanh.',
    oneOf(ACTIVATIONS),
  ),
  loss: option(
    names(LOSSES),
    'Default: crossEntropy for classes, mse for numbers (mae and huber are for numbers only).',
    oneOf(LOSSES),
  ),
};

const training = {
  optimizer: option(names(OPTIMIZERS), 'Default: adamW.', oneOf(OPTIMIZERS)),
  mode: option(
    names(MODES),
    'A step for all samples, for some, or for each one. Default: mini-batch.',
    oneOf(MODES),
  ),
  epochs: option(
    'N',
    'Passes over the training samples. Default: as many as make about 900 steps, from 50 to 300.',
    wholeNumber(1),
  ),
  'batch-size': option('N', 'Samples in a mini-batch. Default: 32.', wholeNumber(1)),
  lr: option(
    'X',
    'The learning rate (step size). Default: 0.003 for adam and adamW, 0.02 with momentum, 0.05 for sgd.',
    realNumber('above 0'),
  ),
  validation: option(
    'SHARE',
    'Of the training samples, held back: the weights that suit them best are kept. Default: 0.15; 0 for none.',
    share,
  ),
  'weight-decay': option(
    'X',
    'Pulls the weights, not the biases, to 0. Default: 0.3 for adamW, 0.001 for the others.',
    realNumber('from 0 on'),
  ),
};

const run = {
  seed: option(
    'N',
    'Decides the split, the first weights and the order of samples. Default: 0.',
    wholeNumber(0),
  ),
  seeds: option(
    'N',
    'Train with the seeds 0 … N − 1 instead, and print the mean and the least result; no report.',
    wholeNumber(1),
  ),
  report: option('PATH', 'Where the report goes. Default: reports/NAME.html.', text),
};

/** The options in the groups in which the help shows them. */
export const OPTION_GROUPS = {
  'The data': data,
  'The network': network,
  'The training': training,
  'The run': run,
} as const;

export const OPTION_RULES = { ...data, ...network, ...training, ...run };

type Rules = typeof OPTION_RULES;
export type OptionName = keyof Rules;

/** What was asked for: the options that were typed, each read. */
export type Options = {
  readonly [K in OptionName]?: Rules[K] extends OptionRule<infer T> ? T : never;
};

/** The options' names as they are typed. */
export const OPTION_NAMES = Object.keys(OPTION_RULES) as OptionName[];
