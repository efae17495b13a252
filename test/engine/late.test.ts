import { describe, expect, it } from 'vitest'
import { DeployError, exitCodes } from '../../src/core/errors.ts'
import type { Kind } from '../../src/core/kinds.ts'
import { setTokenPath, tokenPath } from '../../src/core/marks.ts'
import { second } from '../../src/core/time.ts'
import { all } from '../../src/core/view.ts'
import type { Cluster, Journal, Write } from '../../src/ports.ts'
import type { SimCluster } from '../../src/sim/sim.ts'
import { bench } from './bench.ts'
import { namespace, type Wish } from './manifests.ts'
import { settled } from './moments.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'

const never = new Promise<never>(() => {})

/** A driver whose machine stands still in the middle of its n-th write: what it wanted to send, it sends much later. */
function stopping(at: number) {
  const seen: { count: number; late: Write | null } = { count: 0, late: null }
  const isStopped = (): boolean => seen.count >= at
  const stopped = Promise.withResolvers<void>()
  return {
    seen,
    stopped: stopped.promise,
    cluster: (cluster: Cluster): Cluster => ({
      ...cluster,
      write(write, call) {
        if (call.dryRun === true) return cluster.write(write, call)
        if (isStopped()) return never
        seen.count += 1
        if (!isStopped()) return cluster.write(write, call)
        seen.late = write
        stopped.resolve()
        return never
      },
    }),
    journal: (journal: Journal): Journal => ({
      ...journal,
      get entries() {
        return journal.entries
      },
      append: (facts, time) => (isStopped() ? never : journal.append(facts, time)),
    }),
  }
}

const stampPaths = new Set([
  '/metadata/resourceVersion',
  '/metadata/generation',
  '/metadata/annotations',
  tokenPath,
  setTokenPath,
])
const isStamp = (write: Write): boolean => write.verb === 'patch' && write.ops.every(({ path }) => stampPaths.has(path))

/** What is not there can carry no token, and pods carry none: there the later driver's own write is the fence. */
const fencedByOwn = ({ verb, object: { kind } }: Write): boolean => verb === 'create' || kind === 'Pod'

/** The one that takes over. Right before its first write beside the stamps, the late write arrives. */
function succeeding(late: Write, real: SimCluster) {
  const result: { answer: string | null; own: number } = { answer: null, own: 0 }
  const arrives = async (): Promise<void> => {
    result.answer = await real.write(late, { signal: new AbortController().signal }).then(
      () => 'accepted',
      (error: unknown) => (error instanceof DeployError ? error.code : String(error)),
    )
  }
  return {
    result,
    cluster: (cluster: Cluster): Cluster => ({
      ...cluster,
      async write(write, call) {
        const own = !isStamp(write) && call.dryRun !== true
        if (own && result.answer === null && result.own >= (fencedByOwn(late) ? 1 : 0)) await arrives()
        if (own) result.own += 1
        return cluster.write(write, call)
      },
    }),
  }
}

interface Raced {
  readonly exit: number
  readonly answer: string | null
  readonly kind: Kind
  readonly verb: string
  readonly left: readonly unknown[]
}

async function race(wish: Wish, at: number): Promise<Raced | null> {
  const { sim, clusters, drives } = await bench(wish)
  const real = clusters.get('one') as SimCluster
  const before = real.see(namespace)
  const stale = stopping(at)
  const first = drives({ cluster: stale.cluster, journal: stale.journal })
  const ended = await sim.runUntil(Promise.race([first.then(() => true), stale.stopped.then(() => false)]))
  if (ended || stale.seen.late === null) return null
  await sim.advance(40 * second)
  const { late } = stale.seen
  const next = succeeding(late, real)
  const { exit } = await sim.runUntil(drives({ cluster: next.cluster }))
  await sim.settle()
  const after = real.see(namespace)
  const left = [leftBehind(before, after).length, stillOurs(after), tokensIn(after), setTokens()]
  return { exit, answer: next.result.answer, kind: late.object.kind, verb: late.verb, left }

  function setTokens(): number {
    return all(real.see(namespace), 'ReplicaSet').filter(({ metadata }) => metadata.annotations?.['deploy/set-token'])
      .length
  }
}

const every = process.env['DEPLOY_SWEEP'] === 'all' ? 1 : 3
const canary: Wish = { strategy: 'canary', options: { weights: [50], soak: '5s', bake: '5s' } }
const worlds: readonly { readonly wish: Wish; readonly exit: number; readonly left: number; readonly kinds: Kind[] }[] =
  [
    {
      wish: canary,
      exit: 0,
      left: 2,
      kinds: [
        'ConfigMap',
        'Deployment',
        'HTTPRoute',
        'HorizontalPodAutoscaler',
        'PodDisruptionBudget',
        'ReplicaSet',
        'Service',
      ],
    },
    {
      wish: { ...canary, version: 'v2-crash' },
      exit: 3,
      left: 0,
      kinds: ['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'ReplicaSet', 'Service'],
    },
    {
      wish: { strategy: 'blue-green', router: 'selector', options: { bake: '5s' } },
      exit: 0,
      left: 2,
      kinds: ['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'ReplicaSet', 'Service'],
    },
    {
      wish: { strategy: 'rolling', stateful: true, bare: true, version: 'v2-noready' },
      exit: 3,
      left: 0,
      kinds: ['ConfigMap', 'Pod', 'StatefulSet'],
    },
  ]

describe('a driver that wakes up after another has taken over', () => {
  it.each(worlds)(
    'writes nothing any more, whatever it was about to write: $wish',
    { timeout: 300_000 },
    async (world) => {
      const races: Raced[] = []
      for (let at = 1; ; at += every) {
        const raced = await race(world.wish, at)
        if (raced === null) break
        races.push(raced)
      }
      const late = races.filter(({ answer }) => answer === 'accepted')
      expect(late.map(({ kind, verb }) => `${verb} ${kind}`)).toEqual([])
      expect(new Set(races.map(({ exit }) => exit))).toEqual(new Set([world.exit]))
      expect(races.filter(({ left }) => JSON.stringify(left) !== JSON.stringify([world.left, [], [], 0]))).toEqual([])
      if (every === 1) expect([...new Set(races.map(({ kind }) => kind))].toSorted()).toEqual(world.kinds)
    },
  )
})

describe('a driver that finds the token of a later one of its own run', () => {
  it('leaves with 8, and neither notes nor begins anything more', async () => {
    const { sim, clusters, drives, until, lines } = await bench(canary)
    const driven = drives({ attended: true })
    await until(settled('prepare.pin-web'))
    const web = { kind: 'Deployment', namespace, name: 'web' } as const
    clusters.get('one')?.acts.annotate(web, { 'deploy/token': 'r7f3.2' })
    expect((await sim.runUntil(driven)).exit).toBe(exitCodes.locked)
    expect(lines().at(-1)).toContain('taken-over')
  })
})
