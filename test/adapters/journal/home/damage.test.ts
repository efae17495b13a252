import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { brotlied } from '../../../../src/adapters/journal/home/pack.ts'
import { copyOf, type HomeCopy } from '../../../../src/adapters/journal/home/read.ts'
import type { DeployError } from '../../../../src/core/errors.ts'
import type { KubeObject } from '../../../../src/core/objects.ts'
import { intends, namespace, run, signal, warnings, world } from './bench.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- whoever damages an object follows no types
type Loose = any

/** A plan, two full segments and one that is not. */
async function whole(): Promise<Loose[]> {
  const { sim, begun, maps } = world()
  const driver = await begun()
  driver.append(...warnings(14, 20_000), intends('a'))
  await sim.runUntil(driver.writer.shared(signal))
  driver.append(intends('b'))
  await sim.runUntil(driver.writer.shared(signal))
  return JSON.parse(JSON.stringify(maps())) as Loose[]
}

const read = (objects: readonly KubeObject[]): HomeCopy | null => copyOf(objects, { cluster: 'home', namespace, run })
const named = (objects: Loose[], name: string): Loose => objects.find(({ metadata }) => metadata.name === name)
const packed = (bytes: Buffer): string => bytes.toString('base64')
const plan = 'deploy-run-r7f3-plan'
const [first, second, last] = ['deploy-run-r7f3-1', 'deploy-run-r7f3-2', 'deploy-run-r7f3-3']
const journalOf = (object: Loose): string => Object.keys(object.data)[0] ?? ''

const damages: readonly {
  readonly what: string
  readonly does: (objects: Loose[]) => Loose
  readonly names: string
  readonly says: RegExp
}[] = [
  {
    what: 'a segment in the middle is gone',
    does: (all) => all.splice(all.indexOf(named(all, second)), 1),
    names: second,
    says: /it is gone/,
  },
  {
    what: 'the first segment is gone',
    does: (all) => all.splice(all.indexOf(named(all, first)), 1),
    names: first,
    says: /it is gone/,
  },
  {
    what: 'the last segment is gone',
    does: (all) => all.splice(all.indexOf(named(all, last)), 1),
    names: last,
    says: /it is gone/,
  },
  {
    what: 'the plan is gone',
    does: (all) => all.splice(all.indexOf(named(all, plan)), 1),
    names: plan,
    says: /it is gone/,
  },
  {
    what: 'a line was changed',
    does: (all) => {
      const object = named(all, last)
      object.data[journalOf(object)] = object.data[journalOf(object)].replace('12 xxx', '12 yyy')
    },
    names: last,
    says: /do not come to its head/,
  },
  {
    what: 'a line was taken out',
    does: (all) => delete named(all, last).data[journalOf(named(all, last))],
    names: last,
    says: /number is|head/,
  },
  {
    what: 'a head was changed',
    does: (all) => (named(all, last).metadata.annotations['deploy/head'] = '0'.repeat(64)),
    names: last,
    says: /do not come to its head/,
  },
  {
    what: 'an annotation is gone',
    does: (all) => delete named(all, last).metadata.annotations['deploy/base'],
    names: last,
    says: /annotations/,
  },
  {
    what: 'a full segment was made again with something else in it',
    does: (all) => (named(all, first).binaryData['journal.ndjson.gz'] = packed(gzipSync('{"type":"warned"}\n'))),
    names: first,
    says: /line 1/,
  },
  {
    what: 'a full segment is no gzip',
    does: (all) => (named(all, first).binaryData['journal.ndjson.gz'] = packed(Buffer.from('no gzip'))),
    names: first,
    says: /can't be unpacked/,
  },
  {
    what: 'a segment unpacks to gigabytes',
    does: (all) => (named(all, first).binaryData['journal.ndjson.gz'] = packed(gzipSync(Buffer.alloc(50_000_000)))),
    names: first,
    says: /can't be unpacked/,
  },
  {
    what: 'a segment in the middle is not full',
    does: (all) => delete named(all, first).immutable,
    names: second,
    says: /not full/,
  },
  {
    what: 'a line is no JSON',
    does: (all) => (named(all, last).data['000099.ndjson'] = '{\n'),
    names: last,
    says: /line \d+/,
  },
  {
    what: 'an entry is of a type that nobody knows',
    does: (all) => (named(all, last).data['000099.ndjson'] = '{"type":"conjured"}\n'),
    names: last,
    says: /type that this version does not know/,
  },
  {
    what: 'the plan is another one',
    does: (all) => (named(all, plan).binaryData['plan.json.br'] = packed(brotlied('{"v":1}'))),
    names: plan,
    says: /it is no plan/,
  },
  {
    what: 'the plan is no JSON',
    does: (all) => (named(all, plan).binaryData['plan.json.br'] = packed(brotlied('hello'))),
    names: plan,
    says: /not JSON/,
  },
  {
    what: 'the plan nests a million levels deep',
    does: (all) => (named(all, plan).binaryData['plan.json.br'] = packed(brotlied('['.repeat(1_000_000)))),
    names: plan,
    says: /nests deeper/,
  },
  {
    what: 'the plan unpacks to gigabytes',
    does: (all) => (named(all, plan).binaryData['plan.json.br'] = packed(brotlied(' '.repeat(300_000_000)))),
    names: plan,
    says: /can't be unpacked/,
  },
  {
    what: 'the plan is said to be in a million parts',
    does: (all) => (named(all, plan).metadata.annotations['deploy/parts'] = '1000000'),
    names: plan,
    says: /deploy\/parts/,
  },
  {
    what: 'the plan does not have its hash',
    does: (all) => (named(all, plan).metadata.annotations['deploy/head'] = '0'.repeat(64)),
    names: plan,
    says: /hash/,
  },
  {
    what: 'a terminal would be told to clear itself',
    does: (all) => (named(all, plan).metadata.annotations['deploy/head'] = '\u001B[2J'),
    names: plan,
    says: /its annotation says \\x1b/,
  },
]

describe('what a cluster keeps of a run', () => {
  it('is read whole, whatever the order in which it comes', async () => {
    const objects = await whole()
    expect(objects.map(({ metadata }) => metadata.name).toSorted((a: string, b: string) => a.localeCompare(b))).toEqual(
      [first, second, last, plan],
    )
    expect(read(objects.toReversed())?.entries).toEqual(read(objects)?.entries)
    expect(read(objects)?.entries).toHaveLength(16)
  })

  it('is nothing where there is nothing, and what others have called alike is not looked at', async () => {
    expect(read([])).toBe(null)
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'deploy-run-r7f3-plan-b', namespace } }
    expect(read([other])).toBe(null)
  })

  it.each(damages)('is refused by the name of the object when $what', async ({ does, names, says }) => {
    const objects = await whole()
    does(objects)
    const refusal = attempt(objects)
    expect(refusal).toMatchObject({ code: 'journal-corrupt', exit: 'refused' })
    expect(refusal?.what).toContain(`configmap ${names} in namespace default of cluster home is damaged: `)
    expect(refusal?.what).toMatch(says)
    expect(refusal?.remedy).toContain('.deploy/runs')
  })
})

function attempt(objects: Loose[]): DeployError | null {
  try {
    read(objects)
    return null
  } catch (error) {
    return error as DeployError
  }
}
