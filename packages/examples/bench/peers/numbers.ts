// The numbers that everybody computes with: one seeded rule, so that all start from the same ones.

/** Numbers in [0, 1) by a linear congruence modulo 2³² (Numerical Recipes), whose upper bits are good enough. */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Lists of numbers, one behind the other, as they are written into a file. */
export class Numbers {
  readonly #list: number[] = [];
  readonly #draw: () => number;

  constructor(seed: number) {
    this.#draw = uniforms(seed);
  }

  /** Uniform in [−bound, bound). */
  spread(count: number, bound: number): this {
    for (let i = 0; i < count; i++) this.#list.push((2 * this.#draw() - 1) * bound);
    return this;
  }

  /** Uniform with mean 0 and variance 1. */
  unit(count: number): this {
    return this.spread(count, Math.sqrt(3));
  }

  /** Whole numbers 0 … below − 1. */
  whole(count: number, below: number): this {
    for (let i = 0; i < count; i++) this.#list.push(Math.floor(this.#draw() * below));
    return this;
  }

  constant(count: number, value: number): this {
    for (let i = 0; i < count; i++) this.#list.push(value);
    return this;
  }

  toArray(): Float32Array {
    return Float32Array.from(this.#list);
  }
}
