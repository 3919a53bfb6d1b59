// Two numbers side by side: what a rule says, what the differences say, and the sentence if they differ.

import { GradcheckError } from '../errors.js';
import { formatShape, type Shape } from '../tensor/shape.js';
import type { Tensor } from '../tensor/tensor.js';
import type { Difference } from './differences.js';
import type { ReportLine } from './report.js';

/** What is compared: the derivatives of which order, by which tensors. */
interface Subject {
  readonly name: string;
  readonly order: 'first' | 'second';
  readonly tolerance: number;
  readonly at: readonly Tensor[];
  readonly labels: readonly string[];
}

/** The derivatives by differences, and the scale below which they are noise. */
interface Measured {
  readonly expected: readonly (readonly Difference[])[];
  readonly floor: number;
}

/** The index of the i-th element, row-major. */
function indexOf(shape: Shape, i: number): number[] {
  const index = new Array<number>(shape.length);
  let rest = i;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

function relativeError(got: number, expected: number, scale: number): number {
  if (Object.is(got, expected) || got === expected) return 0;
  const error = Math.abs(got - expected) / scale;
  return Number.isNaN(error) ? Infinity : error;
}

export class Comparison {
  readonly #subject: Subject;
  readonly #measured: Measured;
  readonly #lines: ReportLine[];

  /** Every comparison that holds adds a line to `lines`. */
  constructor(subject: Subject, measured: Measured, lines: ReportLine[]) {
    this.#subject = subject;
    this.#measured = measured;
    this.#lines = lines;
  }

  /** Gradients by the first of the tensors, or by all. */
  gradients(mode: string, gradients: readonly Tensor[]): void {
    for (const [place, g] of gradients.entries()) this.gradient(mode, place, g);
  }

  gradient(mode: string, place: number, g: Tensor): void {
    this.#compare(mode, place, g.data());
  }

  /** Derivatives by the elements of all tensors, one behind the other. */
  elements(mode: string, derivatives: readonly number[]): void {
    let start = 0;
    for (const [place, { size }] of this.#subject.at.entries()) {
      this.#compare(mode, place, derivatives.slice(start, start + size));
      start += size;
    }
  }

  /** The derivative along a direction in which everything moves. */
  direction(mode: string, v: readonly Tensor[], derivative: number): void {
    const { name, order, tolerance } = this.#subject;
    let [expected, uncertainty, scale] = [0, 0, this.#measured.floor];
    for (const [place, own] of this.#measured.expected.entries()) {
      const components = v[place].data();
      own.forEach(({ value, error }, i) => {
        expected += components[i] * value;
        uncertainty += Math.abs(components[i]) * error;
        scale = Math.max(scale, Math.abs(components[i] * value));
      });
    }
    const error = relativeError(derivative, expected, scale);
    const by = 'all inputs along a random direction';
    if (!(error <= tolerance)) {
      this.#fail(mode, by, derivative, { value: expected, error: uncertainty }, scale, error);
    }
    this.#lines.push({ name, order, mode, by, error });
  }

  #compare(mode: string, place: number, derivatives: ArrayLike<number>): void {
    const { name, order, tolerance, at, labels } = this.#subject;
    const expected = this.#measured.expected[place];
    const scale = expected.reduce(
      (most, { value }) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value))),
      this.#measured.floor,
    );
    let [worst, error] = [0, 0];
    expected.forEach(({ value }, i) => {
      const own = relativeError(derivatives[i], value, scale);
      if (own > error) [worst, error] = [i, own];
    });
    const by = labels[place];
    if (!(error <= tolerance)) {
      const element = `${by} at ${formatShape(indexOf(at[place].shape, worst))}`;
      this.#fail(mode, element, derivatives[worst], expected[worst], scale, error);
    }
    this.#lines.push({ name, order, mode, by, error });
  }

  #fail(
    mode: string,
    by: string,
    got: number,
    expected: Difference,
    scale: number,
    error: number,
  ): never {
    const { name, order, tolerance } = this.#subject;
    const uncertain = !(expected.error <= tolerance * scale);
    const advice = uncertain
      ? `The differences themselves are uncertain by ${expected.error.toExponential(1)}: ` +
        'move the input away from kinks and ends of the domain, or pass a smaller eps.'
      : 'Check the rules (vjp, jvp) of its operations; at a kink differences say nothing.';
    throw new GradcheckError(
      `gradcheck: the ${order} derivative of ${name} agrees with central differences to ` +
        `${tolerance.toExponential()}, ${mode} got ${got} instead of ${expected.value} for ${by} ` +
        `(relative error ${error.toExponential(1)}). ${advice}`,
    );
  }
}
