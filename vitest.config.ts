import { defineConfig, type ViteUserConfig } from 'vitest/config'

const { VITEST_JSON: outputFile, CI, SEED } = process.env

type Reporters = Extract<NonNullable<ViteUserConfig['test']>['reporters'], unknown[]>

/** For people; beside it for `.ci/run`, which counts. */
export const reporters: Reporters = outputFile ? ['default', ['json', { outputFile }]] : ['default']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/lab/**', 'test/storm/**'],
    globalSetup: ['test/support/temporary.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Tests may not rest on those before them; in CI the order is one and the same, so that a commit fails for what it changed.
    sequence: { shuffle: true, ...((CI || SEED) && { seed: Number(SEED ?? '20261121') }) },
    testTimeout: 60_000,
    // The default leaves a core to itself, which on two of them is half of the machine.
    maxWorkers: '100%',
    reporters,
  },
})
