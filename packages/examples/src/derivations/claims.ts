// Misprints in sentences: what is said of training, put to the test by training.

import { compareModes, floorOf, type Options } from '../modes.js';
import { exponential } from '../show.js';
import { startFrom } from '../xor.js';
import type { Finding } from './finding.js';

/** "The objective is monotonically increasing (or decreasing), so training finds the global optimum." */
export async function m8(): Promise<Finding> {
  const [stuck, other] = [
    await startFrom(-4, { steps: 100 }),
    await startFrom(0, { steps: 300, probes: 1 }),
  ];
  const monotone = stuck.losses.every((J, i) => i === 0 || J <= stuck.losses[i - 1]);
  const [J, better] = [stuck.losses.at(-1) as number, other.losses.at(-1) as number];
  return {
    number: 'M8',
    printed: 'J is monotone, so training finds the global optimum',
    right: 'it finds a point where the gradient vanishes',
    shows:
      `dead ReLUs at J = ${J}: gradient ${stuck.gradient}, 500 points near are higher; ` +
      `another start: ${exponential(better)}`,
    caught: monotone && stuck.gradient === 0 && stuck.lowestNearby > J && better < 1e-6,
    agreement: null,
  };
}

/** "Stochastic descent is more accurate." */
export async function m9(options: Options = {}): Promise<Finding> {
  const [batch, , single] = await compareModes(options);
  const [atRest, restless] = [floorOf(batch), floorOf(single)];
  return {
    number: 'M9',
    printed: 'stochastic descent is more accurate',
    right: 'it is noisier, and cheaper a step',
    shows:
      `J − min ends at ${exponential(restless)}, batch ${exponential(atRest)}; ` +
      `noise ${single.noise.toFixed(1)} to 0, samples a step 1 to ${batch.samplesPerStep}`,
    caught: restless > 100 * atRest && single.noise > 0.5 && batch.noise < 1e-12,
    agreement: null,
  };
}
