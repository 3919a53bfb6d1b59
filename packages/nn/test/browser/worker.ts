// The worker: learns, and reports what it has learned.
import { report } from '../../../autograd/test/browser/report.js';
import { learn } from './learning.js';

await report(learn);
