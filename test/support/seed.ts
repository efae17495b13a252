import fc from 'fast-check'

/**
 * In CI every property is tried with the same cases, so that a commit fails for what it changed; elsewhere each run
 * tries new ones, and prints the seed of what it finds. `SEED=123 npx vitest run …` tries those again.
 */
const { SEED, CI } = process.env
const seed = SEED ?? (CI ? '20261121' : undefined)
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) })
