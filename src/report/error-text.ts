import { inspect } from 'node:util'
import { DeployError, exitCodes } from '../core/errors.ts'
import { runbookOfError } from '../core/runbooks.ts'
import { escapeLines } from '../core/text.ts'
import { type Paint, plain } from './paint.ts'
import { hang } from './width.ts'

export interface ErrorTextOptions {
  readonly columns?: number
  readonly paint?: Paint
}

/** An error for a person: what, why, what to do. Only a bug shows where in the program it happened. */
export const errorText = (error: unknown, { columns = 100, paint = plain }: ErrorTextOptions = {}): string =>
  error instanceof DeployError ? forOperator(error, columns, paint) : bug(error, paint)

const labels = 10

function forOperator(error: DeployError, columns: number, paint: Paint): string {
  const row = (label: string, text: string | undefined): string[] =>
    text === undefined ? [] : block(label.padEnd(labels), text, columns)
  const [first = '', ...rest] = block('error:'.padEnd(labels - 3), error.what, columns)
  return [
    first.replace('error:', paint.bad('error:')),
    ...rest,
    ...row('  why', error.why),
    ...row('  do', error.remedy),
    ...row('  runbook', runbookOfError(error.code) ?? undefined),
    ...row('  code', `${error.code}, exit ${exitCodes[error.exit]}`),
  ].join('\n')
}

/** A text of several lines (an excerpt of a file, a list of problems) keeps them. */
const block = (label: string, text: string, columns: number): string[] =>
  escapeLines(text).flatMap((line, index) => hang(index === 0 ? label : ' '.repeat(label.length), line, columns))

function bug(error: unknown, paint: Paint): string {
  return [
    `${paint.bad('error:')} this is a bug in deploy, not a mistake of yours`,
    ...chain(error)
      .flatMap((part, index) => escapeLines(`${index === 0 ? '' : 'caused by '}${part}`))
      .map((line) => `  ${line}`),
    '',
    'What a run has done so far is kept: deploy list shows it, and it can be resumed.',
    'Please report this text.',
  ].join('\n')
}

/** The stacks of an error and of what caused it. */
function chain(error: unknown): string[] {
  const found: string[] = []
  for (let one = error; one !== undefined && found.length < 5; one = one instanceof Error ? one.cause : undefined)
    found.push(one instanceof Error ? (one.stack ?? `${one.name}: ${one.message}`) : inspect(one))
  return found
}
