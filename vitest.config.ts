// How the tests run: from source, two workers, and no stray console output.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest resolves a test's imports as a server would, so the plain `resolve.conditions` has no say.
  ssr: {
    resolve: { conditions: ['@retrograd/source', 'module', 'node', 'development|production'] },
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/test/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
    maxWorkers: 2,
    // Test files share what a worker has loaded: loading it anew for each took half of the time.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
    unstubEnvs: true,
  },
});
