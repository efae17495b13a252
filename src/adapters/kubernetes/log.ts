import type { Ref } from '../../core/kinds.ts'
import type { Call } from '../../ports.ts'
import { isAbsent } from './calls.ts'
import { toDeployError } from './errors.ts'
import { pathOf, withQuery } from './paths.ts'
import type { Rest } from './rest.ts'

export interface LogOptions {
  readonly pod: Ref
  readonly container: string
  readonly previous: boolean
  readonly lines: number
}

/** Longer lines than this, on average, are cut off at the end. */
const bytesPerLine = 4096

/** The end of a log; empty where there is none yet (the container waits, or never ran before) or no more (no pod). */
export async function logOf(rest: Rest, { pod, container, previous, lines }: LogOptions, call: Call): Promise<string> {
  const about = { verb: 'get', object: { ...pod, subresource: 'log' } } as const
  const path = withQuery(`${pathOf(pod)}/log`, {
    container,
    previous: previous || undefined,
    tailLines: lines,
    limitBytes: lines * bytesPerLine,
  })
  const answer = await rest.ask({ about, method: 'GET', path, repeatable: true }, call)
  if (typeof answer === 'string') return answer
  if (isAbsent(answer) || (answer.kind === 'answer' && answer.status === 400)) return ''
  throw toDeployError(answer, about, rest.peer)
}
