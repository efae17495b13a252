import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../src/core/errors.ts'
import { planHash } from '../../../src/core/plan-hash.ts'
import { asksQueue } from '../../../src/engine/asks.ts'
import { drive, type Reins } from '../../../src/engine/drive.ts'
import { openSite } from '../../../src/engine/site.ts'
import { openJournal } from '../../../src/sim/memory-journal.ts'
import { namespace, type Wish } from '../../engine/manifests.ts'
import { passed, settled } from '../../engine/moments.ts'
import { leftBehind, stillOurs, tokensIn } from '../../engine/restored.ts'
import { run, stopped } from './stopped.ts'

const moments = {
  'the stable pods are tagged': settled('prepare.tag'),
  'new pods are ready': passed('prepare'),
  'half of the requests go to them': passed('weight-50'),
  'all requests go to them': passed('weight-100'),
  'the Services send to them': settled('names.service-web'),
  'half of the pods are new': passed('batch-50'),
} as const

const cases: readonly (Wish & { readonly when: keyof typeof moments })[] = [
  { options: { weights: [50] }, when: 'the stable pods are tagged' },
  { options: { weights: [50] }, when: 'new pods are ready' },
  { options: { weights: [50] }, when: 'half of the requests go to them' },
  { options: { weights: [50] }, when: 'all requests go to them' },
  { options: { weights: [50] }, when: 'the Services send to them' },
  { strategy: 'blue-green', router: 'selector', when: 'all requests go to them' },
  { strategy: 'blue-green', router: 'gateway-api', when: 'all requests go to them' },
  { router: 'replicas', options: { weights: [50] }, when: 'half of the requests go to them' },
  { strategy: 'rolling', when: 'half of the pods are new' },
  { strategy: 'rolling', stateful: true, bare: true, when: 'half of the pods are new' },
  { options: { weights: [50] }, clusters: ['one', 'two'], when: 'half of the requests go to them' },
]

const named = cases.map((one) => {
  const { strategy = 'canary', router, stateful, clusters } = one
  const parts = [strategy, router && `by ${router}`, stateful && 'of a StatefulSet', clusters && 'in two clusters']
  return { name: parts.filter(Boolean).join(' '), ...one }
})

describe('a way back that nobody vouches for', () => {
  it.each(named)('of $name is gone when $when, and leaves what was there before', async ({ when, ...wish }) => {
    const { sim, plan, paper, clusters, before, trusts } = await stopped(wish, moments[when])
    const workload = { kind: wish.stateful ? 'StatefulSet' : 'Deployment', namespace, name: 'web' } as const
    const { plan: reduced, leftOut } = trusts()
    const open = new AbortController()
    const opening = Promise.all([...clusters.values()].map((one) => openSite(one, workload, open.signal)))
    const sites = await sim.runUntil(opening)
    const asks = asksQueue()
    asks.ask({ verb: 'abort', by: 'ben' })
    const driving = drive({
      plan: reduced,
      planHash: planHash(plan),
      run,
      journal: openJournal(paper, planHash(plan)),
      reins: new Map(sites.map(({ name, reins }): [string, Reins] => [`web@${name}`, reins])),
      hooks: { run: () => Promise.reject(new Error('a hook ran')) },
      clock: sim.clock,
      who: { by: 'ben', host: 'laptop', pid: 1 },
      asks,
      exitOnPause: true,
    })
    const { exit } = await sim.runUntil(driving)
    await sim.settle()
    open.abort()
    expect({ exit, leftOut }).toEqual({ exit: exitCodes.takenBackWithoutVerdict, leftOut: [] })
    for (const [name, cluster] of clusters) {
      const after = cluster.see(namespace)
      const was = before.get(name) ?? after
      expect({ changed: leftBehind(was, after), ours: stillOurs(after), tokens: tokensIn(after) }).toEqual({
        changed: [],
        ours: [],
        tokens: [],
      })
    }
  })
})
