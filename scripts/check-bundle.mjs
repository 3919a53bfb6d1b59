// Bundles programs for a browser, from source and from dist, and runs them: chaining methods must survive.
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Each program prints one line that a lost method, or a lost import, could not print; `most` is what it may weigh. */
const programs = [
  {
    name: 'autograd, a method call',
    source: `
      import { tensor } from '@retrograd/autograd';
      const product = tensor([[1, 2], [3, 4]]).matmul(tensor([[5, 6], [7, 8]]));
      console.log(JSON.stringify(product.toArray()));`,
    printed: '[[19,22],[43,50]]',
  },
  {
    name: 'autograd, a gradient',
    source: `
      import { tensor } from '@retrograd/autograd';
      const x = tensor([[1, 2], [3, 4]], { requiresGrad: true });
      x.mul(x).sum().backward();
      console.log(JSON.stringify(x.grad.toArray()));`,
    printed: '[[2,4],[6,8]]',
  },
  {
    name: 'autograd, the gradient of a function',
    source: `
      import { grad, tensor } from '@retrograd/autograd';
      const slope = grad((x) => x.matmul(x).sum());
      console.log(JSON.stringify(slope(tensor([[1, 2], [3, 4]])).toArray()));`,
    printed: '[[7,11],[9,13]]',
    most: 50_000,
  },
  {
    name: 'nn, a layer',
    source: `
      import { tensor } from '@retrograd/autograd';
      import { dense, sequential } from '@retrograd/nn';
      const model = sequential(dense(2, 3), (x) => x.tanh(), dense(3, 1));
      console.log(JSON.stringify(model.forward(tensor([[1, 2], [3, 4]])).shape));`,
    printed: '[2,1]',
  },
];

const origins = { source: ['@retrograd/source'], dist: [] };
let failed = 0;

for (const { name, source, printed, most = Infinity } of programs) {
  for (const [origin, conditions] of Object.entries(origins)) {
    const { output, bytes } = await bundleAndRun(source, conditions);
    const size = `${(bytes / 1000).toFixed(1)} kB gzipped`;
    if (output !== printed) {
      failed++;
      console.log(`WRONG ${name}, from ${origin}: printed ${output}`);
    } else if (bytes > most) {
      failed++;
      console.log(`LARGE ${name}, from ${origin}: ${size}, more than ${most / 1000} kB`);
    } else console.log(`ok    ${name}, from ${origin}: ${size}`);
  }
}
process.exit(failed === 0 ? 0 : 1);

async function bundleAndRun(source, conditions) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: join(root, 'packages', 'examples') },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions,
    write: false,
    logLevel: 'error',
  });
  const [{ contents }] = outputFiles;
  // The bundle goes in through standard input, so nothing of the workspace is in reach when it runs.
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
    cwd: tmpdir(),
    input: contents,
    encoding: 'utf8',
  });
  const [error] = /^\w*Error\b.*/m.exec(stderr) ?? [stderr.slice(-500)];
  return { output: (stdout + error).trim(), bytes: gzipSync(contents, { level: 9 }).byteLength };
}
