import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // The page's script, which its renderer imports, is made of its sources.
    globalSetup: ['scripts/embed.mjs'],
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Vitest leaves one core free, which on a machine of two doubles the time.
    maxWorkers: availableParallelism(),
    // Tests compile their fixtures: half a minute where the machine is busy or the cache is cold.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
