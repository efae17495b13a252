import { defineConfig, type ViteUserConfig } from 'vitest/config'

const { VITEST_JSON: outputFile } = process.env

type Reporters = NonNullable<NonNullable<ViteUserConfig['test']>['reporters']>

/** For people; beside it for `.ci/run`, which counts. */
export const reporters: Reporters = outputFile ? ['default', ['json', { outputFile }]] : ['default']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/lab/**'],
    sequence: { shuffle: true },
    testTimeout: 30_000,
    reporters,
  },
})
