// 10,000 compiled training steps with ragged batches and an evaluation in between: prints by how much anything has grown.
import { compile, noGrad, rng, type Tensor, tanh, tensor } from '@retrograd/autograd';
import { adam, crossEntropy, dense, dropout, sequential } from '@retrograd/nn';

/** Every memory that anybody makes from here on; engines make theirs when they are first used. */
const memories: WebAssembly.Memory[] = [];
const { Memory } = WebAssembly;
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
};

const STEPS = 10_000;
const FIRST = 10;

const random = rng(1);
const model = sequential(
  dense(4, 8, { rng: random }),
  tanh,
  dropout(0.2, { rng: rng(2) }),
  dense(8, 3, { rng: random }),
);
const optimizer = adam(model.parameters(), { lr: 0.01 });
const step = compile((x: Tensor, y: Tensor) => {
  const loss = crossEntropy(model.forward(x), y);
  loss.backward();
  optimizer.step();
  return loss;
});
const predict = compile((x: Tensor) => noGrad(() => model.forward(x)));

// Eight batches and a ragged one, drawn beforehand: what they take is not the engine's.
const batches = Array.from({ length: 8 }, (_, k) => {
  const rows = k % 8 === 7 ? 3 : 8;
  return {
    x: random.normal([rows, 4]) as Tensor,
    y: tensor(Int32Array.from({ length: rows }, (_, i) => (i + k) % 3)) as Tensor,
  };
});

function usage() {
  // Typed arrays outlive the first collection, which finds them; the second one frees them.
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const wasm = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { heapUsed, arrayBuffers, wasm };
}

let last = 0;
function run(from: number, to: number): void {
  for (let k = from; k < to; k++) {
    const { x, y } = batches[k % batches.length];
    last = step(x, y).item();
    if (k % 100 === 9) predict(x);
  }
}

run(0, FIRST);
const before = usage();
run(FIRST, STEPS);
const after = usage();
process.stdout.write(
  JSON.stringify({
    memories: memories.length,
    wasm: after.wasm - before.wasm,
    arrayBuffers: after.arrayBuffers - before.arrayBuffers,
    heap: after.heapUsed - before.heapUsed,
    last,
  }),
);
