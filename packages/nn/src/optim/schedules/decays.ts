// Schedules: those that fall from 1, in steps or along a curve.

import { ArgumentError, constant, type Expr } from '@retrograd/autograd';
import { checkNumber, checkWhole } from '../checks.js';
import { Schedule } from './schedule.js';

export interface FinalOption {
  /** The factor at the end, and from there on. Default: 0. */
  final?: number;
}

export interface PolynomialOptions extends FinalOption {
  /** The exponent, > 0; 1 is a straight line. Default: 1. */
  power?: number;
}

export interface RestartOptions extends FinalOption {
  /** How many times longer each cycle is than the one before, a whole number ≥ 1. Default: 1. */
  growth?: number;
}

/** How far t is on its way through `steps`: 0 … 1. */
export function progress(t: Expr, steps: number): Expr {
  return t.div(steps).minimum(1);
}

/** From `from` to `to` along half a cosine, as u goes from 0 to 1. */
export function alongCosine(from: number, to: number, u: Expr): Expr {
  return u
    .mul(Math.PI)
    .cos()
    .add(1)
    .mul((from - to) / 2)
    .add(to);
}

/**
 * Multiplies by `factor` after every so many steps: factor^⌊t / every⌋; PyTorch's StepLR.
 * @throws ArgumentError unless `every` is a whole number ≥ 1 and `factor` ≥ 0.
 */
export function stepDecay(every: number, factor = 0.1): Schedule {
  checkWhole('stepDecay', 'every', every, 1);
  checkNumber('stepDecay', 'factor', factor, 0);
  const formula = (t: Expr) => constant(factor).pow(t.div(every).floor());
  return new Schedule('stepDecay', formula, Number.POSITIVE_INFINITY);
}

/**
 * Multiplies by `factor` at each milestone, the count of a step; PyTorch's MultiStepLR.
 * @throws ArgumentError unless the milestones are whole numbers ≥ 0 in rising order and `factor` ≥ 0.
 */
export function multiStepDecay(milestones: readonly number[], factor = 0.1): Schedule {
  const op = 'multiStepDecay';
  if (!Array.isArray(milestones) || milestones.length === 0) {
    throw new ArgumentError(
      `${op}: milestones are a list of steps, got ${Array.isArray(milestones) ? 'none' : typeof milestones}. ` +
        'Pass for example [30, 80].',
    );
  }
  milestones.forEach((milestone, i) => {
    checkWhole(op, `milestones[${i}]`, milestone, i === 0 ? 0 : milestones[i - 1]);
  });
  checkNumber(op, 'factor', factor, 0);
  const formula = (t: Expr) => {
    const passed = milestones.map((milestone) => t.greaterEqual(milestone));
    return constant(factor).pow(passed.reduce((count, one) => count.add(one)));
  };
  return new Schedule(op, formula, milestones[milestones.length - 1]);
}

/**
 * factor^(t / every): a curve through what `stepDecay` jumps to; PyTorch's ExponentialLR for `every` = 1.
 * @throws ArgumentError unless `factor` ≥ 0 and `every` is a whole number ≥ 1.
 */
export function exponentialDecay(factor: number, every = 1): Schedule {
  checkNumber('exponentialDecay', 'factor', factor, 0);
  checkWhole('exponentialDecay', 'every', every, 1);
  const formula = (t: Expr) => constant(factor).pow(t.div(every));
  return new Schedule('exponentialDecay', formula, Number.POSITIVE_INFINITY);
}

/**
 * final + (1 − final)(1 − t/steps)^power, then `final`; PyTorch's PolynomialLR.
 * @throws ArgumentError unless `steps` is a whole number ≥ 1 and `power` > 0.
 */
export function polynomialDecay(steps: number, options: PolynomialOptions = {}): Schedule {
  const { power = 1, final = 0 } = options;
  checkWhole('polynomialDecay', 'steps', steps, 1);
  checkNumber('polynomialDecay', 'power', power, Number.MIN_VALUE);
  checkNumber('polynomialDecay', 'final', final, 0);
  const formula = (t: Expr) =>
    progress(t, steps)
      .neg()
      .add(1)
      .pow(power)
      .mul(1 - final)
      .add(final);
  return new Schedule('polynomialDecay', formula, steps);
}

/**
 * final + (1 − final)(1 + cos(π t/steps)) / 2, then `final` (Loshchilov and Hutter 2017); PyTorch's CosineAnnealingLR
 * up to its end, from where that rises again.
 * @throws ArgumentError unless `steps` is a whole number ≥ 1 and `final` ≥ 0.
 */
export function cosineDecay(steps: number, { final = 0 }: FinalOption = {}): Schedule {
  checkWhole('cosineDecay', 'steps', steps, 1);
  checkNumber('cosineDecay', 'final', final, 0);
  const formula = (t: Expr) => alongCosine(1, final, progress(t, steps));
  return new Schedule('cosineDecay', formula, steps);
}

/**
 * Cosine decays one after the other, each beginning at 1 again (SGDR, Loshchilov and Hutter 2017): the first of `first`
 * steps, each `growth` times as long as the one before; PyTorch's CosineAnnealingWarmRestarts.
 * @throws ArgumentError unless `first` and `growth` are whole numbers ≥ 1 and `final` ≥ 0.
 */
export function cosineRestarts(first: number, options: RestartOptions = {}): Schedule {
  const { growth = 1, final = 0 } = options;
  checkWhole('cosineRestarts', 'first', first, 1);
  checkWhole('cosineRestarts', 'growth', growth, 1);
  checkNumber('cosineRestarts', 'final', final, 0);
  const formula = (t: Expr) => {
    const [start, length] = growth === 1 ? equalCycle(t, first) : growingCycle(t, first, growth);
    return alongCosine(1, final, t.sub(start).div(length));
  };
  return new Schedule('cosineRestarts', formula, Number.POSITIVE_INFINITY);
}

function equalCycle(t: Expr, length: number): [start: Expr, length: Expr] {
  return [t.div(length).floor().mul(length), constant(length)];
}

/**
 * Cycle n begins at first · (gⁿ − 1)/(g − 1), so n = ⌊log_g(1 + (g − 1)t/first)⌋. The 1e-9 forgives the logarithm its
 * rounding at the start of a cycle; a step before it, the logarithm is further off than that up to 10⁸ steps.
 */
function growingCycle(t: Expr, first: number, growth: number): [start: Expr, length: Expr] {
  const n = t
    .mul((growth - 1) / first)
    .log1p()
    .div(Math.log(growth))
    .add(1e-9)
    .floor();
  const times = constant(growth).pow(n).round();
  return [
    times
      .sub(1)
      .div(growth - 1)
      .mul(first),
    times.mul(first),
  ];
}
