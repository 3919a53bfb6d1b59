// Looking at what was recorded, and trying whether it is right.

export { type AuditEntry, AuditReport, audit } from './audit.js';
export { type Counted, countFlops } from './count.js';
export { toDerivation } from './derivation.js';
export { toDot } from './dot.js';
export { type FirstNaN, firstNaN } from './first-nan.js';
