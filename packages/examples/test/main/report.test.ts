import { describe, expect, test } from 'vitest';
import type { ReportContent } from '../../src/main/report/content.js';
import { reportPage } from '../../src/main/report/page.js';

const falling = Array.from({ length: 1000 }, (_, i) => Math.exp(-i / 200));

const CONTENT: ReportContent = {
  title: 'A <b>title</b> & "more"',
  lead: 'What was done.',
  headlines: [{ value: '98 %', label: 'right' }],
  settings: [['command', 'npm start -- --data "a <b>.csv"']],
  rowsInFile: 10,
  rowsUsed: 9,
  columns: [{ name: '<script>alert(1)</script>', role: 'feature', contents: '1 … 2', missing: 1 }],
  loss: falling,
  validationLoss: falling,
  lossName: 'crossEntropy',
  norms: [2, 3, 4].map((l) => ({ name: `layer ${l}: 4 → 4`, delta: falling, weight: falling })),
  test: {
    kind: 'classes',
    target: 'kind',
    classes: ['a', 'b<'],
    counts: [
      [3, 1],
      [0, 4],
    ],
  },
  comparison: {
    loss: 'crossEntropy',
    samples: 32,
    largest: 3.1e-16,
    rows: [
      { layer: 2, quantity: 'δ', shape: [32, 4], absolute: 1e-17, relative: 3.1e-16 },
      { layer: 2, quantity: '∂J/∂b', shape: [4], absolute: 0, relative: 0 },
    ],
  },
};

const figures = (page: string) => page.match(/<figure>.*?<\/figure>/gs) ?? [];

describe('reportPage', () => {
  test('needs nothing beside it: no script, no link, no picture from elsewhere', async () => {
    const page = await reportPage(CONTENT);
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\((?!#)/);
    const addresses = page.match(/https?:\/\/[^"' <]+/g) ?? [];
    expect(new Set(addresses)).toEqual(
      new Set(['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink']),
    );
  });

  test('makes every text from a file safe', async () => {
    const page = await reportPage(CONTENT);
    expect(page).toContain('A &lt;b&gt;title&lt;/b&gt; &amp; &quot;more&quot;');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<b>title');
    expect(page).toContain('b&lt;');
  });

  test('has a title, a picture and a sentence for each of the four figures', async () => {
    const found = figures(await reportPage(CONTENT));
    expect(found).toHaveLength(4);
    for (const figure of found) {
      expect(figure).toMatch(/<h2>[^<]+<\/h2>/);
      expect(figure).toMatch(/<svg role="img" aria-label="[^"]+"/);
      expect(figure).toMatch(/<figcaption>[^<]{40,}<\/figcaption>/);
    }
  });

  test('stays small however many epochs there were', async () => {
    const page = await reportPage({ ...CONTENT, loss: new Array(100_000).fill(0.5) });
    expect(page.length).toBeLessThan(200_000);
  });

  test('names the layers beside the curves, and the matrix’s counts in its cells', async () => {
    const [loss, delta, weight, matrix] = figures(await reportPage(CONTENT));
    expect(loss).toContain('validation');
    for (const figure of [delta, weight]) expect(figure).toContain('</i>layer 3: 4 → 4</li>');
    for (const count of [3, 1, 0, 4]) expect(matrix).toMatch(new RegExp(`>${count}</text>`));
  });

  test('shows the comparison, its largest difference, and the layer once', async () => {
    const page = await reportPage(CONTENT);
    expect(page).toContain('<td>2</td><td>δ</td><td>32 × 4</td>');
    expect(page).toContain('<td></td><td>∂J/∂b</td>');
    expect(page).toContain('<span class="good">3.1e−16</span>');
    const wrong = { ...CONTENT.comparison, largest: 0.5 };
    expect(await reportPage({ ...CONTENT, comparison: wrong })).toContain('class="bad">5.0e−1<');
  });

  test('plots numbers against what was predicted', async () => {
    const test = {
      kind: 'numbers',
      target: 'mpg',
      actual: [1, 2, 3],
      predicted: [1, 2.5, 3],
    } as const;
    const page = await reportPage({ ...CONTENT, test });
    expect(page).toContain('mpg, predicted');
  });

  test('gets by with curves that have nothing to show', async () => {
    const nothing = [Number.NaN, Number.POSITIVE_INFINITY, 0];
    const norms = [{ name: 'layer 2: 1 → 1', delta: nothing, weight: [] }];
    const numbers = { kind: 'numbers', target: 'y', actual: [1], predicted: [Number.NaN] } as const;
    const content = { ...CONTENT, loss: nothing, validationLoss: [], norms, test: numbers };
    expect(await reportPage(content)).toContain('</html>');
  });
});
