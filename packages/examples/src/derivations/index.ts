// Five published derivations of backpropagation: which of their formulas are wrong, and how would a reader notice?
//
// Seventeen misprints, each formula computed exactly as it stands in print, and caught; and the
// right one beside the tape, equal to twelve digits. Layers, letters and indices are those of the
// derivations: see network.ts.

import type { Options } from '../modes.js';
import { exponential, table, whenRun } from '../show.js';
import { m8, m9 } from './claims.js';
import { type Finding, isCaught } from './finding.js';
import { m4, m7, m14, m17 } from './forward-pass.js';
import { m5, m6, m10, m13, m15 } from './gradient.js';
import { m16 } from './output.js';
import { m1, m2, m3, m11, m12 } from './recursion.js';

/** Every misprint, M1 … M17, put to the test. `options` say how long M9 trains. */
export async function findMisprints(options: Options = {}): Promise<Finding[]> {
  const formulas = [m1, m2, m3, m4, m5, m6, m7, m10, m11, m12, m13, m14, m15, m16, m17];
  const found = [...formulas.map((find) => find()), await m8(), await m9(options)];
  return found.sort((a, b) => Number(a.number.slice(1)) - Number(b.number.slice(1)));
}

export async function main(): Promise<void> {
  const findings = await findMisprints();
  const rows = findings.map((finding) => [
    finding.number,
    finding.printed,
    finding.shows,
    finding.agreement === null ? '' : exponential(finding.agreement),
    isCaught(finding) ? 'caught' : 'NOT CAUGHT',
  ]);
  console.log(table(['', 'printed', 'how it shows', 'the right one − tape', ''], rows));
}

whenRun(import.meta.url, main);
