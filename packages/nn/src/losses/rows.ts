// What becomes of the rows of a loss, and how derivatives meet it.

import type { Tensor } from '@retrograd/autograd';

export interface RowAttrs {
  /** One loss for each row, or the sum of all times `scale`. */
  readonly byRow: boolean;
  readonly scale: number;
}

/** Terms [..., C] as row losses, or as their scaled sum. */
export function gathered(terms: Tensor, { byRow, scale }: RowAttrs): Tensor {
  if (byRow) return terms.sum(-1);
  return scale === 1 ? terms.sum() : terms.sum().mul(scale);
}

/** The gradient of a loss, or of a row's, as it meets the elements of the rows. */
export function spread(g: Tensor, { byRow, scale }: RowAttrs): Tensor {
  if (byRow) return g.unsqueeze(-1);
  return scale === 1 ? g : g.mul(scale);
}
