// Two peaks run into each other in noisy readings: where are they, how wide, and how sure is that?
//
// What a resonance gives at frequency f is A (w/2)² / ((f − f₀)² + (w/2)²), a peak of height A and width w about f₀. Two of
// them on a sloping ground are eight numbers, which enter in a way that no linear fit can solve. Levenberg–Marquardt
// walks from a rough guess to the least squares by the Jacobian, which comes from the tape: nobody writes a derivative.
// At the bottom the same Jacobian tells how far each number could be off, its standard error.
//
// Is that true? Here it can be tried, as the readings are made up: new noise a hundred times, fitted a hundred times, and the
// true value must lie within one standard error of the fitted one in 68 of 100, and within two in 95.

import { linspace, rng, type Tensor, tensor } from '@retrograd/autograd';
import { type CurveFit, curveFit } from '@retrograd/nn';
import { type Watch, watching } from './progress.js';
import { scatter, table, whenRun } from './show.js';
import { UsageError } from './usage-error.js';

export const SETTINGS = { readings: 160, fits: 100, seed: 1 };

/** The eight numbers, what they are in truth, and from where the fit begins: as one would read them off a plot. */
const PARAMETERS: readonly (readonly [name: string, truth: number, guess: number])[] = [
  ['height of the first', 1.0, 0.8],
  ['its place, Hz', 4.2, 4.5],
  ['its width, Hz', 0.9, 1.2],
  ['height of the second', 0.55, 0.4],
  ['its place, Hz', 5.6, 6.0],
  ['its width, Hz', 1.3, 1.0],
  ['ground at 0 Hz', 0.1, 0],
  ['its slope, per Hz', 0.02, 0],
];
const NOISE = 0.04;

/** The curve at frequencies f [N] for the eight numbers p. */
export function resonances(f: Tensor, p: Tensor): Tensor {
  const peak = (first: number): Tensor => {
    const [height, place, width] = [p.slice(first), p.slice(first + 1), p.slice(first + 2)];
    const half = width.div(2).square();
    return height.mul(half).div(f.sub(place).square().add(half));
  };
  return peak(0)
    .add(peak(3))
    .add(p.slice(6))
    .add(f.mul(p.slice(7)));
}

export interface Options {
  readonly readings?: number;
  readonly fits?: number;
  readonly seed?: number;
  readonly watch?: Watch;
}

export interface Fitted {
  readonly f: Tensor;
  /** The readings of the first fit, and what it came to. */
  readonly y: Tensor;
  readonly fit: CurveFit;
  /** Of all parameters of all fits, the share whose truth lies within one and within two standard errors. */
  readonly withinOne: number;
  readonly withinTwo: number;
}

/** Makes readings and fits them, again and again with other noise. */
export function fitPeaks(options: Options = {}): Fitted {
  const { readings, fits, seed } = { ...SETTINGS, ...options };
  if (readings <= PARAMETERS.length) {
    throw new UsageError(`--readings: eight numbers need more than 8 of them, got ${readings}.`);
  }
  const f = linspace(1, 10, readings, { dtype: 'float64' });
  const truth = PARAMETERS.map(([, value]) => value);
  const clean = resonances(f, tensor(truth, { dtype: 'float64' }));
  const random = rng(seed);
  const results = Array.from({ length: fits }, (_, i) => {
    const y = clean.add(random.normal([readings], { std: NOISE, dtype: 'float64' }));
    const guess = PARAMETERS.map(([, , value]) => value);
    const fit = curveFit(resonances, f, y, guess);
    options.watch?.(i + 1, fits, fit.residualStandardDeviation);
    return { y, fit };
  });
  const off = results.flatMap(({ fit }) => errorsOf(fit));
  const within = (limit: number) => off.filter((e) => Math.abs(e) <= limit).length / off.length;
  return { f, ...results[0], withinOne: within(1), withinTwo: within(2) };
}

/** How far the truth is from each fitted parameter, in standard errors. */
export function errorsOf({ parameters, standardErrors }: CurveFit): number[] {
  const [values, errors] = [parameters.data(), standardErrors.data()];
  return PARAMETERS.map(([, truth], i) => (values[i] - truth) / errors[i]);
}

export function main(settings = SETTINGS): void {
  const watch = watching({ unit: 'fit', figure: 'residual' });
  const { f, y, fit, withinOne, withinTwo } = fitPeaks({ ...settings, watch });
  const curve = (x: number) => resonances(tensor([x], { dtype: 'float64' }), fit.parameters).item();
  const line = (low: (x: number) => number) => (x: number, y: number, cell: { height: number }) =>
    Math.abs(y - low(x)) <= cell.height / 2 ? '─' : ' ';
  const points = (values: Tensor) =>
    Array.from(f.data(), (x, i): [number, number] => [x, values.data()[i]]);

  console.log('\nThe readings of the first fit, and its curve\n');
  console.log(scatter(points(y), { width: 72, height: 16, under: line(curve) }));
  const left = points(y.sub(resonances(f, fit.parameters)));
  console.log(
    '\nWhat is left: readings less curve. Were there a pattern, the curve would be a wrong one\n',
  );
  const span = [-3.5 * NOISE, 3.5 * NOISE] as const;
  console.log(scatter(left, { width: 72, height: 7, y: span, under: line(() => 0) }));

  const [values, errors, off] = [fit.parameters.data(), fit.standardErrors.data(), errorsOf(fit)];
  const rows = PARAMETERS.map(([name, truth], i) => [
    name,
    truth.toFixed(3),
    `${values[i].toFixed(3)} ± ${errors[i].toFixed(3)}`,
    off[i].toFixed(1),
  ]);
  const head = ['', 'in truth', 'fitted ± standard error', 'off by (standard errors)'];
  console.log(`\n${table(head, rows)}`);
  console.log(`\n${fit.minimum.iterations} iterations; ${fit.minimum.message}.`);
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  console.log(
    `Over ${settings.fits} fits the truth was within one standard error in ${percent(withinOne)} (68 % are due), ` +
      `within two in ${percent(withinTwo)} (95 %).`,
  );
}

whenRun(import.meta.url, main);
