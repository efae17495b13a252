import * as z from 'zod'
import { isObject, type JsonObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../core/objects.ts'
import { type Millis, second } from '../../../core/time.ts'
import type { PatchOp, Write } from '../../../core/write.ts'
import type { Call, Clock } from '../../../ports.ts'
import { type Home, hasMoved } from '../home/establish.ts'
import { annotationPath, judgeRef, keeps, metadataOf } from '../home/names.ts'
import { unbrotlied } from '../home/pack.ts'
import { packedJudges, packedKey } from './packed.ts'

/** The judge's part of the notes, in the home cluster: for a machine that has nothing else. */
export interface HomeNotes {
  /** `null`: there is none, it can't be had, or it is not what was written. */
  read(unit: string): Promise<string | null>
  /** Replaced now and then, where it is another. Never throws. */
  keep(judges: ReadonlyMap<string, string>): void
  /** Replaced for the last time. */
  finish(judges: ReadonlyMap<string, string>): Promise<void>
}

export const noHomeNotes: HomeNotes = {
  read: () => Promise.resolve(null),
  keep: () => undefined,
  finish: () => Promise.resolve(),
}

export interface KeepingHome extends Home {
  readonly clock: Clock
  /** Of this driver: one with a lower number replaces nothing any more. */
  readonly epoch: number
  /** Whether a driver before this one may have kept something. */
  readonly isBegun: boolean
  readonly warn: (what: string, error: unknown) => void
}

const every: Millis = 30 * second
const patience: Millis = 5 * second
/** What may come out of so few bytes. */
const mostUnpacked = 32 * 1024 * 1024

const Kept = z.strictObject({ v: z.literal(1), units: z.record(z.string(), z.string()) })

export function homeNotes({ cluster, place, clock, epoch, isBegun, warn }: KeepingHome): HomeNotes {
  const object = judgeRef(place)
  const where = `${object.name} in cluster ${cluster.name}`
  const own: PatchOp = { op: 'test', path: annotationPath(keeps.epoch), value: String(epoch) }
  const warned = new Set<string>()
  let state: 'unknown' | 'ours' | 'theirs' = 'unknown'
  let kept = ''
  let asked: Millis = Number.NEGATIVE_INFINITY
  let working: Promise<void> | null = null
  let before: Promise<ReadonlyMap<string, string>> | null = null

  const stop = new AbortController()
  const call: Call = { signal: stop.signal, timeout: patience }

  function once(what: string, error: unknown): void {
    if (!warned.has(what)) warn(what, error)
    warned.add(what)
  }

  async function replace(judges: ReadonlyMap<string, string>): Promise<void> {
    const { packed, key, without } = packedJudges(judges)
    if (key === kept || state === 'theirs') return
    if (without.length > 0) once(`not all fits into ${where}: without ${without.join(', ')}`, null)
    const data = { [packedKey]: packed.toString('base64') }
    try {
      await put(data)
      kept = key
    } catch (error) {
      once(`what the judge knows can't be kept as ${where}`, error)
    }
  }

  async function put(data: JsonObject): Promise<void> {
    try {
      if (state === 'ours') await write([own, { op: 'add', path: '/binaryData', value: data }])
      else await take(data)
    } catch (error) {
      // It was taken over or deleted, or an answer was lost: what stands there says which.
      if (!hasMoved(error)) throw error
      await take(data)
    }
  }

  async function take(data: JsonObject): Promise<void> {
    state = 'unknown'
    const found = await cluster.get(object, call)
    const annotations = { [keeps.epoch]: String(epoch) }
    if (!found) {
      const metadata = metadataOf(place, object, 'judge', annotations)
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, binaryData: data }
      await cluster.write({ verb: 'create', object, body }, call)
    } else if (epochOf(found) > epoch) {
      state = 'theirs'
      return
    } else {
      const { resourceVersion = '' } = found.metadata
      await write([
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        { op: 'add', path: '/metadata/annotations', value: annotations },
        { op: 'add', path: '/binaryData', value: data },
      ])
    }
    state = 'ours'
  }

  const write = (ops: readonly PatchOp[]): Promise<unknown> => {
    const patch: Write = { verb: 'patch', object, ops }
    return cluster.write(patch, call)
  }

  async function readAll(): Promise<ReadonlyMap<string, string>> {
    try {
      return judgesIn(await cluster.get(object, call))
    } catch (error) {
      once(`${where} can't be read`, error)
      return new Map()
    }
  }

  return {
    async read(unit) {
      if (!isBegun) return null
      before ??= readAll()
      return (await before).get(unit) ?? null
    },
    keep(judges) {
      const since = clock.now() - asked
      if (working || judges.size === 0 || (since >= 0 && since < every)) return
      asked = clock.now()
      working = replace(new Map(judges)).finally(() => {
        working = null
      })
    },
    async finish(judges) {
      const late = new AbortController()
      const enough = clock.sleep(patience, late.signal).then(() => stop.abort('the driver ends'))
      await working
      if (judges.size > 0) await replace(judges)
      late.abort()
      await enough
    },
  }
}

const epochOf = ({ metadata }: KubeObject): number => {
  const epoch = metadata.annotations?.[keeps.epoch] ?? ''
  return /^[1-9]\d{0,8}$/.test(epoch) ? Number(epoch) : 0
}

function judgesIn(object: KubeObject | null): ReadonlyMap<string, string> {
  const packed = object && isObject(object['binaryData']) ? object['binaryData'][packedKey] : undefined
  if (typeof packed !== 'string') return new Map()
  const { units } = Kept.parse(JSON.parse(unbrotlied(Buffer.from(packed, 'base64'), mostUnpacked)))
  return new Map(Object.entries(units))
}
