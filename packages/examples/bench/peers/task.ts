// What everybody is asked to do: named, from the same numbers, with a result that must be the same.

/** What a driver must know how to make. */
export type Kind = 'net' | 'products' | 'matmul' | 'pointwise' | 'softmax' | 'tape' | 'transformer';

export interface Task {
  readonly name: string;
  readonly kind: Kind;
  /** What the drivers are told beside the numbers; fields of their own for each kind. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** All numbers, in the order in which drivers take them. */
  readonly numbers: () => Float32Array;
  /** Fresh inputs that take turns. */
  readonly batches: number;
  /** How many steps are taken before results are compared. */
  readonly steps: number;
  /** Multiplications and additions of a step's matrix products, or about so many of whatever else it does. */
  readonly flops: number;
  /** How many operations a step is; times are given for one of them. */
  readonly operations: number;
  /** How much of the time of a round it is worth. */
  readonly share: number;
}
