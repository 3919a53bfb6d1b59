// jax-js on its WebAssembly device, whole steps jitted, scalars recorded one by one. Arrays are consumed by use; `.ref`
// keeps one for another.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { netNumbers, serve, WHOLE } from './protocol.ts';

// It asks a browser's global for the number of cores, which Node has since version 21.
globalThis.navigator ??= { hardwareConcurrency: cpus().length };
const jax = await import('@jax-js/jax');
const { numpy: np, nn, tree } = jax;
const devices = await jax.init();
if (!devices.includes('wasm')) throw new Error(`no device wasm among ${devices.join()}`);
jax.defaultDevice('wasm');
const here = dirname(fileURLToPath(import.meta.url));
const manifest = join(here, 'node_modules', '@jax-js', 'jax', 'package.json');

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

const array = (numbers, shape) => np.array(numbers, { dtype: np.float32 }).reshape(shape);

function net(settings, take, count) {
  const { sizes, batch, activation, optimizer, lr } = settings;
  const { layers, data } = netNumbers(settings, take, count);
  const classes = sizes[sizes.length - 1];
  const between = activation === 'relu' ? nn.relu : np.tanh;
  let parameters = layers.map(({ w, b }, i) => ({
    w: array(w, [sizes[i], sizes[i + 1]]),
    b: array(b, [sizes[i + 1]]),
  }));
  const batches = data.map(({ x, labels }) => ({
    x: array(x, [batch, sizes[0]]),
    y: nn.oneHot(np.array(labels, { dtype: np.int32 }), classes),
  }));
  const cost = (cells, x, y) => {
    let h = x;
    cells.forEach(({ w, b }, i) => {
      const z = np.add(np.matmul(h, w), b);
      h = i === cells.length - 1 ? z : between(z);
    });
    return nn
      .logSoftmax(h)
      .mul(y)
      .sum()
      .mul(-1 / batch);
  };
  const slope = jax.valueAndGrad(cost);

  if (optimizer === 'sgd') {
    const step = jax.jit((cells, x, y) => {
      const [loss, g] = slope(tree.ref(cells), x, y);
      return [loss, tree.map((p, d) => p.sub(d.mul(lr)), cells, g)];
    });
    return {
      step: (k) => {
        const [loss, next] = step(parameters, batches[k].x.ref, batches[k].y.ref);
        parameters = next;
        return loss.item();
      },
    };
  }

  const zeros = () =>
    sizes.slice(1).map((out, i) => ({ w: np.zeros([sizes[i], out]), b: np.zeros([out]) }));
  let [mean, square] = [zeros(), zeros()];
  let t = 0;
  const run = jax.jit((cells, m, v, size, root, x, y) => {
    const [loss, g] = slope(tree.ref(cells), x, y);
    const m2 = tree.map((a, d) => a.mul(BETA1).add(d.mul(1 - BETA1)), m, tree.ref(g));
    const v2 = tree.map((a, d) => a.mul(BETA2).add(np.square(d).mul(1 - BETA2)), v, g);
    const next = tree.map(
      (p, a, b) => p.sub(a.mul(size.ref).div(np.sqrt(b).div(root.ref).add(EPSILON))),
      cells,
      tree.ref(m2),
      tree.ref(v2),
    );
    size.dispose?.();
    root.dispose?.();
    return [loss, next, m2, v2];
  });
  const step = (k) => {
    t++;
    const size = np.array(lr / (1 - BETA1 ** t));
    const root = np.array(Math.sqrt(1 - BETA2 ** t));
    const { x, y } = batches[k];
    const [loss, ...next] = run(parameters, mean, square, size, root, x.ref, y.ref);
    [parameters, mean, square] = next;
    return loss.item();
  };
  return { step };
}

function onArrays(run, count) {
  const result = () => run().dataSync();
  const step = () =>
    count <= WHOLE
      ? result()[0]
      : run()
          .reshape([-1])
          .slice(count - 1)
          .item();
  return { step, result };
}

function matmul({ size }, take) {
  const [a, b] = [0, 1].map(() => array(take(size ** 2), [size, size]));
  const multiply = jax.jit((x, y) => np.matmul(x, y));
  return onArrays(() => multiply(a.ref, b.ref), size ** 2);
}

function pointwise({ count }, take) {
  const [a, b] = [0, 1].map(() => array(take(count), [count]));
  const chain = jax.jit((x, y) => np.exp(np.tanh(x.ref.mul(y).add(x)).mul(0.5)));
  return onArrays(() => chain(a.ref, b.ref), count);
}

function softmax({ rows, columns }, take) {
  const logits = array(take(rows * columns), [rows, columns]);
  const normalise = jax.jit((x) => nn.softmax(x));
  return onArrays(() => normalise(logits.ref), rows * columns);
}

function tape({ operations }) {
  const slope = jax.grad((x) => {
    let y = x;
    for (let i = 0; i < operations; i += 2) y = np.sin(y.mul(1.0001));
    return y;
  });
  return { step: () => slope(np.array(1)).item() };
}

const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
serve(version, { net, matmul, pointwise, softmax, tape });
