import type { Pod } from '../../core/objects.ts'
import { type Millis, second } from '../../core/time.ts'

/**
 * How a pod behaves. The image tag of the first container says it, `web:2.0.0-err5-slow9`, and so does the annotation
 * `sim/fault` of a live pod or a template (`"slow9 die8"`):
 *
 *     errN     N percent of the answers are 500     slowN    ready N seconds after its start (1)
 *     latN     N ms until the answer (3)            noready  never ready
 *     hang     never answers                        nopull   the image can't be pulled
 *     crashN   dies after 2 s with exit code N (1)  oom      the same, OOMKilled
 *     dieN     becomes ready, dies N s after its start
 */
export interface Profile {
  /** The image tag: what a version is called in counts and logs. */
  readonly version: string
  readonly errorPercent: number
  readonly latency: Millis
  readonly hangs: boolean
  readonly readyAfter: Millis | 'never'
  readonly pulls: boolean
  /** Dies so long after each start. */
  readonly death: { readonly after: Millis; readonly exitCode: number; readonly reason: string } | null
}

export function profileOf(pod: Pick<Pod, 'spec' | 'metadata'>): Profile {
  const [container] = pod.spec.containers
  const tag = /:([^/:@]+)(@.*)?$/.exec(container?.image ?? '')?.[1] ?? 'latest'
  const words = [...(pod.metadata.annotations?.['sim/fault'] ?? '').split(' '), ...tag.split('-')]
  const word = (name: string): string | undefined => words.find((other) => new RegExp(`^${name}\\d*$`).test(other))
  const number = (name: string, otherwise: number): number => Number(word(name)?.slice(name.length) || otherwise)
  const isDeadOnArrival = word('crash') !== undefined || word('oom') !== undefined
  const initialDelay = container?.readinessProbe?.initialDelaySeconds ?? 1
  return {
    version: tag,
    errorPercent: number('err', 0),
    latency: number('lat', 3),
    hangs: word('hang') !== undefined,
    readyAfter: isDeadOnArrival || word('noready') ? 'never' : number('slow', initialDelay) * second,
    pulls: word('nopull') === undefined,
    death: deathOf({ oom: word('oom'), crash: word('crash'), die: word('die') }, number),
  }
}

function deathOf(
  { oom, crash, die }: Readonly<Record<'oom' | 'crash' | 'die', string | undefined>>,
  number: (name: string, otherwise: number) => number,
): Profile['death'] {
  if (oom) return { after: 2 * second, exitCode: 137, reason: 'OOMKilled' }
  if (crash) return { after: 2 * second, exitCode: number('crash', 1), reason: 'Error' }
  return die ? { after: number('die', 2) * second, exitCode: 1, reason: 'Error' } : null
}
