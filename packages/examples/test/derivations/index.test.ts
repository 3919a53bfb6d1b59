import { describe, expect, it } from 'vitest';
import { isCaught } from '../../src/derivations/finding.js';
import { findMisprints } from '../../src/derivations/index.js';

describe('the published derivations', async () => {
  const findings = await findMisprints({ samples: 32, passes: 40 });

  it('have seventeen misprints', () => {
    expect(findings.map(({ number }) => number)).toEqual(
      Array.from({ length: 17 }, (_, i) => `M${i + 1}`),
    );
  });

  it.each(findings)('$number is caught: $printed', (finding) => {
    expect(isCaught(finding), finding.shows).toBe(true);
  });

  it.each(findings.filter(({ agreement }) => agreement !== null))(
    '$number, put right, is equal to the tape: $right',
    ({ agreement }) => {
      expect(agreement).toBeLessThanOrEqual(1e-12);
    },
  );

  it('are wrong in a formula in all but two cases, where a sentence is', () => {
    const sentences = findings.filter(({ agreement }) => agreement === null);
    expect(sentences.map(({ number }) => number)).toEqual(['M8', 'M9']);
  });
});

describe('a misprint', () => {
  const finding = { number: 'M0', printed: '', right: '', shows: '' };

  it('is not caught unless it shows', () => {
    expect(isCaught({ ...finding, caught: false, agreement: 0 })).toBe(false);
  });

  it('is not caught unless the right formula is equal to the tape', () => {
    expect(isCaught({ ...finding, caught: true, agreement: 1e-9 })).toBe(false);
    expect(isCaught({ ...finding, caught: true, agreement: Number.NaN })).toBe(false);
    expect(isCaught({ ...finding, caught: true, agreement: 1e-15 })).toBe(true);
  });
});
