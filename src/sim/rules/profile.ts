import type { Pod } from '../../core/objects.ts'
import { type Millis, second } from '../../core/time.ts'

/**
 * How a pod behaves. The image tag of the first container says it, `web:2.0.0-err5-slow9`, and so does the annotation
 * `sim/fault` of a live pod or a template (`"slow9 die8"`). A pod with `sim/behaves` is a copy of a real one, whose tag
 * says nothing; what stands there is taken instead:
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
  const version = /:([^/:@]+)(@.*)?$/.exec(container?.image ?? '')?.[1] ?? 'latest'
  const { 'sim/behaves': behaves = version.replaceAll('-', ' '), 'sim/fault': fault = '' } =
    pod.metadata.annotations ?? {}
  const words = wordsIn(`${behaves} ${fault}`)
  const number = (word: string, otherwise: number): number => words.get(word) ?? otherwise
  const isDeadOnArrival = words.has('crash') || words.has('oom')
  const initialDelay = container?.readinessProbe?.initialDelaySeconds ?? 1
  return {
    version,
    errorPercent: number('err', 0),
    latency: number('lat', 3),
    hangs: words.has('hang'),
    readyAfter: isDeadOnArrival || words.has('noready') ? 'never' : number('slow', initialDelay) * second,
    pulls: !words.has('nopull'),
    death: deathOf(words),
  }
}

type Words = ReadonlyMap<string, number | undefined>

/** `err5 hang`: each word with its number. Of two the last counts, so that an annotation overrules the tag. */
const wordsIn = (text: string): Words =>
  new Map(
    text
      .split(' ')
      .map((word) => /^([a-z]+)(\d*(?:\.\d+)?)$/.exec(word))
      .filter((match) => match !== null)
      .map(([, name = '', digits]) => [name, digits ? Number(digits) : undefined]),
  )

function deathOf(words: Words): Profile['death'] {
  if (words.has('oom')) return { after: 2 * second, exitCode: 137, reason: 'OOMKilled' }
  if (words.has('crash')) return { after: 2 * second, exitCode: words.get('crash') ?? 1, reason: 'Error' }
  return words.has('die') ? { after: (words.get('die') ?? 2) * second, exitCode: 1, reason: 'Error' } : null
}
