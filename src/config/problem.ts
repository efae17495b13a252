import { DeployError } from '../core/errors.ts'
import { escapeText } from '../core/text.ts'
import { printable } from './text.ts'
import type { Spot } from './yaml.ts'

/** One thing that is wrong in what the operator wrote, with its place and what to do. */
export interface Problem {
  /** `deploy.yaml:7:12`, `--set soak=5`, `DEPLOY_CANARY_SOAK`. */
  readonly place: string
  /** The key in the file, `services.web.image`; empty where it is about none. */
  readonly key: string
  readonly what: string
  readonly remedy: string
  /** The line of the file and a caret. */
  readonly frame?: string
}

const mostShown = 20

/** One error that says all of it. */
export function errorOf(code: string, summary: string, found: readonly Problem[]): DeployError {
  const problems = withoutSecrets(found)
  const [only, ...others] = problems
  if (only && others.length === 0) return new DeployError({ code, what: saidOf(only), remedy: only.remedy })
  const listed = problems.slice(0, mostShown).map((problem) => `${saidOf(problem)}\n  → ${problem.remedy}`)
  const rest = problems.length - listed.length
  return new DeployError({
    code,
    what: [`${summary}: ${problems.length} problems`, ...listed, ...(rest > 0 ? [`and ${rest} more`] : [])].join(
      '\n\n',
    ),
    remedy: 'mend them all, then run the command again',
  })
}

/** What stands below these keys may be a secret that somebody wrote by mistake: its line is not shown. */
const secretive = /\.(?:auth|headers)(?:\.|$)/

function withoutSecrets(problems: readonly Problem[]): readonly Problem[] {
  const lineOf = ({ place }: Problem): string => place.replace(/:\d+$/, '')
  const hidden = new Set(problems.filter(({ key }) => secretive.test(key)).map(lineOf))
  return problems.map(({ frame, ...problem }) =>
    frame === undefined || hidden.has(lineOf(problem)) ? problem : { ...problem, frame },
  )
}

const saidOf = ({ place, key, what, frame }: Problem): string =>
  `${escapeText(place)}: ${key === '' ? '' : `${escapeText(key)}: `}${what}${frame === undefined ? '' : `\n${frame}`}`

const widest = 100

/** The line that is meant, with a caret under the place; long lines are cut around it. */
export function frameOf(lines: readonly string[], { line, column, length }: Spot): string {
  const from = column <= widest - 20 ? 0 : column - 20
  const part = printable(
    withoutPasswords(lines[line - 1] ?? '')
      .slice(from, from + widest)
      .replaceAll('\t', ' '),
  )
  const number = String(line)
  const caret = '^'.repeat(Math.max(1, Math.min(length, from + part.length - column + 1)))
  return `  ${number} | ${part}\n  ${' '.repeat(number.length)} | ${' '.repeat(column - 1 - from)}${caret}`
}

/** The same line with as many dots for what stands before the `@` of a URL. */
const withoutPasswords = (line: string): string =>
  line.replaceAll(/(?<=:\/\/)[^/\s"']+(?=@)/g, (password) => '·'.repeat(password.length))
