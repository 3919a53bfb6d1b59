// A net that is trained where WebAssembly may be forbidden: what runs in Node and in the browser's worker alike.
import { backendInfo, rng, tanh } from '@retrograd/autograd';
import { adam, dense, mse, sequential, train } from '@retrograd/nn';

export interface Trained {
  readonly gemm: string;
  readonly warnings: readonly string[];
  readonly losses: readonly number[];
}

export async function trainNet(compile: boolean): Promise<Trained> {
  const random = rng(8);
  const model = sequential(dense(3, 16, { rng: random }), tanh, dense(16, 1, { rng: random })).to(
    'float64',
  );
  const x = random.normal([64, 3], { dtype: 'float64' });
  const y = x.square().sum(1, { keepDims: true });
  const warnings: string[] = [];
  const { history } = await train(
    model,
    { x, y },
    {
      loss: mse,
      optimizer: adam(model.parameters(), { lr: 0.01 }),
      epochs: 10,
      seed: 1,
      compile,
      onWarning: (message) => warnings.push(message),
    },
  );
  return { gemm: backendInfo().gemm, warnings, losses: history.loss };
}
