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
  /** 1 after a block has failed in a worker. */
  failed: 2,
  /** Workers that sleep. */
  asleep: 3,
  /** 1 while the caller sleeps until the last blocks are done. */
  waiting: 4,
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
 * The numbers that a job begins with. They and its parameters are float64, so that addresses of native code and factors are
 * numbers like the others.
 */
export const HEAD = {
  /** What each block calls. */
  target: 0,
  /** Workers with this number and higher ones stay out of the job. */
  threads: 1,
  blocks: 2,
  /** Blocks side by side: block b is (⌊b / across⌋, b mod across). */
  across: 3,
  parameters: 4,
  /** Blocks of each of the sets of parameters, one behind another: block b is block (b mod each) of set ⌊b / each⌋. */
  each: 5,
} as const;

/** Where the parameters of a job begin, behind its head. */
export const HEAD_NUMBERS = 6;

/** Numbers of a parameter: base, its step from one block down, across, and from one thread to the next, and its limit. */
export const PARAMETER_NUMBERS = 5;

export const MOST_PARAMETERS = 32;

/** Where the job lies in the control block. */
export const JOB_AT = 256;

export const CONTROL_BYTES = JOB_AT + 8 * (HEAD_NUMBERS + PARAMETER_NUMBERS * MOST_PARAMETERS);

/**
 * How often a thread that waits for another looks again, without a pause, before it sleeps: 0.1 to 0.2 ms. Waking takes 0.05 ms,
 * and between two jobs of one step there is often more than that.
 */
export const LOOKS = 8_000;
