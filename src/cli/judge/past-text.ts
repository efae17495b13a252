import { escapeText } from '../../core/text.ts'
import { second, span } from '../../core/time.ts'
import type { JudgePast } from '../../report/documents/judge.ts'
import type { Paint } from '../../report/paint.ts'
import { hang } from '../../report/width.ts'
import { some } from '../../report/words.ts'

type Cluster = JudgePast['clusters'][number]
type Firing = Cluster['judge'][number]

/** A gate of which silence says nothing, and what would mend that. */
export interface Untried {
  readonly text: string
  readonly why: string | null
}

/** How often each gate would have fired, by cluster. */
export function pastText(
  { service, soak, clusters }: JudgePast,
  untried: readonly Untried[],
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): string {
  const width = Math.min(120, Math.max(40, columns))
  const line = (first: string, text: string): string[] => hang(first, escapeText(text), width)
  const lines = clusters.flatMap(({ cluster, soaks, judge, triggers, pods, from, to }) => [
    paint.bold(escapeText(`${service}@${cluster}`)),
    ...line('  ', `${soaks} soaks of ${span(soak * second)} from ${minuteOf(from)} to ${minuteOf(to)}, ${pods} pods`),
    ...line('  · ', `the judge ${firedText(judge, soaks)}`),
    ...triggers.flatMap(({ trigger, fired }) => line('  · ', `${trigger} ${firedText(fired, soaks)}`)),
  ])
  return [
    ...lines,
    ...(untried.length > 0 ? line('not tried  ', untried.map(untriedText).join(', ')) : []),
    '',
    ...line('', 'Nothing was released then: whatever fired is a false alarm, or a pod that was not well.'),
    '',
  ].join('\n')
}

const untriedText = ({ text, why }: Untried): string => (why === null ? text : `${text} (${why})`)

function firedText(fired: readonly Firing[], soaks: number): string {
  if (fired.length === 0) return 'stayed silent'
  const told = fired.map(({ at, pod }) => `${minuteOf(at)} ${pod}`)
  return `fired in ${fired.length} of ${soaks}: ${some(told, 5)}`
}

/** `2026-01-02 12:06Z` */
const minuteOf = (stamp: string): string => `${stamp.slice(0, 16).replace('T', ' ')}Z`
