// Tables that layers need again and again: made once for each size, and forgotten when others are in use.

import type { Tensor } from '@retrograd/autograd';

/** How many tables of one kind are kept. */
const KEPT = 8;

/** A function that makes a constant tensor from plain arguments, and remembers those that it made last. */
export function recent<A extends readonly (string | number)[]>(
  make: (...args: A) => Tensor,
): (...args: A) => Tensor {
  const known = new Map<string, Tensor>();
  return (...args) => {
    const key = args.join();
    const table = known.get(key) ?? make(...args);
    known.delete(key);
    known.set(key, table);
    if (known.size > KEPT) known.delete(known.keys().next().value as string);
    return table;
  };
}
