// One thing to be timed, and how its time is written.

export interface Case {
  readonly name: string;
  /** How many operations one run is; the time is given for one of them. */
  readonly operations: number;
  /** Returns a number that depends on all of the work, so that none of it can be left out. */
  readonly run: () => number;
  /** What one operation may take at most, in seconds. */
  readonly limit?: number;
}

/** Seconds, as a person reads them: `12.3 µs`. */
export function duration(seconds: number): string {
  const units = [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
    [1e-9, 'ns'],
  ] as const;
  const [scale, unit] = units.find(([size]) => seconds >= size) ?? [1e-9, 'ns'];
  return `${(seconds / scale).toPrecision(3)} ${unit}`;
}
