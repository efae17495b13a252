import { defineConfig } from 'vitest/config'

/** The tests that a change of the judge must be caught by; one file at a time, in their written order. */
export default defineConfig({
  test: {
    include: ['test/judge/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: 30_000,
  },
})
