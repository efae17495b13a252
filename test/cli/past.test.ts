import { expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { all, find } from '../../src/core/view.ts'
import { flat } from './support/deploy.ts'
import { simulated } from './support/simulated.ts'

/** The old pods are gone, and the last stage can't end: from the moment they drain no ReplicaSet may be written. */
async function pastTheDrain() {
  const world = await simulated()
  const { cluster } = world
  const [stable] = all(cluster.see('web'), 'ReplicaSet')
  const isDraining = (): boolean =>
    all(cluster.see('web'), 'ReplicaSet').some(
      ({ metadata, spec }) => metadata.uid === stable?.metadata.uid && spec.replicas !== stable?.spec.replicas,
    )
  let allow = (): void => {}
  const drained = setInterval(() => {
    if (!isDraining()) return
    clearInterval(drained)
    allow = cluster.faults.onWrite({ kind: 'status', status: 403 }, { verb: 'patch', kind: 'ReplicaSet' })
  }, 5)
  const released = await world.deploy(['canary', 'v2'])
  clearInterval(drained)
  allow()
  expect(released.exit, released.stderr).toBe(exitCodes.paused)
  expect(flat(released.stderr)).toContain('--past drain.sets-50-50 --reason TEXT')
  return world
}

it('an abort past the point of no return names the step and a reason, and is told so without them', async () => {
  const { deploy, cluster } = await pastTheDrain()
  const [plain, other, silent] = [
    await deploy(['abort']),
    await deploy(['abort', '--past', 'close.untag', '--reason', 'loses orders']),
    await deploy(['abort', '--past', 'drain.sets-50-50']),
  ]
  expect([plain, other, silent].map(({ exit }) => exit)).toEqual([2, 2, 2])
  expect(flat(plain.stderr)).toContain('with --past drain.sets-50-50 and a --reason it goes back all the same')
  expect(flat(other.stderr)).toContain('the step that was passed is drain.sets-50-50, not close.untag')
  expect(flat(silent.stderr)).toContain('needs a --reason')
  const back = await deploy(['abort', '--past', 'drain.sets-50-50', '--reason', 'loses orders'])
  expect(back.exit, back.stderr).toBe(exitCodes.takenBackWithoutVerdict)
  expect(flat(back.stderr)).toContain('loses orders')
  const { spec } = find(cluster.see('web'), 'Deployment', 'web') ?? {}
  expect(JSON.stringify(spec?.template)).toContain('web:v1')
})

it('what could not be finished is tried again from another machine, and finished there', async () => {
  const { deploy, elsewhere, cluster } = await pastTheDrain()
  const { plan, run } = JSON.parse((await deploy(['status', '--json'])).stdout) as { plan: string; run: string }
  const there = await elsewhere()
  const { exit, stderr } = await there(['retry', run, '--plan-hash', plan])
  expect(exit, stderr).toBe(exitCodes.done)
  const again = await there(['retry', run, '--plan-hash', plan])
  expect([again.exit, flat(again.stderr)]).toEqual([exitCodes.usage, expect.stringContaining(`run ${run} is over`)])
  const { spec } = find(cluster.see('web'), 'Deployment', 'web') ?? {}
  expect(JSON.stringify(spec?.template)).toContain('web:v2')
})
