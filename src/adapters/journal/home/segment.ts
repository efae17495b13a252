import type { Entry } from '../../../core/journal.ts'
import { canonical, isObject, type JsonObject } from '../../../core/json.ts'
import type { Ref } from '../../../core/kinds.ts'
import type { KubeObject } from '../../../core/objects.ts'
import type { PatchOp, Write } from '../../../core/write.ts'
import { follows } from '../chain.ts'
import { hashOf } from '../hash.ts'
import { shapeOf } from '../schema.ts'
import { damaged, type Where } from './damaged.ts'
import { annotationPath, type HomePlace, keeps, labelPath, metadataOf, segmentRef } from './names.ts'
import { gunzipped, gzipped } from './pack.ts'

/** Of the lines in one segment; a longer line has a segment of its own. */
export const fullBytes = 128 * 1024
/** What a segment may come to when it is unpacked: one with a single long line is larger than a full one. */
const mostBytes = 1024 * 1024
const packedKey = 'journal.ndjson.gz'

/** One segment, as far as it is known to whoever appends to it. */
export interface Standing {
  readonly number: number
  /** Hash of its last entry; of the entry before where it has none. */
  readonly head: string
  readonly base: string
  readonly epoch: number
  /** Full: nothing is added to it any more. */
  readonly sealed: boolean
  readonly lines: readonly string[]
  readonly bytes: number
}

/** An entry as it stands in a segment. `prev` follows from the line before, and is a third of what a line would be. */
export const sharedLine = (entry: Entry): string => `${canonical({ ...entry, prev: undefined })}\n`

const keyOf = (seq: number): string => `${String(seq).padStart(6, '0')}.ndjson`

/** A new segment after `base`, with its first entries. */
export function creation(
  place: HomePlace,
  { number, base, epoch, entries }: { number: number; base: string; epoch: number; entries: readonly Entry[] },
): Write & { readonly verb: 'create' } {
  const object = segmentRef(place, number)
  const [first] = entries
  const annotations = { [keeps.base]: base, [keeps.head]: headOf(entries, base), [keeps.epoch]: String(epoch) }
  const metadata = metadataOf(place, object, 'journal', annotations) as { readonly labels: JsonObject }
  const labels = { ...metadata.labels, ...(isClosing(entries) && { [keeps.closed]: 'true' }) }
  const data = first ? { data: { [keyOf(first.seq)]: textOf(entries) } } : {}
  return {
    verb: 'create',
    object,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, labels }, ...data },
  }
}

/** More entries. It fails when anybody else has appended since, or has taken over. */
export function append(object: Ref, standing: Standing, entries: readonly Entry[]): Write & { readonly verb: 'patch' } {
  const [first] = entries
  if (!first) throw new Error('an append of nothing')
  const text = textOf(entries)
  const key = keyOf(first.seq)
  const added: PatchOp =
    standing.bytes === 0
      ? { op: 'add', path: '/data', value: { [key]: text } }
      : { op: 'add', path: `/data/${key}`, value: text }
  const closed: readonly PatchOp[] = isClosing(entries)
    ? [{ op: 'add', path: labelPath(keeps.closed), value: 'true' }]
    : []
  const head: PatchOp = { op: 'replace', path: annotationPath(keeps.head), value: headOf(entries, standing.head) }
  return { verb: 'patch', object, ops: [...tests(standing), added, head, ...closed] }
}

/** The segment is full: what it holds is packed, and nobody can change it any more. */
export function sealing(object: Ref, standing: Standing): Write & { readonly verb: 'patch' } {
  const packed = gzipped(standing.lines.map((line) => `${line}\n`).join('')).toString('base64')
  return {
    verb: 'patch',
    object,
    ops: [
      ...tests(standing),
      { op: 'remove', path: '/data' },
      { op: 'add', path: '/binaryData', value: { [packedKey]: packed } },
      { op: 'add', path: '/immutable', value: true },
    ],
  }
}

/** Another segment follows: this one need not be looked at to know where the run stands. */
export const followed = (object: Ref): Write => ({
  verb: 'patch',
  object,
  ops: [{ op: 'add', path: labelPath(keeps.sealed), value: 'true' }],
})

/** From now on only the driver of this epoch may append. */
export const fencing = (object: Ref, standing: Standing, epoch: number): Write => ({
  verb: 'patch',
  object,
  ops: [...tests(standing), { op: 'replace', path: annotationPath(keeps.epoch), value: String(epoch) }],
})

const tests = ({ head, epoch }: Standing): PatchOp[] => [
  { op: 'test', path: annotationPath(keeps.head), value: head },
  { op: 'test', path: annotationPath(keeps.epoch), value: String(epoch) },
]

const textOf = (entries: readonly Entry[]): string => entries.map(sharedLine).join('')

export function headOf(entries: readonly Entry[], base: string): string {
  const last = entries.at(-1)
  return last ? hashOf(last) : base
}

const isClosing = (entries: readonly Entry[]): boolean => entries.some(({ type }) => type === 'closed')

/** What stands in the segment, not compared with its neighbours. Throws a DeployError that names it. */
export function standingOf(object: KubeObject, number: number, where: Where): Standing {
  const { annotations = {} } = object.metadata
  const [base = '', head = '', epoch = ''] = [keeps.base, keeps.head, keeps.epoch].map((key) => annotations[key])
  if (!/^[0-9a-f]{64}$/.test(base) || !/^[0-9a-f]{64}$/.test(head) || !/^[1-9]\d{0,8}$/.test(epoch))
    throw damaged(where, `its annotations ${keeps.base}, ${keeps.head} and ${keeps.epoch} are not those of a segment`)
  const text = textIn(object, where)
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const sealed = object['immutable'] === true
  return { number, base, head, epoch: Number(epoch), sealed, lines, bytes: Buffer.byteLength(text) }
}

function textIn({ data, binaryData }: KubeObject, where: Where): string {
  const packed = isObject(binaryData) ? binaryData[packedKey] : undefined
  if (typeof packed === 'string') {
    try {
      return gunzipped(Buffer.from(packed, 'base64'), mostBytes)
    } catch (cause) {
      throw damaged(where, `${packedKey} can't be unpacked`, cause)
    }
  }
  const parts = isObject(data) ? Object.entries(data) : []
  return parts
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, text]) => (typeof text === 'string' ? text : ''))
    .join('')
}

/** The entries of a segment, each following from the one before, the last as the segment's head says. */
export function entriesIn(
  { lines, base, head }: Standing,
  before: Entry | undefined,
  planHash: string,
  where: Where,
): Entry[] {
  if (base !== (before ? hashOf(before) : planHash))
    throw damaged(where, before ? 'it does not follow from the segment before' : 'it was begun with another plan')
  let last = before
  let prev = base
  const entries = lines.map((line) => {
    const place = `line ${(last?.seq ?? 0) + 1}`
    const shape = shapeOf(withPrev(line, prev))
    if ('unknownType' in shape) throw damaged(where, `${place} is an entry of a type that this version does not know`)
    if ('wrong' in shape) throw damaged(where, `${place}: ${shape.wrong}`)
    const wrong = follows(shape.entry, last)
    if (wrong !== null) throw damaged(where, `${place}: ${wrong}`)
    last = shape.entry
    prev = hashOf(last)
    return last
  })
  if (prev !== head) throw damaged(where, 'its entries do not come to its head: one was changed, added or taken out')
  return entries
}

function withPrev(line: string, prev: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? { ...value, prev } : value
  } catch {
    return undefined
  }
}
