import type { Reporter } from 'vitest/node'

/** Says why a test was tried again: vitest keeps that to itself when the second attempt passes. */
export const retried: Reporter = {
  onTestCaseResult(test) {
    const { state, errors = [] } = test.result()
    if (state !== 'passed') return
    for (const { message, stack, diff = '' } of errors)
      process.stderr.write(`\ntried again: ${test.fullName}\n${stack ?? message}\n${diff}\n`)
  },
}
