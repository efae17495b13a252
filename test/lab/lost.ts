import type { Failure } from './load-generator.ts'
import type { Totals } from './load.ts'

/** Requests of a load that had no good answer, in words for who reads of a failed test; empty when none is lost. */
export function lostOf({ to, sent, failed, failures }: Totals): string {
  if (sent === 0) return `not one request was sent to ${to}`
  const [first, last] = [failures.at(0), failures.at(-1)]
  if (!first || !last) return ''
  return `${failed} of ${sent} requests to ${to}, the first ${failures.length} from ${first.after} s to ${last.after} s: ${kinds(failures)}`
}

function kinds(failures: readonly Failure[]): string {
  const kind = ({ status, error, reused }: Failure) => `${error || status} on ${reused ? 'a used' : 'a new'} connection`
  const counted = Object.entries(Object.groupBy(failures, kind))
  return counted.map(([what, all = []]) => `${what} ×${all.length}`).join(', ')
}
