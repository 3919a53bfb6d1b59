// One training from a plan: the comparison before it, the steps, the test after it.
import { gather, oneHot, rng, type Tensor, tensor } from '@retrograd/autograd';
import {
  adam,
  adamW,
  type Batch,
  batches,
  binaryCrossEntropy,
  type ConfusionMatrix,
  confusionMatrix,
  crossEntropy,
  evaluate,
  halfSquaredError,
  huber,
  mae,
  meanAbsoluteError,
  mse,
  type Optimizer,
  type PreparedData,
  predict,
  r2,
  randomSplit,
  type Sequential,
  sgd,
  stratifiedSplit,
  type TrainOptions,
  type TrainReport,
  train,
} from '@retrograd/nn';
import { type BackpropReport, compareBackprop } from '@retrograd/nn/closed-form';
import { network } from './network.js';
import type { Plan } from './plan.js';

const LOSS_FUNCTIONS = { crossEntropy, binaryCrossEntropy, mse, halfSquaredError, mae, huber };

/** What the test came to. */
export type TestResult =
  | { readonly kind: 'classes'; readonly confusion: ConfusionMatrix; readonly loss: number }
  | {
      readonly kind: 'numbers';
      /** In the target's own unit. */
      readonly actual: readonly number[];
      readonly predicted: readonly number[];
      readonly r2: number;
      readonly meanAbsoluteError: number;
      readonly loss: number;
    };

/** The network as it begins: its weights are drawn by the seed. */
export function freshNetwork({ sizes, activation, seed }: Plan): Sequential {
  return network(sizes, activation, rng(seed));
}

/** Class indices stay as they are for crossEntropy; the other losses want a row of 0 and 1 for each sample. */
function samplesFor({ loss, task, sizes }: Plan, { x, y }: Batch): Batch {
  if (task === 'regression' || loss === 'crossEntropy') return { x, y };
  return { x, y: oneHot(y, sizes[sizes.length - 1]).cast(x.dtype) as Tensor };
}

/** The training samples in two parts, of which the second is never stepped on. Classes keep their shares. */
function heldBack(plan: Plan, samples: Batch): { training: Batch; validation?: Batch } {
  const { task, validation, seed } = plan;
  if (validation === 0) return { training: samples };
  const [count] = samples.x.shape;
  const { train: training, test: held } =
    task === 'classification'
      ? stratifiedSplit(samples.y, validation, seed)
      : randomSplit(count, validation, seed);
  if (held.length === 0) return { training: samples };
  const at = (rows: Int32Array): Batch => ({
    x: gather(samples.x, tensor(rows)) as Tensor,
    y: gather(samples.y, tensor(rows)) as Tensor,
  });
  return { training: at(training), validation: at(held) };
}

/** Samples of the comparison where a step takes all of them, or only one. */
const COMPARED = 32;

/** How many samples the comparison takes. */
export function samplesCompared({ mode, batchSize }: Plan, { train }: PreparedData): number {
  return Math.min(train.x.shape[0], mode === 'mini-batch' ? batchSize : COMPARED);
}

/** Sets the tape against the closed form on the first mini-batch, in float64. Nothing is trained. */
export function compareGradients(plan: Plan, data: PreparedData): BackpropReport {
  const model = freshNetwork(plan).to('float64');
  const batchSize = samplesCompared(plan, data);
  const [{ x, y }] = batches(samplesFor(plan, data.train), { batchSize });
  const target = y.dtype === 'int32' ? y : y.cast('float64');
  return compareBackprop(model, x.cast('float64'), target, LOSS_FUNCTIONS[plan.loss]);
}

/**
 * Trains the network of a plan, and keeps the weights of the pass after which the loss of the samples held back was
 * least. `observe` records the norms of its gradients.
 */
export async function fit(
  plan: Plan,
  data: PreparedData,
  {
    observe = false,
    onProgress,
    onWarning = () => {},
  }: Pick<TrainOptions, 'observe' | 'onProgress' | 'onWarning'> = {},
): Promise<{ readonly model: Sequential; readonly report: TrainReport }> {
  const model = freshNetwork(plan);
  const { mode, batchSize, epochs, seed } = plan;
  const { training, validation } = heldBack(plan, data.train);
  const report = await train(model, samplesFor(plan, training), {
    validation: validation && samplesFor(plan, validation),
    earlyStopping: validation && { patience: epochs, restoreBest: true },
    loss: LOSS_FUNCTIONS[plan.loss],
    optimizer: optimizerOf(plan, model),
    mode,
    batchSize,
    epochs,
    seed,
    observe,
    onProgress,
    onWarning,
  });
  return { model, report };
}

function optimizerOf({ optimizer, lr, weightDecay }: Plan, model: Sequential): Optimizer {
  const parameters = model.parameters();
  switch (optimizer) {
    case 'sgd':
      return sgd(parameters, { lr, weightDecay });
    case 'momentum':
      return sgd(parameters, { lr, weightDecay, momentum: 0.9 });
    case 'nesterov':
      return sgd(parameters, { lr, weightDecay, momentum: 0.9, nesterov: true });
    case 'adam':
      return adam(parameters, { lr, weightDecay });
    case 'adamW':
      return adamW(parameters, { lr, weightDecay });
  }
}

/** Predicts the test samples, which nothing before this has looked at. */
export function test(plan: Plan, data: PreparedData, model: Sequential): TestResult {
  const { x, y } = samplesFor(plan, data.test);
  const prediction = predict(model, x);
  const loss = evaluate(model, { x, y }, { loss: LOSS_FUNCTIONS[plan.loss] }).loss;
  if (plan.task === 'classification') {
    const { classes } = data;
    const confusion = confusionMatrix(prediction, data.test.y, {
      classes: classes.length,
      labels: classes,
    });
    return { kind: 'classes', confusion, loss };
  }
  const undone = (values: Tensor) => Array.from(values.data(), (z) => data.targetScale.undo(z));
  const [actual, predicted] = [undone(y), undone(prediction)];
  const [a, b] = [tensor(Float64Array.from(predicted)), tensor(Float64Array.from(actual))];
  return {
    kind: 'numbers',
    actual,
    predicted,
    r2: r2(a, b),
    meanAbsoluteError: meanAbsoluteError(a, b),
    loss,
  };
}
