// The words of shared memory by which threads agree on what is to be done.

/**
 * Indices into the control block, an Int32Array on shared memory. What several threads write at the same time lies in cache
 * lines of its own.
 */
export const WORD = {
  /** Counts jobs and messages; workers wait for it to change. */
  generation: 0,
  /** 1 while a job may be joined. */
  open: 1,
  /** Messages that were posted to each worker; one that has handled fewer goes and reads them. */
  posted: 2,
  /** Workers with this number and higher ones stay out of jobs. */
  limit: 3,
  /** What each block of the job calls. */
  job: 4,
  blocks: 5,
  /** Blocks side by side: block b is (⌊b / across⌋, b mod across). */
  across: 6,
  parameters: 7,
  /** 1 after a block has failed in a worker. */
  failed: 8,
  /** Workers that sleep. */
  asleep: 9,
  /** The next block that nobody has taken. */
  next: 16,
  /** Workers that may be computing. */
  active: 32,
  /** Workers that have started. */
  started: 48,
  /** Parameters begin here. */
  first: 64,
} as const;

/** Words of a parameter: base, its step from one block down, across, and from one thread to the next, and its limit. */
export const PARAMETER_WORDS = 5;

export const MOST_PARAMETERS = 32;

export const CONTROL_WORDS = WORD.first + PARAMETER_WORDS * MOST_PARAMETERS;

/** How long a thread that waits for another looks again and again before it sleeps: waking takes about as long. */
export const SPIN_MILLISECONDS = 0.05;
