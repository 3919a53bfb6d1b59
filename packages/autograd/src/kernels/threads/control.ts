// The words of shared memory by which threads agree on what is to be done.

/**
 * Indices into the control block, an Int32Array on shared memory. What several threads write at the same time lies in cache
 * lines of its own.
 */
export const WORD = {
  /** Counts jobs and messages; workers wait for it to change. */
  generation: 0,
  /** Messages that were posted to each worker; one that has handled fewer goes and reads them. */
  posted: 1,
  /** Workers with this number and higher ones stay out of the job. */
  limit: 2,
  /** What each block of the job calls. */
  job: 3,
  blocks: 4,
  /** Blocks side by side: block b is (⌊b / across⌋, b mod across). */
  across: 5,
  parameters: 6,
  /** 1 after a block has failed in a worker. */
  failed: 7,
  /** Workers that sleep. */
  asleep: 8,
  /** 1 while the caller sleeps until the last blocks are done. */
  waiting: 9,
  /** The ticket: the job's number, and the next block that nobody has taken. */
  ticket: 16,
  /** Blocks that workers have done. */
  done: 32,
  /** Workers that have started. */
  started: 48,
} as const;

/**
 * Bits of a ticket for the block. A block is taken by exchanging the ticket for the next one, which fails if the job is over
 * by then: so a worker that comes late, or is held up before it takes one, disturbs nobody and is not waited for.
 */
export const BLOCK_BITS = 12;

/** The block of a ticket while no job is open; real ones are below. */
export const NO_BLOCK = 2 ** BLOCK_BITS - 1;

/**
 * Numbers of a parameter: base, its step from one block down, across, and from one thread to the next, and its limit. They
 * are float64, so that addresses of native code and factors are parameters as well.
 */
export const PARAMETER_NUMBERS = 5;

export const MOST_PARAMETERS = 32;

/** Where parameters begin in the control block. */
export const PARAMETERS_AT = 256;

export const CONTROL_BYTES = PARAMETERS_AT + 8 * PARAMETER_NUMBERS * MOST_PARAMETERS;

/**
 * How long a thread that waits for another looks again and again before it sleeps: waking takes 0.05 ms, and between two jobs
 * of one step there is often more than that.
 */
export const SPIN_MILLISECONDS = 0.2;
