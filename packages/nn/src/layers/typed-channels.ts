// What the compiler says of an input whose channels a layer doesn't take. Types only.

import type { Shape, ShownSize, SizesMeet } from '@retrograd/autograd';

/** `conv2d: takes 3 channels, got 1`, or `never` where axis 1 fits or isn't known. */
export type ChannelProblem<
  Op extends string,
  S extends Shape,
  In extends number,
> = S extends readonly [number, infer C extends number, ...Shape]
  ? SizesMeet<C, In> extends true
    ? never
    : `${Op}: takes ${ShownSize<In>} channels, got ${ShownSize<C>}`
  : never;
