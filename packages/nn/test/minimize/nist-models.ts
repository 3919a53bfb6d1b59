// The models of NIST's nonlinear regression sets, from their files, and what was certified for them.
import { readFileSync } from 'node:fs';
import { atan, type Tensor } from '@retrograd/autograd';

export interface NistSet {
  readonly level: 'lower' | 'average' | 'higher';
  readonly starts: readonly [readonly number[], readonly number[]];
  readonly certified: readonly number[];
  readonly deviations: readonly number[];
  readonly residualSumOfSquares: number;
  readonly residualStandardDeviation: number;
  readonly degreesOfFreedom: number;
  readonly y: readonly number[];
  /** The predictors, a list each. */
  readonly x: readonly (readonly number[])[];
}

export const nist: Readonly<Record<string, NistSet>> = JSON.parse(
  readFileSync(new URL('../oracle/fixtures/nist.json', import.meta.url), 'utf8'),
);

export type Model = (x: Tensor, b: readonly Tensor[]) => Tensor;

const decay = (x: Tensor, amplitude: Tensor, rate: Tensor): Tensor =>
  x.mul(rate).neg().exp().mul(amplitude);

const peak = (x: Tensor, amplitude: Tensor, centre: Tensor, width: Tensor): Tensor =>
  x.sub(centre).div(width).square().neg().exp().mul(amplitude);

/** b₀ + b₁x + b₂x² + …, by Horner's rule. */
const polynomial = (x: Tensor, b: readonly (Tensor | number)[]): Tensor =>
  [...b].reverse().reduce<Tensor>((sum, c) => sum.mul(x).add(c), x.mul(0));

const wave = (x: Tensor, period: Tensor | number, cosine: Tensor, sine: Tensor): Tensor => {
  const angle = x.mul(2 * Math.PI).div(period);
  return angle.cos().mul(cosine).add(angle.sin().mul(sine));
};

const chwirut: Model = (x, b) => decay(x, x.mul(0).add(1), b[0]).div(x.mul(b[2]).add(b[1]));
const gauss: Model = (x, b) =>
  decay(x, b[0], b[1])
    .add(peak(x, b[2], b[3], b[4]))
    .add(peak(x, b[5], b[6], b[7]));
const lanczos: Model = (x, b) =>
  decay(x, b[0], b[1])
    .add(decay(x, b[2], b[3]))
    .add(decay(x, b[4], b[5]));
const cubics: Model = (x, b) => polynomial(x, b.slice(0, 4)).div(polynomial(x, [1, ...b.slice(4)]));

export const models: Readonly<Record<string, Model>> = {
  Misra1a: (x, b) => x.mul(b[1]).neg().exp().neg().add(1).mul(b[0]),
  Misra1b: (x, b) => x.mul(b[1]).div(2).add(1).pow(-2).neg().add(1).mul(b[0]),
  Misra1c: (x, b) => x.mul(b[1]).mul(2).add(1).pow(-0.5).neg().add(1).mul(b[0]),
  Misra1d: (x, b) => x.mul(b[0]).mul(b[1]).div(x.mul(b[1]).add(1)),
  Chwirut1: chwirut,
  Chwirut2: chwirut,
  Lanczos1: lanczos,
  Lanczos2: lanczos,
  Lanczos3: lanczos,
  Gauss1: gauss,
  Gauss2: gauss,
  Gauss3: gauss,
  DanWood: (x, b) => x.pow(b[1]).mul(b[0]),
  Kirby2: (x, b) => polynomial(x, b.slice(0, 3)).div(polynomial(x, [1, ...b.slice(3)])),
  Hahn1: cubics,
  Thurber: cubics,
  /** log y is fitted. */
  Nelson: (x, b) => x.slice(0).mul(b[1]).mul(x.slice(1).mul(b[2]).neg().exp()).neg().add(b[0]),
  MGH17: (x, b) =>
    decay(x, b[1], b[3])
      .add(decay(x, b[2], b[4]))
      .add(b[0]),
  Roszman1: (x, b) =>
    x
      .mul(b[1])
      .neg()
      .add(b[0])
      .sub(atan(b[2].div(x.sub(b[3]))).div(Math.PI)),
  ENSO: (x, b) =>
    wave(x, 12, b[1], b[2])
      .add(wave(x, b[3], b[4], b[5]))
      .add(wave(x, b[6], b[7], b[8]))
      .add(b[0]),
  MGH09: (x, b) =>
    x
      .square()
      .add(x.mul(b[1]))
      .mul(b[0])
      .div(x.square().add(x.mul(b[2])).add(b[3])),
  BoxBOD: (x, b) => x.mul(b[1]).neg().exp().neg().add(1).mul(b[0]),
  Rat42: (x, b) => b[0].div(b[1].sub(x.mul(b[2])).exp().add(1)),
  MGH10: (x, b) => b[1].div(x.add(b[2])).exp().mul(b[0]),
  Eckerle4: (x, b) => x.sub(b[2]).div(b[1]).square().mul(-0.5).exp().mul(b[0].div(b[1])),
  Rat43: (x, b) => b[0].div(b[1].sub(x.mul(b[2])).exp().add(1).pow(b[3].pow(-1))),
  Bennett5: (x, b) => x.add(b[1]).pow(b[2].pow(-1).neg()).mul(b[0]),
};
