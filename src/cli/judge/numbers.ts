import { DeployError } from '../../core/errors.ts'
import { Timeout } from '../../core/options.ts'
import { shown } from '../../core/shown.ts'
import type { Millis } from '../../core/time.ts'

interface Range {
  readonly least: number
  readonly most: number
}

/** `0.5%` as a share from 0 to 1; a bare number could be either, so it is none. */
export function shareOf(option: string, text: string, { least, most }: Range, like: string): number {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,12})?)%$/.exec(text) ?? []
  if (percent === undefined) throw refused(option, `${shown(text)} is no percentage`, like)
  return within(option, text, Number(percent) / 100, { least, most }, like)
}

/** A number that may be written as a share, too, since it is one: `0.01` or `1%`. */
export const chanceOf = (option: string, text: string, range: Range, like: string): number =>
  /^0?\.\d{1,12}$/.test(text) ? within(option, text, Number(text), range, like) : shareOf(option, text, range, like)

export function numberOf(option: string, text: string, range: Range, like: string): number {
  if (!/^\d{1,12}(?:\.\d{1,12})?$/.test(text)) throw refused(option, `${shown(text)} is no number`, like)
  return within(option, text, Number(text), range, like)
}

/** Of at least a second. */
export function spanOf(option: string, text: string): Millis {
  const { data } = Timeout.safeParse(text)
  if (data !== undefined) return data
  throw refused(option, `${shown(text)} is no duration from a second to a year`, '5m')
}

function within(option: string, text: string, value: number, { least, most }: Range, like: string): number {
  if (value >= least && value <= most) return value
  throw refused(option, `${text} is ${value < least ? 'too small' : 'too large'}`, like)
}

export const refused = (option: string, what: string, like: string): DeployError =>
  new DeployError({ code: 'usage', what: `${option}: ${what}`, remedy: `write it like ${option} ${like}` })
