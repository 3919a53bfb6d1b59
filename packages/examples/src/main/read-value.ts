// From what was typed after an option to a value of the right kind, or one line that says why not.
import { suggestion, UsageError } from '../usage-error.js';

/** Turns an option's text into its value; `flag` is the option as it was written, for the message. */
export type Reader<T> = (text: string, flag: string) => T;

/** Any text but the empty one. */
export const text: Reader<string> = (value, flag) => {
  if (value.trim() === '') throw new UsageError(`${flag}: needs a value, got nothing.`);
  return value;
};

/** Texts between commas. */
export const texts: Reader<string[]> = (value, flag) =>
  value.split(',').map((part) => text(part.trim(), flag));

/** One of the names given; capitals don't matter. */
export function oneOf<const T extends string>(names: readonly T[]): Reader<T> {
  return (value, flag) => {
    const found = names.find((name) => name.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    const hint = suggestion(value, names);
    throw new UsageError(`${flag}: takes ${listed(names)}, got "${value}".${hint}`);
  };
}

/** A whole number from `least` on. */
export function wholeNumber(least: number): Reader<number> {
  return (value, flag) => {
    const number = Number(value);
    if (value.trim() === '' || !Number.isSafeInteger(number) || number < least) {
      throw new UsageError(`${flag}: takes a whole number from ${least} on, got "${value}".`);
    }
    return number;
  };
}

/** A finite number above 0, or from 0 on. */
export function realNumber(range: 'above 0' | 'from 0 on'): Reader<number> {
  return (value, flag) => {
    const number = Number(value);
    const fits = range === 'above 0' ? number > 0 : number >= 0;
    if (value.trim() === '' || !Number.isFinite(number) || !fits) {
      throw new UsageError(`${flag}: takes a number ${range}, got "${value}".`);
    }
    return number;
  };
}

/** A number from 0 on and below 1. */
export const share: Reader<number> = (value, flag) => {
  const number = Number(value);
  if (value.trim() !== '' && number >= 0 && number < 1) return number;
  throw new UsageError(`${flag}: takes a share from 0 on and below 1, got "${value}".`);
};

/** Sizes of hidden layers, such as `64,32`; `none` for no hidden layer at all. */
export const layerSizes: Reader<number[]> = (value, flag) => {
  if (value.toLowerCase() === 'none') return [];
  return value.split(',').map((part) => {
    const size = Number(part);
    if (part.trim() === '' || !Number.isSafeInteger(size) || size < 1) {
      throw new UsageError(
        `${flag}: takes sizes of layers from 1 on, such as 64,32, or none, got "${value}".`,
      );
    }
    return size;
  });
};

/** `a, b or c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;
}
