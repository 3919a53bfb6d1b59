// Derivatives by differences: what the rules are measured against.

/** A derivative, and how far it may be off: what the last step of the extrapolation has changed. */
export interface Difference {
  readonly value: number;
  readonly error: number;
}

/** Central differences at h, h/2 and h/4 make one extrapolated value. */
const LEVELS = 3;
/** How often the step is divided when the levels disagree: a kink, a pole or the end of a domain is near. */
const RETRIES = 3;
const RETRY_FACTOR = 8;

/**
 * f′(0) from central differences at h, h/2, h/4. Their errors are a series in h², whose first two terms cancel (L. F.
 * Richardson, 1911): O(h⁶) is left, so h may be large and the rounding error ε |f| / h small.
 */
function extrapolated(f: (offset: number) => number, h: number): Difference {
  let previous: number[] = [];
  let error = Infinity;
  for (let level = 0; level < LEVELS; level++) {
    const step = h / 2 ** level;
    const row = [(f(step) - f(-step)) / (2 * step)];
    for (let j = 0; j < level; j++) {
      row.push(row[j] + (row[j] - previous[j]) / (4 ** (j + 1) - 1));
    }
    if (level > 0) error = Math.abs(row[level] - previous[level - 1]);
    previous = row;
  }
  return { value: previous[LEVELS - 1], error: Number.isNaN(error) ? Infinity : error };
}

/** The best value that smaller steps give, until one is known to `accuracy`. */
function refined(
  f: (offset: number) => number,
  h: number,
  first: Difference,
  accuracy: number,
): Difference {
  let best = first;
  for (let retry = 0, step = h; retry < RETRIES && !(best.error <= accuracy); retry++) {
    step /= RETRY_FACTOR;
    const next = extrapolated(f, step);
    if (next.error < best.error) best = next;
  }
  return best;
}

/** A function of one element of a tensor, moved by an offset, and the first step to take. */
export interface Along {
  readonly f: (offset: number) => number;
  readonly h: number;
}

/**
 * All f′(0), trying smaller steps until each is known to `accuracy` of the largest of them, or of `floor`; the best value
 * if no step is small enough. The largest counts only if it is known itself: beside a pole anything may come out.
 */
export function differences(
  along: readonly Along[],
  accuracy: number,
  floor: number,
): Difference[] {
  const first = along.map(({ f, h }) => extrapolated(f, h));
  const scale = first.reduce((most, { value, error }) => {
    const size = Math.abs(value);
    return error <= accuracy * size ? Math.max(most, size) : most;
  }, floor);
  return along.map(({ f, h }, i) => refined(f, h, first[i], accuracy * scale));
}

/** A step for an input of size |x|: `eps` for |x| ≤ 1, relative to x beyond; a power of two, so that x ± h is exact. */
export function stepFor(x: number, eps: number): number {
  return eps * 2 ** Math.ceil(Math.log2(Math.max(1, Math.abs(x))));
}
