// The names that can be typed for a task, an activation, a loss, an optimizer and a mode.

export const TASKS = ['classification', 'regression'] as const;
export type Task = (typeof TASKS)[number];

export const ACTIVATIONS = [
  'identity',
  'sigmoid',
  'tanh',
  'relu',
  'leakyRelu',
  'elu',
  'gelu',
  'silu',
  'softplus',
] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

/** The losses of each task, the default first. */
export const LOSSES_OF = {
  classification: ['crossEntropy', 'binaryCrossEntropy', 'mse', 'halfSquaredError'],
  regression: ['mse', 'halfSquaredError', 'mae', 'huber'],
} as const satisfies Record<Task, readonly string[]>;
export type LossName = (typeof LOSSES_OF)[Task][number];
export const LOSSES: readonly LossName[] = [
  ...new Set<LossName>([...LOSSES_OF.classification, ...LOSSES_OF.regression]),
];

export const OPTIMIZERS = ['sgd', 'momentum', 'nesterov', 'adam', 'adamW'] as const;
export type OptimizerName = (typeof OPTIMIZERS)[number];

export const MODES = ['batch', 'mini-batch', 'stochastic'] as const;
export type Mode = (typeof MODES)[number];
