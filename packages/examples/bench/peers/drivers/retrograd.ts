// Ours: `retrograd.mjs compiled|eager blas|wasm`; it is RETROGRAD_BLAS that decides what multiplies matrices.
import { backendInfo, compile, relu, type Tensor, tanh, tensor } from '@retrograd/autograd';
import { adam, crossEntropy, Dense, dense, sequential, sgd } from '@retrograd/nn';
import { type LoadedProblem, type Step, serve } from './protocol.js';

const compiled = process.argv[2] === 'compiled';

function make({ sizes, batch, activation, optimizer, lr, layers, data }: LoadedProblem): Step {
  const between = activation === 'relu' ? relu : tanh;
  const stack = sizes.slice(1).flatMap((out, i) => {
    const layer = dense(sizes[i], out);
    return i === sizes.length - 2 ? [layer] : [layer, between];
  });
  const model = sequential(...(stack as [Dense]));
  const placed = model.layers.filter((layer) => layer instanceof Dense);
  placed.forEach((layer, i) => {
    layer.weight.assign(
      tensor(layers[i].w)
        .reshape([sizes[i], sizes[i + 1]])
        .transpose(),
    );
    layer.bias?.assign(tensor(layers[i].b));
  });
  const rule = optimizer === 'sgd' ? sgd : adam;
  const update = rule(model.parameters(), { lr });
  const train = (x: Tensor, y: Tensor): Tensor => {
    const loss = crossEntropy(model.forward(x), y);
    loss.backward();
    update.step();
    return loss;
  };
  const step = compiled ? compile(train) : train;
  const batches = data.map(({ x, labels }) => ({
    x: tensor(x).reshape([batch, sizes[0]]),
    y: tensor(labels),
  }));
  return (k) => step(batches[k].x, batches[k].y).item();
}

const { gemm, library, simd, fma, blasMissing } = backendInfo();
if (process.argv[3] === 'blas' && gemm !== 'blas')
  throw new Error(blasMissing ?? 'there is no BLAS');
serve(`${library ?? gemm}${simd ? '' : ', no SIMD'}${fma ? '' : ', no FMA'}`, make);
