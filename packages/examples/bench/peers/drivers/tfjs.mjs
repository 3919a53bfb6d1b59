// TensorFlow.js: `tfjs.mjs wasm|cpu`.
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { serve } from './protocol.ts';

const backend = process.argv[2];
if (backend === 'wasm') {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
  wasm.setWasmPaths(join(dirname(main), 'wasm-out') + sep);
}
if (!(await tf.setBackend(backend))) throw new Error(`there is no backend ${backend}`);
await tf.ready();

serve(tf.version['tfjs-core'], ({ sizes, batch, activation, optimizer, lr, layers, data }) => {
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
  return (k) => {
    const { x, y } = batches[k];
    const loss = rule.minimize(() => tf.losses.softmaxCrossEntropy(y, logits(x)), true);
    const value = loss.dataSync()[0];
    loss.dispose();
    return value;
  };
});
