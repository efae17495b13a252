import pLimit from 'p-limit'
import type { DeployError } from '../../core/errors.ts'
import type { PodsSource, Reading, Series, Unread } from '../../core/metrics.ts'
import { type Millis, second, span } from '../../core/time.ts'
import type { Call, Clock, MeasuredPod, Metrics, PodDoor } from '../../ports.ts'
import { chosen } from './choice.ts'
import { familiesOf, seriesIn } from './families.ts'
import { expositionOf, placeText } from './page.ts'
import { type Place, placeOf } from './place.ts'
import { isOfTheWay, whyUnreached } from './unreached.ts'
import { type Way, waysOver } from './ways.ts'

export interface PodsOptions {
  readonly door: PodDoor
  readonly namespace: string
  readonly clock: Clock
  /** For one pod. */
  readonly patience?: Millis
}

const atOnce = 8
/** So many pods are tried until one says which way is open. */
const tried = 3

type Read =
  | { readonly series: readonly Series[] }
  /** `silent`: nobody can tell whether the pod or the way is to blame. */
  | { readonly why: string; readonly silent?: true }
  | { readonly blocked: DeployError }

interface Located {
  readonly pod: MeasuredPod
  readonly place: Place | { readonly why: string }
}

/** The pods' own counters, read from each of them through the API server. */
export function podsMetrics(
  source: PodsSource,
  { door, namespace, clock, patience = 5 * second }: PodsOptions,
): Metrics {
  const families = familiesOf(source)
  const names = new Set(families.map(({ selector }) => selector.name))
  const ways = waysOver(door, namespace)
  let found: Way | null = null

  const scrape = async (way: Way, { pod, place }: Located, call: Call): Promise<Read> => {
    if ('why' in place) return place
    const late = AbortSignal.timeout(patience)
    const signal = AbortSignal.any([call.signal, late])
    try {
      const page = await way.get(pod, place, { signal, timeout: patience })
      const at = clock.now()
      const exposition = await expositionOf(page, { place, names })
      if ('why' in exposition) return exposition
      const series = seriesIn(exposition, { pod: pod.name, at, families })
      return 'why' in series ? series : { series }
    } catch (error) {
      if (call.signal.aborted) return { why: 'there was no time left to read it', silent: true }
      if (late.aborted) return { why: `it sent no page within ${span(patience)} at ${placeText(place)}`, silent: true }
      return isOfTheWay(error) ? { blocked: error } : { why: whyUnreached(error, place) }
    }
  }

  /** Which way is open is found out once: the first over which a pod said anything at all. */
  const find = async (pods: readonly Located[], call: Call): Promise<Way | Unread | null> => {
    const blocks = new Map<Way, DeployError>()
    for (const located of pods.filter(({ place }) => !('why' in place)).slice(0, tried))
      for (const way of ways) {
        if (blocks.has(way)) continue
        const read = await scrape(way, located, call)
        if ('blocked' in read) blocks.set(way, read.blocked)
        else if (!('silent' in read)) return way
      }
    if (blocks.size === ways.length) return { down: blockedText([...blocks]) }
    return null
  }

  return {
    get name() {
      return found === null ? 'pods' : `pods ${found.name}`
    },
    every: source.every,
    read: async (pods, _over, { signal, timeout = Math.max(source.every, 10 * second) }) => {
      const call = { signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]), timeout }
      const located = chosen(pods).map((pod) => ({ pod, place: placeOf(pod, source) }))
      for (const way of ways) way.keep(new Set(located.map(({ pod }) => pod.uid)))
      if (found === null) {
        const way = await find(located, call)
        if (way !== null && 'down' in way) return way
        found = way
      }
      const way = found
      const limit = pLimit(atOnce)
      const reads = await Promise.all(
        located.map((one) => limit(() => (way === null ? unfound(one) : scrape(way, one, call)))),
      )
      const reading = readingOf(located, reads, way)
      return 'down' in reading ? reading : { ...reading, at: clock.now() }
    },
    [Symbol.asyncDispose]: async () => {
      for (const way of ways) way.keep(new Set())
      await Promise.resolve()
    },
  }
}

const unfound = ({ place }: Located): Read =>
  'why' in place ? place : { why: 'neither by port-forward nor by the proxy of the API server came a page in time' }

function readingOf(located: readonly Located[], reads: readonly Read[], way: Way | null): Reading | Unread {
  const blocks = reads.flatMap((read) => ('blocked' in read ? [read.blocked] : []))
  if (way && blocks[0] && blocks.length === reads.length) return { down: blockedText([[way, blocks[0]]]) }
  return {
    series: reads.flatMap((read) => ('series' in read ? read.series : [])),
    missing: reads.flatMap((read, index) => {
      const pod = located[index]?.pod.name ?? ''
      if ('series' in read) return []
      return [{ pod, why: 'why' in read ? read.why : read.blocked.what }]
    }),
    values: new Map(),
  }
}

/** `pods can not be read by port-forward (…), nor by the proxy of the API server (…): …` */
function blockedText(blocks: readonly (readonly [Way, DeployError])[]): string {
  const ways = blocks.map(([way, { what }]) => `${way.name} (${what})`).join(', nor ')
  const remedies = [...new Set(blocks.flatMap(([, { remedy }]) => remedy ?? []))].join('; or ')
  return `pods can not be read ${ways}${remedies === '' ? '' : `: ${remedies}`}`
}
