// The worker: trains, and reports how it went.
import { report } from '../../../autograd/test/browser/report.js';
import { trainNet } from './plain.js';

await report(() => trainNet(true));
