import { isObject } from '../../../core/json.ts'
import type { KubeObject } from '../../../core/objects.ts'
import type { Plan } from '../../../core/plan.ts'
import type { Write } from '../../../core/write.ts'
import { planHash } from '../hash.ts'
import { planIn } from '../plan-schema.ts'
import { damaged, type Where } from './damaged.ts'
import { type HomePlace, keeps, metadataOf, planRef } from './names.ts'
import { brotlied, unbrotlied } from './pack.ts'

/** The API server takes a ConfigMap of 1 MiB. */
const partBytes = 800 * 1024
/** What a plan may come to when it is unpacked: some thousand units. */
const mostBytes = 256 * 1024 * 1024
const packedKey = 'plan.json.br'

/** A plan as objects that nobody can change; as few as it fits into. */
export function planCreations(place: HomePlace, plan: Plan, hash: string): (Write & { readonly verb: 'create' })[] {
  const packed = brotlied(JSON.stringify(plan))
  const count = Math.ceil(packed.length / partBytes)
  return Array.from({ length: count }, (_, index) => {
    const object = planRef(place, index + 1)
    const annotations = { [keeps.head]: hash, [keeps.parts]: String(count) }
    const part = packed.subarray(index * partBytes, (index + 1) * partBytes).toString('base64')
    return {
      verb: 'create',
      object,
      body: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadataOf(place, object, 'plan', annotations),
        immutable: true,
        binaryData: { [packedKey]: part },
      },
    }
  })
}

/** The plan in its objects, by number. Throws a DeployError that names what is missing or damaged. */
export function planOf(
  parts: ReadonlyMap<number, KubeObject>,
  whereOf: (part: number) => Where,
): { readonly plan: Plan; readonly planHash: string } {
  const first = parts.get(1)
  const count = Number(first?.metadata.annotations?.[keeps.parts])
  if (!first) throw damaged(whereOf(1), 'it is gone')
  if (!Number.isInteger(count) || count < 1 || count > 400) throw damaged(whereOf(1), `it has no ${keeps.parts}`)
  const packed = Array.from({ length: count }, (_, index) => {
    const part = parts.get(index + 1)
    const text = part && isObject(part['binaryData']) ? part['binaryData'][packedKey] : undefined
    if (typeof text !== 'string') throw damaged(whereOf(index + 1), part ? `it has no ${packedKey}` : 'it is gone')
    return Buffer.from(text, 'base64')
  })
  const read = planIn(unpacked(Buffer.concat(packed), whereOf(1)))
  if ('wrong' in read) throw damaged(whereOf(1), read.wrong)
  const hash = planHash(read.plan)
  const said = first.metadata.annotations?.[keeps.head]
  if (hash !== said) throw damaged(whereOf(1), `the hash of the plan in it is ${hash}, and its annotation says ${said}`)
  return { plan: read.plan, planHash: hash }
}

function unpacked(packed: Uint8Array, where: Where): string {
  try {
    return unbrotlied(packed, mostBytes)
  } catch (cause) {
    throw damaged(where, `${packedKey} can't be unpacked`, cause)
  }
}
