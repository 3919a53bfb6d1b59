import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { watching } from '../src/progress.js';

it('shows five lines where there is no terminal, and begins anew after the last', () => {
  const screen = new PassThrough();
  const watch = watching({ unit: 'episode', figure: 'steps' }, screen);
  for (let round = 0; round < 2; round++) {
    for (let done = 1; done <= 10; done++) watch(done, 10, 12.5);
  }
  const lines = String(screen.read()).trim().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toMatch(/^ *episode 2\/10 {2}steps 12\.50 {2}\d\.\d s left$/);
  expect(lines[9]).toMatch(/episode 10\/10 .* done in/);
});

it('shows a bar on a terminal', () => {
  const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const watch = watching({}, screen);
  watch(1, 2, 0.5);
  watch(2, 2, 0.25);
  const shown = String(screen.read());
  expect(shown).toContain('█'.repeat(28));
  expect(shown).toContain('epoch 2/2  loss 0.2500  done in');
});
