import { defineConfig } from 'vitest/config'
import { reporters } from '../../vitest.config.ts'

/** The tier that takes minutes: kills and random worlds in their thousands, one file on each core. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    reporters,
    globalSetup: ['../support/temporary.ts'],
    include: ['**/*.test.ts'],
    sequence: { shuffle: false },
    // A bound for what hangs, never a measurement.
    testTimeout: 900_000,
    // Real processes are given seconds, as a CI system gives them, and a shared machine stands still at times. What is
    // drawn from the seed fails twice.
    retry: process.env['CI'] ? 1 : 0,
    maxWorkers: 2,
  },
})
