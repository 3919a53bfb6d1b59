// TensorFlow.js: `tfjs.mjs wasm|cpu`.
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { netNumbers, serve, WHOLE } from './protocol.ts';

const backend = process.argv[2];
if (backend === 'wasm') {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  wasm.setWasmPaths(join(dirname(main), 'wasm-out') + sep);
}
if (!(await tf.setBackend(backend))) throw new Error(`there is no backend ${backend}`);
await tf.ready();

function net(settings, take, count) {
  const { sizes, batch, activation, optimizer, lr } = settings;
  const { layers, data } = netNumbers(settings, take, count);
  const classes = sizes[sizes.length - 1];
  const cells = layers.map(({ w, b }, i) => ({
    w: tf.variable(tf.tensor2d(w, [sizes[i], sizes[i + 1]])),
    b: tf.variable(tf.tensor1d(b)),
  }));
  const batches = data.map(({ x, labels }) => ({
    x: tf.tensor2d(x, [batch, sizes[0]]),
    y: tf.oneHot(tf.tensor1d(labels, 'int32'), classes).toFloat(),
  }));
  const rule = optimizer === 'sgd' ? tf.train.sgd(lr) : tf.train.adam(lr, 0.9, 0.999, 1e-8);
  const between = activation === 'relu' ? tf.relu : tf.tanh;
  const logits = (x) =>
    cells.reduce((h, { w, b }, i) => {
      const z = tf.add(tf.matMul(h, w), b);
      return i === cells.length - 1 ? z : between(z);
    }, x);
  const step = (k) => {
    const { x, y } = batches[k];
    const loss = rule.minimize(() => tf.losses.softmaxCrossEntropy(y, logits(x)), true);
    const value = loss.dataSync()[0];
    loss.dispose();
    return value;
  };
  return { step };
}

function onArrays(run, count) {
  const result = () => tf.tidy(() => run().dataSync());
  const last = () =>
    tf.tidy(
      () =>
        run()
          .reshape([-1])
          .slice([count - 1], [1])
          .dataSync()[0],
    );
  return { step: count <= WHOLE ? () => result()[0] : last, result };
}

function matmul({ size }, take) {
  const [a, b] = [0, 1].map(() => tf.tensor2d(take(size ** 2), [size, size]));
  return onArrays(() => tf.matMul(a, b), size ** 2);
}

function pointwise({ count }, take) {
  const [a, b] = [0, 1].map(() => tf.tensor1d(take(count)));
  return onArrays(() => a.mul(b).add(a).tanh().mul(0.5).exp(), count);
}

function softmax({ rows, columns }, take) {
  const logits = tf.tensor2d(take(rows * columns), [rows, columns]);
  return onArrays(() => tf.softmax(logits), rows * columns);
}

function tape({ operations }) {
  const [x, factor] = [tf.scalar(1), tf.scalar(1.0001)];
  const slope = tf.grad((start) => {
    let y = start;
    for (let i = 0; i < operations; i += 2) y = tf.sin(tf.mul(y, factor));
    return y;
  });
  return { step: () => tf.tidy(() => slope(x).dataSync()[0]) };
}

// Plain JavaScript is there for what is small.
const ops = backend === 'wasm' ? { matmul, pointwise, softmax, tape } : {};
serve(tf.version['tfjs-core'], { net, ...ops });
