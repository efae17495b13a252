/**
 * What a report of vitest says, in lines: how many tests passed and failed (`12 1`), then each that failed, with how the
 * message begins and ends. Files that could not be run count as failed.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report
const files = report.testResults.filter(({ status }) => status === 'failed')
const broken = files.filter(({ assertionResults }) => assertionResults.every(({ status }) => status !== 'failed'))
const failed = files.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => `${basename(name)}: ${fullName}: ${brief(failureMessages[0])}`),
)
const notRun = broken.map(({ name, message }) => `${basename(name)}: could not be run: ${brief(message)}`)
const counts = `${report.numPassedTests} ${report.numFailedTests + broken.length}`
process.stdout.write(`${[counts, ...failed, ...notRun].join('\n')}\n`)

/** The first and the last line: a message may begin with all that a command printed. */
function brief(text = ''): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const stack = lines.findIndex((line) => /^\s+at /.test(line))
  const said = lines.slice(0, stack === -1 ? undefined : stack)
  const ends = said.length > 1 ? [said[0], said.at(-1)] : said
  return ends.map((line = '') => line.trim().slice(0, 300)).join(' … ')
}
