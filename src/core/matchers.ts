import type { Matcher } from './metrics.ts'

export type Labels = Readonly<Record<string, string>>

/** Whether a series with these labels is meant. As in PromQL, a label that is absent is an empty one. */
export function matcherOf(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map(({ label, op, value }) => {
    const wanted = op === '=' || op === '=~'
    const pattern = op.endsWith('~') ? patternOf(value) : undefined
    return (labels: Labels): boolean => {
      const said = labels[label] ?? ''
      return (pattern ? pattern.test(said) : said === value) === wanted
    }
  })
  return (labels) => tests.every((test) => test(labels))
}

/**
 * The regular expression of a matcher: it is about the whole value, and a dot is any character.
 * @throws SyntaxError
 */
export function patternOf(value: string): RegExp {
  const [, flags = '', body = value] = /^\(\?([is]+)\)([^]*)$/.exec(value) ?? []
  return new RegExp(`^(?:${body})$`, flags.includes('i') ? 'is' : 's')
}

/** As PromQL writes it. */
export const matcherText = ({ label, op, value }: Matcher): string => `${label}${op}${JSON.stringify(value)}`
