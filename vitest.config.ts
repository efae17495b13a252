import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/lab/**'],
    sequence: { shuffle: true },
    testTimeout: 30_000,
  },
})
