import { describe, expect, it } from 'vitest'
import type { Wish } from './manifests.ts'
import { leftBehind, stillOurs, tokensIn } from './restored.ts'
import { given, type Story } from './scenario.ts'

/** All moments with DEPLOY_SWEEP=all (some minutes), else every so many-th of them. */
const stride = (usual: number): number => (process.env['DEPLOY_SWEEP'] === 'all' ? 1 : usual)

const sweeps: readonly { readonly wish: Wish; readonly every: number }[] = [
  { wish: { strategy: 'rolling', stateful: true, bare: true }, every: 2 },
  { wish: { strategy: 'rolling', bare: true }, every: 3 },
  { wish: { strategy: 'canary', bare: true, options: { weights: [50] } }, every: 4 },
  { wish: { strategy: 'canary', router: 'replicas', bare: true, options: { weights: [50] } }, every: 5 },
  { wish: { strategy: 'blue-green', router: 'selector' }, every: 6 },
  { wish: { strategy: 'canary', version: 'v2-crash' }, every: 5 },
  { wish: { strategy: 'canary', version: 'v2-die12', bare: true }, every: 4 },
]

const end = ({ exit, before, after }: Story): object => ({
  exit,
  changed: leftBehind(before, after),
  ours: stillOurs(after),
  tokens: tokensIn(after),
})

/** Steps that were sent again although an earlier driver had noted the answer. */
const twice = ({ entries }: Story): string[] => {
  const answered = new Set<string>()
  return entries.flatMap((entry) => {
    if (entry.type === 'sent') answered.add(`${entry.way} ${entry.step}`)
    const again = entry.type === 'intended' && answered.has(`${entry.way} ${entry.step}`)
    return again ? [entry.step] : []
  })
}

describe('a driver that is killed at any moment, and the one that continues', () => {
  it.each(sweeps)(
    'end as an unbroken run would have, and nothing happens twice: $wish',
    { timeout: 600_000 },
    async ({ wish, every }) => {
      const unbroken = await given(wish).runs()
      for (let moment = 1; moment <= unbroken.moments; moment += stride(every)) {
        const story = await given(wish).killedAt(moment).runs()
        const place = { died: story.died, drivers: story.drivers }
        expect({ ...place, ...end(story), twice: twice(story) }).toEqual({
          died: story.died,
          drivers: 2,
          ...end(unbroken),
          twice: [],
        })
        if (unbroken.users.failed === 0)
          expect({ ...place, failed: story.users.failed + story.inside.failed }).toEqual({ ...place, failed: 0 })
      }
    },
  )
})
