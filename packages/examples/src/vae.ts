// Can a network put all handwritten digits on a map of two dimensions, and draw new ones from any place on it?
//
// A variational autoencoder (Kingma and Welling 2014). The encoder says of a picture x where on the map it lies, and how
// sure that is: a normal distribution q(z|x) with mean μ and variance σ². A place z is drawn from it, z = μ + σ ε with ε
// from N(0, 1), so that gradients pass through μ and σ and the dice stay outside; the decoder draws the picture again
// from z alone. What is maximised is the evidence lower bound,
//
//   ELBO = E[log p(x|z)] − KL(q(z|x) ‖ N(0, 1)) ≤ log p(x),
//
// how well the picture is met, less what it costs to say where it lies. The second term is what makes a map of it: the
// places of all pictures together must look like N(0, 1), with no holes between them.

import { compile, type Generator, relu, rng, stack, type Tensor } from '@retrograd/autograd';
import {
  adam,
  batches,
  binaryCrossEntropy,
  cosineDecay,
  dense,
  Module,
  sequential,
} from '@retrograd/nn';
import { drawDigits, pictures } from './glyphs.js';
import { type Watch, watching } from './progress.js';
import { scatter, table, whenRun } from './show.js';

export const SETTINGS = { epochs: 40, pictures: 2000, size: 12, seed: 1 };

const MAP = 2;
const BATCH = 50;

/** Pictures [N, pixels], 0 … 1, to places on the map and back. */
export class Autoencoder extends Module {
  readonly body;
  readonly mean;
  readonly logVariance;
  readonly decoder;

  constructor(pixels: number, hidden: number, random: Generator) {
    super();
    const options = { rng: random };
    this.body = sequential(dense(pixels, hidden, options), relu);
    this.mean = dense(hidden, MAP, options);
    this.logVariance = dense(hidden, MAP, options);
    this.decoder = sequential(
      dense(MAP, hidden, options),
      relu,
      dense(hidden, hidden, options),
      relu,
      dense(hidden, pixels, options),
    );
  }

  /** μ and log σ² of q(z|x), [N, 2] each. */
  encode(x: Tensor): { mean: Tensor; logVariance: Tensor } {
    const h = this.body.forward(x);
    return { mean: this.mean.forward(h), logVariance: this.logVariance.forward(h) };
  }

  /** The probability of ink in each pixel of the pictures at places z [N, 2]. */
  decode(z: Tensor): Tensor {
    return this.decoder.forward(z).sigmoid();
  }

  forward(x: Tensor): Tensor {
    return this.decode(this.encode(x).mean);
  }

  /**
   * −ELBO, in nats a picture: the mean over x [N, pixels], with one draw of z for each. A grey pixel is taken for ink
   * with that probability.
   */
  cost(x: Tensor, random: Generator): Tensor {
    const { mean, logVariance } = this.encode(x);
    const [count] = x.shape;
    const z = mean.add(
      logVariance
        .mul(0.5)
        .exp()
        .mul(random.normal([count, MAP])),
    );
    const missed = binaryCrossEntropy(this.decoder.forward(z), x, { reduction: 'sum' });
    // KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ (μ² + σ² − 1 − log σ²)
    const place = mean.square().add(logVariance.exp()).sub(1).sub(logVariance).sum().mul(0.5);
    return missed.add(place).div(count);
  }
}

export interface Options {
  readonly epochs?: number;
  /** How many are trained on. */
  readonly pictures?: number;
  /** Pixels across and down. */
  readonly size?: number;
  readonly hidden?: number;
  readonly seed?: number;
  readonly watch?: Watch;
}

export interface Mapped {
  readonly model: Autoencoder;
  /** Pictures that were not trained on, [N, pixels], and their digits. */
  readonly x: Tensor;
  readonly digits: readonly number[];
  /** Of those, in nats a picture. */
  readonly elbo: number;
  /** log p(x) if every pixel was ink or paper by itself, as often as that pixel is on average. */
  readonly baseline: number;
  /** What no model can pass: −the entropy of the grey pixels themselves. */
  readonly ceiling: number;
}

/** Trains the autoencoder, and judges it by pictures that it never saw. */
export function draw(options: Options = {}): Mapped {
  const { epochs, pictures: count, size, seed } = { ...SETTINGS, ...options };
  const { hidden = 128, watch } = options;
  const pixels = size * size;
  const steps = Math.max(1, Math.floor(count / BATCH));
  const training = drawDigits({ count: steps * BATCH, size, seed });
  const unseen = drawDigits({ count: 500, size, seed: seed + 1_000_000 });

  const random = rng(seed);
  const model = new Autoencoder(pixels, hidden, random);
  const optimizer = adam(model.parameters(), { lr: 0.003, schedule: cosineDecay(epochs * steps) });
  // A step as one program. The draws of ε come from a generator, so each run of the program has new ones.
  const step = compile((x: Tensor) => {
    const cost = model.cost(x, random);
    cost.backward();
    optimizer.step();
    return cost;
  });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let sum = 0;
    const order = { batchSize: BATCH, shuffle: true, seed: seed + epoch };
    for (const { x } of batches(training, order)) sum += step(x.reshape([BATCH, pixels])).item();
    watch?.(epoch, epochs, sum / steps);
  }

  const x = unseen.x.reshape([-1, pixels]);
  const mean = training.x.mean(0).reshape([1, pixels]).broadcastTo(x.shape);
  return {
    model,
    x,
    digits: [...unseen.y.data()],
    elbo: -model.cost(x, rng(seed)).item(),
    baseline: -entropyOf(x, mean),
    ceiling: -entropyOf(x, x),
  };
}

/** −Σ x ln p + (1 − x) ln(1 − p) over the pixels, in nats a picture. */
function entropyOf(x: Tensor, p: Tensor): number {
  const inside = p.clamp(1e-6, 1 - 1e-6);
  const logit = inside.log().sub(inside.neg().log1p());
  return binaryCrossEntropy(logit, x, { reduction: 'sum' }).item() / x.shape[0];
}

/** Pictures along the straight line on the map between two of those that were not trained on. */
export function walk({ model, x }: Mapped, from: number, to: number, steps: number): Tensor {
  const { mean } = model.encode(x);
  const [a, b] = [mean.slice(from), mean.slice(to)];
  return model.decode(
    stack(Array.from({ length: steps }, (_, i) => a.add(b.sub(a).mul(i / (steps - 1))))),
  );
}

export async function main(settings = SETTINGS): Promise<void> {
  const { size } = settings;
  const show = (x: Tensor) => `${pictures(x.reshape([-1, size, size]))}\n`;
  const mapped = draw({ ...settings, watch: watching({ figure: '−ELBO' }) });
  const { model, x, digits, elbo, baseline, ceiling } = mapped;

  console.log('\nPictures it never saw, and below each what is left of it after the map\n');
  for (const first of [0, 6]) {
    const some = x.slice([first, Math.min(first + 6, 10)]);
    console.log(show(some));
    console.log(show(model.forward(some)));
  }
  console.log('The map: where the digits lie\n');
  const places = model.encode(x).mean.toArray() as [number, number][];
  const range = [-3, 3] as const;
  const marked = places.map(([u, v], i) => [u, v, String(digits[i])] as const);
  console.log(scatter(marked, { width: 72, height: 22, x: range, y: range }));
  console.log('\nA walk on it, from a 3 to a 6\n');
  console.log(show(walk(mapped, 3, 6, 6)));

  const row = (name: string, nats: number) => [name, nats.toFixed(1)];
  const rows = [
    row('baseline: every pixel by itself', baseline),
    row('the autoencoder', elbo),
    row('no model can pass', ceiling),
  ];
  console.log(table(['log p(x) of pictures it never saw, at least', 'nats a picture'], rows));
  console.log(
    `\nELBO ${elbo.toFixed(1)} nats a picture, ${(elbo - baseline).toFixed(1)} above the baseline.`,
  );
}

whenRun(import.meta.url, main);
