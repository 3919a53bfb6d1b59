// Threads on shared memory, synchronous for those who call.

export { MOST_PARAMETERS } from './control.js';
export {
  type Handle,
  handleOf,
  type Job,
  type JobParameter,
  joined,
  type PlacedJob,
  placed,
  rebase,
  runAlone,
  type Shared,
  type Varying,
} from './job.js';
export { Pool } from './pool.js';
export { type Native, type Portable, portableOf } from './portable.js';
export {
  inParallel,
  newMemory,
  setThreads,
  startedWorkers,
  threadCount,
} from './threads.js';
