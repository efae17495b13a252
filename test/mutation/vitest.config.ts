import { defineConfig } from 'vitest/config'

/** The tests that a change of the judge must be caught by: all but its laws, which take seconds for each mutant. */
export default defineConfig({
  test: {
    include: ['test/judge/**/*.test.ts'],
    exclude: ['test/judge/compared/laws.test.ts'],
    testTimeout: 30_000,
    // A process that is kept is what makes a thousand runs affordable; no test of the judge leaves anything behind.
    isolate: false,
    fileParallelism: false,
  },
})
