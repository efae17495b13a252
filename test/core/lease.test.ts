import { describe, expect, it } from 'vitest'
import type { Ref } from '../../src/core/kinds.ts'
import { chanceOf } from '../../src/core/lease/chance.ts'
import type { Lease, LeaseNote } from '../../src/core/lease/lease.ts'
import { readLease, strangeEpoch } from '../../src/core/lease/read.ts'
import { ask, breakLease, putBack, release, renew, take } from '../../src/core/lease/write.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { Write } from '../../src/core/write.ts'
import { patched } from '../../src/sim/api/json-patch.ts'
import type { Json } from '../../src/core/json.ts'

const ref: Ref = { kind: 'Lease', namespace: 'shop', name: 'deploy-web' }
const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

const note: LeaseNote = {
  run: 'r7f3k',
  phase: 'open',
  plan: 'a'.repeat(64),
  home: { cluster: 'east', namespace: 'shop', name: 'deploy-web' },
  epoch: 3,
  release: {
    service: 'web',
    environment: 'prod',
    strategy: 'canary',
    version: 'v2',
    stage: 'weight-25',
    by: 'anna',
    host: 'ci-7',
    pid: 12,
    since: at,
  },
}
const mine = { holder: 'me', now: at, note }

const object = (annotations: Record<string, string> = {}, spec: object = {}): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'deploy-web', namespace: 'shop', resourceVersion: '7', annotations },
  spec,
})
const lease = (annotations: Record<string, string> = {}, spec: object = {}): Lease =>
  readLease(object(annotations, spec))

/** What the API server makes of a write; `null`: a test in it failed. */
function after(before: KubeObject | null, write: Write): KubeObject | null {
  if (write.verb === 'create') return { ...object(), ...write.body }
  if (write.verb !== 'patch' || !before) throw new Error('no such write')
  try {
    return patched(before as unknown as Json, write.ops) as unknown as KubeObject
  } catch {
    return null
  }
}

const held = (more: Record<string, string> = {}): KubeObject => {
  const made = after(null, take(ref, null, mine)) as KubeObject
  const metadata = { ...made.metadata, resourceVersion: '8', annotations: { ...made.metadata.annotations, ...more } }
  return { ...made, metadata }
}

describe('a Lease that was taken', () => {
  it('says who holds it, of which run, and how that stands', () => {
    const { holder, renewed, run } = readLease(held())
    expect({ holder, renewed, run }).toEqual({
      holder: 'me',
      renewed: '2026-01-02T03:04:05.678000Z',
      run: { ...note, ask: null, answered: [], broken: null },
    })
  })

  it('is not taken twice from one state: the write tests what was read', () => {
    const free = object({ 'deploy/run': 'r1111', 'deploy/phase': 'closed' }, { holderIdentity: '' })
    const write = take(ref, readLease(free), mine)
    const first = after(free, write) as KubeObject
    const moved = { ...first, metadata: { ...first.metadata, resourceVersion: '8' } }
    expect(readLease(first).holder).toBe('me')
    expect(after(moved, write)).toBeNull()
  })

  it.each([
    { what: 'renewed', write: (known: Lease) => renew(ref, known, mine, [], false) },
    { what: 'let go', write: (known: Lease) => release(ref, known, mine, []) },
    { what: 'put back', write: (known: Lease) => putBack(ref, known, mine) },
  ])('is not $what by who does not hold it any more', ({ write }) => {
    const others = after(held(), {
      verb: 'patch',
      object: ref,
      ops: [{ op: 'add', path: '/spec/holderIdentity', value: 'x' }],
    })
    expect(after(held(), write(readLease(held())))).not.toBeNull()
    expect(after(others, write(readLease(held())))).toBeNull()
  })

  it('is put back as it was, but for what others wrote meanwhile', () => {
    const before = object(
      { 'deploy/run': 'r1111', 'deploy/phase': 'closed', team: 'shop' },
      { holderIdentity: '', renewTime: '2025-12-31T00:00:00.000000Z', leaseTransitions: 4 },
    )
    const taken = after(before, take(ref, readLease(before), mine)) as KubeObject
    expect(after(taken, putBack(ref, readLease(before), mine))).toEqual(before)
  })

  it('of another run before keeps nothing that was asked of that one, or was said of its driver', () => {
    const before = object({
      'deploy/run': 'r1111',
      'deploy/phase': 'closed',
      'deploy/ask': '{"id":"a1","verb":"abort","by":"berta"}',
      'deploy/answered': '[{"id":"a0"}]',
      'deploy/broken': '{"by":"berta","host":"laptop","reason":"fire","holder":"anna"}',
    })
    const taken = after(before, take(ref, readLease(before), mine)) as KubeObject
    expect(readLease(taken).run).toEqual({ ...note, ask: null, answered: [], broken: null })
    expect(after(taken, putBack(ref, readLease(before), mine))?.metadata).toEqual(before.metadata)
  })

  it('of its own run keeps what was asked: the next driver hears it', () => {
    const before = object({ 'deploy/run': 'r7f3k', 'deploy/ask': '{"id":"a1","verb":"abort","by":"berta"}' })
    const taken = after(before, take(ref, readLease(before), mine)) as KubeObject
    expect(readLease(taken).run?.ask).toMatchObject({ ask: { id: 'a1' } })
  })

  it('has another pulse after each renewal, and the same when somebody asks something', () => {
    const before = readLease(held())
    const asked = after(held(), ask(ref, before, { id: 'a1', verb: 'pause', by: 'berta' })) as KubeObject
    const renewed = after(asked, renew(ref, readLease(asked), { ...mine, now: at + 5000 }, [], false)) as KubeObject
    expect(readLease(asked).pulse).toBe(before.pulse)
    expect(readLease(renewed).pulse).not.toBe(before.pulse)
  })
})

describe('an ask', () => {
  const pause = { id: 'a1', verb: 'pause', by: 'berta' } as const

  it('is answered by the renewal that takes it away', () => {
    const asked = after(held(), ask(ref, readLease(held()), pause)) as KubeObject
    const done = after(asked, renew(ref, readLease(asked), mine, [{ id: 'a1', refused: 'no' }], false)) as KubeObject
    expect(readLease(asked).run?.ask).toMatchObject({ ask: pause })
    expect(readLease(done).run).toMatchObject({ ask: null, answered: [{ id: 'a1', refused: 'no' }] })
  })

  it('does not take the place of one that is not answered yet', () => {
    const asked = after(held(), ask(ref, readLease(held()), pause)) as KubeObject
    expect(after(asked, ask(ref, readLease(asked), { ...pause, id: 'a2' }))).toBeNull()
  })

  it('is not made to a driver that has left', () => {
    const free = after(held(), release(ref, readLease(held()), mine, []))
    expect(after(free, ask(ref, readLease(held()), pause))).toBeNull()
  })

  it.each([
    {
      text: '{"id":"a1","verb":"destroy","by":"eve"}',
      said: { id: 'a1', by: 'eve', problem: /does not know the verb destroy/ },
    },
    { text: '{"id":"a1","verb":"pause"}', said: { id: 'a1', by: 'somebody', problem: /can't be understood/ } },
    {
      text: '{"id":"../x","verb":"pause","by":"eve"}',
      said: { id: '', by: 'somebody', problem: /can't be understood/ },
    },
    { text: 'not json', said: { id: '', by: 'somebody', problem: /can't be understood/ } },
    { text: 'null', said: { id: '', by: 'somebody', problem: /can't be understood/ } },
    { text: '[]', said: { id: '', by: 'somebody', problem: /can't be understood/ } },
  ])('that says $text is read, and refused', ({ text, said }) => {
    const read = lease({ 'deploy/run': 'r7f3k', 'deploy/ask': text }).run?.ask
    expect(read).toMatchObject({ raw: text, id: said.id, by: said.by })
    expect(read && 'problem' in read ? read.problem : '').toMatch(said.problem)
  })

  it('can not move a cursor, whoever wrote it', () => {
    const text = JSON.stringify({ id: 'a1', verb: 'abort', by: 'eve\u001b[2J', reason: '::error::x' })
    const read = lease({ 'deploy/run': 'r7f3k', 'deploy/ask': text }).run?.ask
    expect(read).toMatchObject({ ask: { by: 'eve\\x1b[2J', reason: String.raw`\x3a:error::x` } })
  })
})

describe('what others wrote into a Lease', () => {
  it.each([
    { what: 'no run', annotations: {}, run: null },
    { what: 'a run that is none', annotations: { 'deploy/run': '../../etc' }, run: null },
    {
      what: 'nothing but a run',
      annotations: { 'deploy/run': 'r7f3k' },
      run: { phase: 'open', epoch: 0, plan: '', home: null, release: null, answered: [], broken: null },
    },
    {
      what: 'a time that is none',
      annotations: { 'deploy/run': 'r7f3k', 'deploy/release': JSON.stringify({ ...note.release, since: 1e300 }) },
      run: { release: null },
    },
    {
      what: 'nonsense everywhere',
      annotations: {
        'deploy/run': 'r7f3k',
        'deploy/phase': 'done',
        'deploy/epoch': '-3',
        'deploy/plan': 'x',
        'deploy/home': 'a/b',
        'deploy/release': '{"service":1}',
        'deploy/answered': '{}',
        'deploy/broken': '"x"',
      },
      run: { phase: 'open', epoch: 0, plan: '', home: null, release: null, answered: [], broken: null },
    },
  ])('$what: is read without harm, and counts as open', ({ annotations, run }) => {
    const read = lease(annotations, { holderIdentity: 7, renewTime: {}, leaseTransitions: 'x' })
    expect(read).toMatchObject({ holder: null, renewed: null, transitions: 0 })
    if (run === null) expect(read.run).toBeNull()
    else expect(read.run).toMatchObject(run)
  })
})

describe('the epoch of a Lease', () => {
  it.each([
    { text: '7', epoch: 7, strange: null },
    { text: '1000000', epoch: 1_000_000, strange: null },
    { text: '1000001', epoch: 0, strange: '1000001' },
    { text: '2000000000', epoch: 0, strange: '2000000000' },
    { text: '1.5', epoch: 0, strange: '1.5' },
    { text: 'x\n::error::', epoch: 0, strange: String.raw`x\n::error::` },
  ])('$text is read as $epoch', ({ text, epoch, strange }) => {
    const read = lease({ 'deploy/run': 'r7f3k', 'deploy/epoch': text })
    expect([read.run?.epoch, strangeEpoch(read)]).toEqual([epoch, strange])
  })
})

describe('a holder with a strange name', () => {
  const odd = 'x\n::error::boom\u001b[2J'
  const of = lease({ 'deploy/run': 'r7f3k' }, { holderIdentity: odd })

  it('is told in one line without commands', () => {
    expect(of.holder).toBe(String.raw`x\n::error::boom\x1b[2J`)
  })

  it('is asked, replaced and known as it stands there', () => {
    const writes = [
      ask(ref, of, { id: 'a1', verb: 'pause', by: 'berta' }),
      breakLease(ref, of, { by: 'berta', host: 'laptop', reason: 'fire', holder: of.holder ?? '' }),
    ]
    for (const write of writes)
      expect(write).toMatchObject({
        ops: expect.arrayContaining([{ op: 'test', path: '/spec/holderIdentity', value: odd }]),
      })
    expect(chanceOf(of, { run: 'r7f3k', holder: odd, isGone: false })).toEqual({ may: 'keep' })
  })
})

describe('who wants to drive a run', () => {
  const of = (run: string, phase: string, holder: string): Lease =>
    lease({ 'deploy/run': run, 'deploy/phase': phase }, { holderIdentity: holder })
  const anyone = { run: 'r7f3k', holder: 'me', isGone: false }

  it.each([
    { lease: null, chance: { may: 'take' } },
    { lease: lease(), chance: { may: 'not', because: 'foreign' } },
    { lease: lease({}, { holderIdentity: 'x' }), chance: { may: 'not', because: 'foreign' } },
    { lease: of('r1111', 'closed', ''), chance: { may: 'take' } },
    { lease: of('r1111', 'closed', 'x'), chance: { may: 'look' } },
    { lease: of('r1111', 'open', ''), chance: { may: 'not', because: 'open' } },
    { lease: of('r1111', 'paused', ''), chance: { may: 'not', because: 'open' } },
    { lease: of('r1111', 'frozen', 'x'), chance: { may: 'not', because: 'open' } },
    { lease: of('r7f3k', 'open', ''), chance: { may: 'take' } },
    { lease: of('r7f3k', 'paused', 'x'), chance: { may: 'look' } },
    { lease: of('r7f3k', 'open', 'me'), chance: { may: 'keep' } },
  ])('and finds $lease.run.run $lease.run.phase of "$lease.holder": $chance', ({ lease: found, chance }) => {
    expect(chanceOf(found, anyone)).toEqual(chance)
  })

  it.each([
    { lease: of('r7f3k', 'open', 'x'), chance: { may: 'take' } },
    { lease: of('r1111', 'closed', 'x'), chance: { may: 'take' } },
    { lease: of('r1111', 'open', 'x'), chance: { may: 'not', because: 'open' } },
  ])('and knows that the holder is gone finds $lease.run.run $lease.run.phase: $chance', ({ lease: found, chance }) => {
    expect(chanceOf(found, { ...anyone, isGone: true })).toEqual(chance)
  })
})
