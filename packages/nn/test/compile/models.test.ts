// Every layer, loss, penalty and optimizer, compiled: what they compute eagerly. A new one takes one line in its table.
import {
  abs,
  cast,
  gelu,
  grad,
  jvp,
  onesLike,
  relu,
  sigmoid,
  silu,
  softplus,
  square,
  type Tensor,
  tanh,
  tensor,
  where,
} from '@retrograd/autograd';
import {
  adam,
  adamW,
  binaryCrossEntropy,
  crossEntropy,
  dense,
  dropout,
  flatten,
  halfSquaredError,
  huber,
  klDivergence,
  type Loss,
  l1,
  l2,
  type Module,
  mae,
  mse,
  nll,
  type Optimizer,
  sequential,
  sgd,
} from '@retrograd/nn';
import { describe, expect, it } from 'vitest';
import { type Draw, layerOn, type ModelCase, partings } from './agreement.js';

const perceptron = ({ random: rng }: Draw): Module =>
  sequential(dense(5, 8, { rng }), tanh, dense(8, 3, { rng }));

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  relu,
  tanh,
  sigmoid,
  gelu,
  silu,
  softplus,
  elu: (x) => x.elu(0.5),
  leakyRelu: (x) => x.leakyRelu(0.1),
  softmax: (x) => x.softmax(),
};

const LAYERS: Readonly<Record<string, ModelCase>> = {
  dense: layerOn(({ random: rng }) => dense(5, 3, { rng }), 5),
  'dense without bias': layerOn(({ random: rng }) => dense(5, 3, { rng, bias: false }), 5),
  'dense on sequences': layerOn(({ random: rng }) => dense(5, 3, { rng }), 2, 5),
  dropout: layerOn(({ random }) => dropout(0.4, { rng: random }), 6),
  'dropout of nothing': layerOn(({ random }) => dropout(0, { rng: random }), 6),
  flatten: layerOn(({ random: rng }) => sequential(flatten(), dense(6, 2, { rng })), 2, 3),
  sequential: layerOn(perceptron, 5),
  'deep sequential': layerOn(
    ({ random: rng }) =>
      sequential(
        dense(4, 6, { rng }),
        relu,
        dropout(0.2, { rng }),
        dense(6, 6, { rng }),
        square,
        dense(6, 2, { rng }),
      ),
    4,
  ),
  ...Object.fromEntries(
    Object.entries(ACTIVATIONS).map(([name, activation]) => [
      `activation ${name}`,
      layerOn(
        ({ random: rng }) => sequential(dense(4, 6, { rng }), activation, dense(6, 2, { rng })),
        4,
      ),
    ]),
  ),
};

/** What a loss is measured against, made of the inputs: the same in every run. */
const TARGETS = {
  values: (x: Tensor) => x.slice(null, [0, 3]).sin(),
  shares: (x: Tensor) => x.slice(null, [0, 3]).softmax(),
  chances: (x: Tensor) => x.slice(null, [0, 3]).sigmoid(),
  classes: (x: Tensor) => cast(abs(x.slice(null, 0)).clamp(0, 2), 'int32'),
} as const;

type Measure = (prediction: Tensor, target: Tensor) => Tensor;
const measured =
  (target: keyof typeof TARGETS, loss: Measure): ModelCase['loss'] =>
  (result, x) =>
    loss(result as Tensor, TARGETS[target](x).detach());

const reductions = (name: string, target: keyof typeof TARGETS, loss: Loss) =>
  (['mean', 'sum', 'none'] as const).map(
    (reduction) =>
      [
        `${name}, ${reduction}`,
        measured(target, (p, y) => loss(p, y, { reduction }).mean() as Tensor),
      ] as const,
  );

const LOSSES = Object.fromEntries([
  ...reductions('mse', 'values', mse as Loss),
  ...reductions('halfSquaredError', 'values', halfSquaredError as Loss),
  ...reductions('mae', 'values', mae as Loss),
  ...reductions('huber', 'values', huber as Loss),
  ...reductions('binaryCrossEntropy', 'chances', binaryCrossEntropy as Loss),
  ...reductions('crossEntropy of shares', 'shares', crossEntropy as Loss),
  ['crossEntropy', measured('classes', (p, y) => crossEntropy(p, y))],
  [
    'crossEntropy, smoothed',
    measured('classes', (p, y) => crossEntropy(p, y, { labelSmoothing: 0.1 })),
  ],
  [
    'crossEntropy, weighted',
    measured('classes', (p, y) => crossEntropy(p, y, { classWeights: [1, 2, 3] })),
  ],
  ['nll', measured('classes', (p, y) => nll(p.logSoftmax(), y))],
  ['klDivergence', measured('shares', (p, y) => klDivergence(p.logSoftmax(), y))],
]) as Readonly<Record<string, ModelCase['loss']>>;

type Make = (parameters: ReturnType<Module['parameters']>) => Optimizer;

const OPTIMIZERS: Readonly<Record<string, Make>> = {
  sgd: (p) => sgd(p, { lr: 0.1 }),
  'sgd with momentum and decay': (p) => sgd(p, { lr: 0.1, momentum: 0.9, weightDecay: 0.01 }),
  'sgd by Nesterov': (p) => sgd(p, { lr: 0.1, momentum: 0.9, nesterov: true }),
  adam: (p) => adam(p, { lr: 0.01 }),
  'adam with decay': (p) => adam(p, { lr: 0.01, weightDecay: 0.1 }),
  adamW: (p) => adamW(p, { lr: 0.01, weightDecay: 0.1 }),
};

describe.each(['float64', 'float32'] as const)('compiled, in %s,', (dtype) => {
  it.each(Object.entries(LAYERS))('%s trains as it does eagerly', (_, model) => {
    expect(partings(model, dtype)).toEqual([]);
  });

  it.each(Object.entries(LOSSES))('a model learns by %s as it does eagerly', (_, loss) => {
    expect(partings({ ...layerOn(perceptron, 5), loss }, dtype)).toEqual([]);
  });

  it.each(Object.entries(OPTIMIZERS))('a model learns by %s as it does eagerly', (_, make) => {
    const optimizer = (model: Module) => make(model.parameters());
    expect(partings({ ...layerOn(perceptron, 5), optimizer }, dtype)).toEqual([]);
  });
});

type Curve = (x: Tensor) => Tensor;

const forwardOf = (model: Module): Curve => {
  const { forward } = model as Module & { forward: Curve };
  return forward.bind(model);
};

/** What the examples train: losses of their own, and derivatives within the loss. */
const IDEAS: Readonly<Record<string, ModelCase>> = {
  'quantiles, by a loss of its own': {
    ...layerOn(perceptron, 5),
    loss: (result, x) => {
      const shares = tensor([0.1, 0.5, 0.9]).cast(x.dtype);
      const e = x.slice(null, [0, 1]).sub(result as Tensor);
      return where(e.greaterEqual(0), e.mul(shares), e.mul(shares.sub(1))).mean() as Tensor;
    },
  },
  'a law of second derivatives by the input, in reverse': {
    ...layerOn(
      ({ random: rng }) => sequential(dense(1, 8, { rng }), tanh, dense(8, 1, { rng })),
      1,
    ),
    forward: (model, x) => {
      const u = forwardOf(model);
      return grad((z: Tensor) => grad((y: Tensor) => u(y).sum())(z).sum())(x);
    },
    loss: (curvature, x) => mse(curvature as Tensor, x.sin()) as Tensor,
  },
  'a law of second derivatives by the input, forward': {
    ...layerOn(
      ({ random: rng }) => sequential(dense(1, 8, { rng }), tanh, dense(8, 1, { rng })),
      1,
    ),
    forward: (model, x) => {
      const moving = (f: Curve) => (z: Tensor) => jvp(f, [z], [onesLike(z)])[1] as Tensor;
      return moving(moving(forwardOf(model)))(x);
    },
    loss: (curvature, x) => mse(curvature as Tensor, x.sin()) as Tensor,
  },
  'a penalty on the gradient by the input': {
    ...layerOn(perceptron, 5),
    forward: (model, x) => {
      const f = forwardOf(model);
      return [f(x), grad((z: Tensor) => f(z).square().sum())(x)];
    },
  },
};

describe.each(['float64', 'float32'] as const)('ideas, in %s', (dtype) => {
  it.each(Object.entries(IDEAS))('%s, are learned as eagerly', (_, idea) => {
    expect(partings(idea, dtype)).toEqual([]);
  });
});

describe('penalties', () => {
  it.each([
    ['l1', l1],
    ['l2', l2],
  ] as const)('%s pulls as it does eagerly', (_, penalty) => {
    let model: Module | null = null;
    const forward: ModelCase['forward'] = (own, x) => {
      model = own;
      return forwardOf(own)(x);
    };
    const loss: ModelCase['loss'] = (result, x) =>
      mse(result as Tensor, TARGETS.values(x)).add(penalty(model as Module, 0.1)) as Tensor;
    expect(partings({ ...layerOn(perceptron, 5), forward, loss }, 'float64')).toEqual([]);
  });
});
