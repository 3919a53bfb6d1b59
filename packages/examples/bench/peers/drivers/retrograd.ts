// Ours: `retrograd.mjs compiled|eager blas|wasm`; it is RETROGRAD_BLAS that decides what multiplies matrices.
import {
  backendInfo,
  compile,
  gelu,
  relu,
  sin,
  type Tensor,
  tanh,
  tensor,
} from '@retrograd/autograd';
import {
  adam,
  adamW,
  crossEntropy,
  Dense,
  dense,
  type Embedding,
  embedding,
  type LearnedPositions,
  learnedPositions,
  Module,
  type Optimizer,
  sequential,
  sgd,
  type TransformerEncoder,
  transformerEncoder,
} from '@retrograd/nn';
import { matmul } from '../../../../autograd/src/kernels/gemm.js';
import type { MatmulProblem } from '../../../../autograd/src/kernels/kernels.js';
import {
  type Job,
  type Makers,
  netNumbers,
  serve,
  type Take,
  type TransformerSettings,
} from './protocol.js';

const compiled = process.argv[2] === 'compiled';

function ready<A extends readonly unknown[], R>(fn: (...args: A) => R): (...args: A) => R {
  return compiled ? compile(fn) : fn;
}

/** One step of training: its loss, before the update. */
function training(forward: (x: Tensor) => Tensor, update: Optimizer) {
  return ready((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(forward(x), y);
    loss.backward();
    update.step();
    return loss;
  });
}

function onArrays(run: () => Tensor): Job {
  return { step: () => run().reshape([-1]).slice(-1).item(), result: () => run().data() };
}

const makers: Makers = {
  net(settings, take, count) {
    const { sizes, batch, activation, optimizer, lr } = settings;
    const { layers, data } = netNumbers(settings, take, count);
    const between = activation === 'relu' ? relu : tanh;
    const stack = sizes.slice(1).flatMap((out, i) => {
      const layer = dense(sizes[i], out);
      return i === sizes.length - 2 ? [layer] : [layer, between];
    });
    const model = sequential(...(stack as [Dense]));
    const placed = model.layers.filter((layer) => layer instanceof Dense);
    placed.forEach((layer, i) => {
      const weight = tensor(layers[i].w).reshape([sizes[i], sizes[i + 1]]);
      layer.weight.assign(weight.transpose());
      layer.bias?.assign(tensor(layers[i].b));
    });
    const rule = optimizer === 'sgd' ? sgd : adam;
    const train = training((x) => model.forward(x), rule(model.parameters(), { lr }));
    const batches = data.map(({ x, labels }) => ({
      x: tensor(x).reshape([batch, sizes[0]]),
      y: tensor(labels),
    }));
    return { step: (k) => train(batches[k].x, batches[k].y).item() };
  },

  transformer(settings, take, count) {
    const { batch, context, lr, weightDecay, parameters } = settings;
    const model = new GPT(settings);
    const state = parameters.map(({ name, shape }) => {
      const numbers = take(shape.reduce((a, b) => a * b, 1));
      return [name, tensor(numbers).reshape([...shape])] as const;
    });
    model.loadStateDict(Object.fromEntries(state));
    const train = training((x) => model.forward(x), adamW(model.parameters(), { lr, weightDecay }));
    const tokens = (...shape: number[]) =>
      tensor(Int32Array.from(take(batch * context))).reshape(shape);
    const batches = Array.from({ length: count }, () => ({
      x: tokens(batch, context),
      y: tokens(batch * context),
    }));
    return { step: (k) => train(batches[k].x, batches[k].y).item() };
  },

  matmul({ size }, take) {
    const [a, b] = [0, 1].map(() => tensor(take(size ** 2)).reshape([size, size]));
    const multiply = ready((x: Tensor, y: Tensor) => x.matmul(y));
    return onArrays(() => multiply(a, b));
  },

  pointwise({ count }, take) {
    const [a, b] = [0, 1].map(() => tensor(take(count)));
    const chain = ready((x: Tensor, y: Tensor) => x.mul(y).add(x).tanh().mul(0.5).exp());
    return onArrays(() => chain(a, b));
  },

  softmax({ rows, columns }, take) {
    const logits = tensor(take(rows * columns)).reshape([rows, columns]);
    const normalise = ready((x: Tensor) => x.softmax());
    return onArrays(() => normalise(logits));
  },

  products,

  // What is measured is the recording, which a program has behind it.
  ...(compiled ? {} : { tape: recorded }),
};

/** Tokens [batch, context] to logits [batch · context, vocabulary]. */
class GPT extends Module {
  readonly tokens: Embedding;
  readonly positions: LearnedPositions;
  readonly encoder: TransformerEncoder;
  readonly head: Dense;

  constructor({ depth, dim, heads, context, vocabulary }: TransformerSettings) {
    super();
    this.tokens = embedding(vocabulary, dim);
    this.positions = learnedPositions(context, dim);
    this.encoder = transformerEncoder(dim, heads, depth, {
      causal: true,
      normFirst: true,
      dropout: 0,
      activation: gelu,
    });
    this.head = dense(dim, vocabulary);
  }

  forward(x: Tensor): Tensor {
    const h: Tensor = this.positions.forward(this.tokens.forward(x));
    const logits: Tensor = this.head.forward(this.encoder.forward(h));
    return logits.reshape([x.size, -1]);
  }
}

function recorded({ operations }: { readonly operations: number }): Job {
  const x = tensor(1, { requiresGrad: true });
  const step = (): number => {
    let y: Tensor<[]> = x;
    for (let i = 0; i < operations; i += 2) y = sin(y.mul(1.0001));
    y.backward();
    const slope = x.grad?.item() ?? Number.NaN;
    x.clearGrad();
    return slope;
  };
  return { step };
}

/** For each layer x wᵀ, gᵀ x and, but for the first, g w, by the kernel itself and into arrays that are there. */
function products(
  { sizes, batch }: { readonly sizes: readonly number[]; readonly batch: number },
  take: Take,
): Job {
  const problems: MatmulProblem[] = [];
  const product = (a: Float32Array, b: Float32Array, m: number, n: number, k: number, flip: Flip) =>
    problems.push({
      ...{ a, b, m, n, k, dtype: 'float32', batch: [[0, 0]], out: new Float32Array(m * n) },
      ...{ transposeA: flip === 'a', transposeB: flip === 'b' },
    });
  for (let i = 1; i < sizes.length; i++) {
    const [from, to] = [sizes[i - 1], sizes[i]];
    const [x, w, g] = [batch * from, to * from, batch * to].map(take);
    product(x, w, batch, to, from, 'b');
    product(g, x, to, from, batch, 'a');
    if (i > 1) product(g, w, batch, from, to, null);
  }
  const last = problems[problems.length - 1].out;
  return {
    step: () => {
      for (const problem of problems) matmul(problem);
      return Number(last[0]);
    },
    result: () => Array.from(last, Number),
  };
}

type Flip = 'a' | 'b' | null;

const { gemm, library, simd, fma, blasMissing } = backendInfo();
if (process.argv[3] === 'blas' && gemm !== 'blas')
  throw new Error(blasMissing ?? 'there is no BLAS');
serve(`${library ?? gemm}${simd ? '' : ', no SIMD'}${fma ? '' : ', no FMA'}`, makers);
