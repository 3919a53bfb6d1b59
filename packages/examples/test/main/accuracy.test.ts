import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSource } from '../../src/main/load.js';
import type { Options } from '../../src/main/option-table.js';
import { scoreSeeds } from '../../src/main/seeds.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const ELSEWHERE = resolve(ROOT, '../shared/data');
const MINUTES = 60_000;

async function score(options: Options, seeds: number) {
  return scoreSeeds(options, readSource(options, ROOT), seeds);
}

describe('with nothing but its defaults the main job', () => {
  test('tells 98 % of unseen penguins right, on average over ten seeds', async () => {
    const { mean, least } = await score({}, 10);
    expect(mean).toBeGreaterThanOrEqual(0.98);
    expect(least).toBeGreaterThanOrEqual(0.95);
  });

  test('predicts the fuel consumption of unseen cars', async () => {
    const data = fileURLToPath(new URL('../../data/cars.csv', import.meta.url));
    const { mean } = await score({ data, target: 'Miles_per_Gallon' }, 2);
    expect(mean).toBeGreaterThanOrEqual(0.8);
  });
});

describe('on tables that lie outside of the repository', () => {
  test.for([
    { file: 'iris.csv', options: { target: 'species' }, seeds: 10, least: 0.95 },
    { file: 'digits.csv', options: { target: 'digit', hidden: [64, 32] }, seeds: 2, least: 0.965 },
  ])(
    '$file is told right as often as by others’ networks',
    { timeout: 3 * MINUTES },
    async ({ file, options, seeds, least }, { skip }) => {
      const data = resolve(ELSEWHERE, file);
      skip(!existsSync(data), `${file} is not there`);
      const { mean } = await score({ data, ...options }, seeds);
      expect(mean).toBeGreaterThanOrEqual(least);
    },
  );
});
