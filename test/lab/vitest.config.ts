import { defineConfig } from 'vitest/config'
import { reporters } from '../../vitest.config.ts'
import { retried } from './retried.ts'

/** The lab tier: one lab for all files, which run one after the other, since they share two cores and one network. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    reporters: [...reporters, retried],
    include: ['**/*.test.ts'],
    globalSetup: ['setup.ts'],
    fileParallelism: false,
    // Scenarios mostly wait: so many of a file run side by side, each in a namespace of its own.
    maxConcurrency: 6,
    sequence: { shuffle: { files: false, tests: false } },
    // A shared machine stands still at times, so the second try begins later. What fails twice is a failure; what was
    // tried again is said, and why.
    retry: { count: process.env['CI'] ? 1 : 0, delay: 30_000 },
    // What was lost is said in one line, which is all that may be seen of it from afar.
    chaiConfig: { truncateThreshold: 300 },
    // The machine may be busy: these bounds are for what hangs, never a measurement.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
  },
})
