// Ours: whole trainings, `digits.mjs blas|wasm`, a line of JSON in, a line of JSON out, as in scikit_learn.py.
import { createInterface } from 'node:readline';
import { backendInfo, gather, relu, rng, tensor } from '@retrograd/autograd';
import { accuracy, adam, crossEntropy, dense, evaluate, sequential, train } from '@retrograd/nn';
import { type Question, readDigitsFile } from '../digits.js';

async function trained({ file, sizes, lr, batch, epochs, seed, training, test }: Question) {
  const [features, first, second, classes] = sizes;
  const { pixels, labels } = readDigitsFile(file, features);
  const [x, y] = [tensor(pixels).reshape([-1, features]), tensor(labels)];
  const part = (rows: readonly number[]) => {
    const at = tensor(Int32Array.from(rows));
    return { x: gather(x, at), y: gather(y, at) };
  };
  const samples = part(training);
  const start = performance.now();
  const options = { rng: rng(seed) };
  const model = sequential(
    dense(features, first, options),
    relu,
    dense(first, second, options),
    relu,
    dense(second, classes, options),
  );
  const optimizer = adam(model.parameters(), { lr });
  await train(model, samples, { loss: crossEntropy, optimizer, batchSize: batch, epochs, seed });
  const seconds = (performance.now() - start) / 1000;
  return {
    seconds,
    accuracy: evaluate(model, part(test), { metrics: { accuracy } }).metrics.accuracy,
  };
}

const say = (answer: object): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};

const { gemm, blasMissing } = backendInfo();
if (process.argv[2] === 'blas' && gemm !== 'blas')
  throw new Error(blasMissing ?? 'there is no BLAS');
say({ version: '' });
for await (const line of createInterface({ input: process.stdin })) {
  say(await trained(JSON.parse(line)));
}
