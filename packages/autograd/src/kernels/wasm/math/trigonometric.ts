// sin, cos, tan: reduced by slices of π/2, then two short polynomials.

import { type Lanes, lanesOf, narrow, shuffle, type Vec, widen } from '../vector.js';
import { roundProduct, signOf } from './bits.js';
import { COS, SIN } from './coefficients.js';
import { oddPolynomial, polynomial } from './polynomial.js';

/** π/2 in slices of 33 bits: their multiples up to 2²⁰ are exact. */
const HALF_PI = [
  1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32,
];
/** The first slice and all the rest: enough where the result is rounded to float32. */
const HALF_PI_SHORT = [1.5707963267341256, 6.077100506506192e-11];

/** Up to here the reduction holds; beyond, lanes go to the functions of `Math`. */
export const LARGEST_ANGLE = 2 ** 20;

/** a = q·π/2 + r with |r| ≤ π/4; the low bits of `quadrant` are q. */
interface Reduced {
  readonly quadrant: Vec;
  readonly r: Vec;
}

function reduceBy(slices: readonly number[], a: Vec): Reduced {
  const l = lanesOf('float64');
  const { shifted, value } = roundProduct(l, a, 2 / Math.PI);
  let r = a;
  for (const slice of slices) r = l.sub(r, l.mul(value, slice));
  return { quadrant: shifted, r };
}

/** For float32 in double precision: near multiples of π/2 single precision would have no bit left. */
function reduce(l: Lanes, a: Vec): Reduced {
  if (l.dtype === 'float64') return reduceBy(HALF_PI, a);
  const [low, high] = widen(a).map((half) => reduceBy(HALF_PI_SHORT, half));
  const quadrant = shuffle(4, [0, 2, 4, 6], low.quadrant, high.quadrant);
  return { quadrant, r: narrow(low.r, high.r) };
}

/** Of |x|. */
interface SineCosine {
  readonly quadrant: Vec;
  /** Ones in lanes whose quadrant is odd. */
  readonly odd: Vec;
  readonly sine: Vec;
  readonly cosine: Vec;
}

function sineCosine(l: Lanes, x: Vec): SineCosine {
  const { quadrant, r } = reduce(l, l.abs(x));
  const z = l.mul(r, r);
  const sine = oddPolynomial(l, SIN, r, z);
  const near = l.sub(1, l.mul(z, 0.5));
  const cosine = l.add(near, l.mul(l.mul(z, z), polynomial(l, COS, z)));
  const odd = l.integerSub(l.integer(0), l.and(quadrant, l.integer(1)));
  return { quadrant, odd, sine, cosine };
}

/** The sign bit where the second bit of the quadrant is set. */
const turned = (l: Lanes, quadrant: Vec): Vec =>
  l.shiftLeft(l.and(quadrant, l.integer(2)), 8 * l.bytes - 2);

export function sin(l: Lanes, x: Vec): Vec {
  const { quadrant, odd, sine, cosine } = sineCosine(l, x);
  const sign = l.xor(signOf(l, x), turned(l, quadrant));
  return l.xor(l.choose(odd, cosine, sine), sign);
}

export function cos(l: Lanes, x: Vec): Vec {
  const { quadrant, odd, sine, cosine } = sineCosine(l, x);
  const next = l.integerAdd(quadrant, l.integer(1));
  return l.xor(l.choose(odd, sine, cosine), turned(l, next));
}

/** sin r / cos r, or −cos r / sin r in odd quadrants. */
export function tan(l: Lanes, x: Vec): Vec {
  const { odd, sine, cosine } = sineCosine(l, x);
  const y = l.div(l.choose(odd, cosine, sine), l.choose(odd, sine, cosine));
  return l.xor(y, l.xor(signOf(l, x), signOf(l, odd)));
}

/** Lanes that the reduction can't take. */
export const isHugeAngle = (l: Lanes, x: Vec): Vec => l.gt(l.abs(x), LARGEST_ANGLE);
