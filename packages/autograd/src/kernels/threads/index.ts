// Threads on shared memory, synchronous for those who call.

export { type Job, type JobParameter, Pool, runAlone, type Shared } from './pool.js';
export { type Native, type Portable, portableOf } from './portable.js';
export {
  inParallel,
  newMemory,
  setThreads,
  startedWorkers,
  threadCount,
} from './threads.js';
