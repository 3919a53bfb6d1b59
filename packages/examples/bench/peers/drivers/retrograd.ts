// Ours: `retrograd.mjs compiled|eager blas|wasm`; it is RETROGRAD_BLAS that decides what multiplies matrices.
import { compile, relu, sin, type Tensor, tanh, tensor } from '@retrograd/autograd';
import { adam, crossEntropy, Dense, dense, type Optimizer, sequential, sgd } from '@retrograd/nn';
import { backendInfo } from '../../../../autograd/src/kernels/gemm.js';
import { type Job, type Makers, netNumbers, serve, WHOLE } from './protocol.js';

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
  const result = () => run().data();
  const small = run().size <= WHOLE;
  const step = small ? () => result()[0] : () => run().reshape([-1]).slice(-1).item();
  return { step, result };
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

  // What is measured is the recording, which a program has behind it.
  ...(compiled ? {} : { tape: recorded }),
};

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

const { gemm, library, simd, fma, blasMissing } = backendInfo();
if (process.argv[3] === 'blas' && gemm !== 'blas')
  throw new Error(blasMissing ?? 'there is no BLAS');
serve(`${library ?? gemm}${simd ? '' : ', no SIMD'}${fma ? '' : ', no FMA'}`, makers);
