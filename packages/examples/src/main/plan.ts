// From options and data to everything that decides a training. What wasn't asked for is filled in here.
import type { PreparedData } from '@retrograd/nn';
import { UsageError } from '../usage-error.js';
import {
  type ActivationName,
  LOSSES_OF,
  type LossName,
  type Mode,
  type OptimizerName,
  type Task,
} from './choices.js';
import type { Options } from './option-table.js';
import { listed } from './read-value.js';

export interface Plan {
  readonly seed: number;
  readonly task: Task;
  /** The layers' sizes, from the features to the outputs. */
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  readonly mode: Mode;
  readonly batchSize: number;
  readonly epochs: number;
  readonly lr: number;
  readonly weightDecay: number;
  /** The share of the training samples that is held back, to see after which pass the network is best. */
  readonly validation: number;
}

/** Learning rates that suit a mean over a mini-batch of standardised samples. */
const LEARNING_RATES: Record<OptimizerName, number> = {
  sgd: 0.05,
  momentum: 0.02,
  nesterov: 0.02,
  adam: 0.003,
  adamW: 0.003,
};

/** AdamW's decay isn't scaled by the gradient, so it is small beside the step unless it is a large number. */
const WEIGHT_DECAYS: Record<OptimizerName, number> = {
  sgd: 1e-3,
  momentum: 1e-3,
  nesterov: 1e-3,
  adam: 1e-3,
  adamW: 0.3,
};

/** Steps that a training makes unless told otherwise, within bounds for its number of epochs. */
const STEPS = 900;
const FEWEST_EPOCHS = 50;
const MOST_EPOCHS = 300;

/**
 * Decides a training.
 * @throws UsageError for a loss that isn't for the task that the target asks for.
 */
export function planTraining(options: Options, data: PreparedData, seed: number): Plan {
  const { task } = data;
  const { hidden = [16, 16], activation = 'tanh', optimizer = 'adamW' } = options;
  const { mode = 'mini-batch', loss = LOSSES_OF[task][0] } = options;
  const fitting: readonly string[] = LOSSES_OF[task];
  if (!fitting.includes(loss)) {
    throw new UsageError(
      `--loss: ${loss} is not for ${task}, which the target "${data.target}" asks for; it takes ${listed(fitting)}.`,
    );
  }
  const [samples] = data.train.x.shape;
  const batchSize =
    mode === 'batch' ? samples : mode === 'stochastic' ? 1 : (options['batch-size'] ?? 32);
  const steps = Math.ceil(samples / batchSize);
  const usual = Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, 10 * Math.round(STEPS / steps / 10)));
  return {
    seed,
    task,
    sizes: [data.inputs, ...hidden, data.outputs],
    activation,
    loss,
    optimizer,
    mode,
    batchSize,
    epochs: options.epochs ?? usual,
    lr: options.lr ?? LEARNING_RATES[optimizer],
    weightDecay: options['weight-decay'] ?? WEIGHT_DECAYS[optimizer],
    validation: options.validation ?? 0.15,
  };
}
