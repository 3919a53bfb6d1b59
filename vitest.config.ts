// How the tests run: from source, two workers, and no stray console output.
import { defineConfig } from 'vitest/config';

const conditions = ['@retrograd/source', 'module', 'node', 'development|production'];

export default defineConfig({
  // Vitest resolves a test's imports as a server would, so the plain `resolve.conditions` has no say.
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/test/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
    maxWorkers: 2,
    passWithNoTests: false,
  },
});
