// What the compiler says of an input whose features a layer doesn't take. Types only.

import type { Shape, ShownSize, SizesMeet } from '@retrograd/autograd';

/** `dense: takes 4 features, got 5`, or `never` where the last axis fits or isn't known. */
export type FeatureProblem<
  Op extends string,
  S extends Shape,
  In extends number,
> = S extends readonly [...Shape, infer N extends number]
  ? SizesMeet<N, In> extends true
    ? never
    : `${Op}: takes ${ShownSize<In>} features, got ${ShownSize<N>}`
  : never;
