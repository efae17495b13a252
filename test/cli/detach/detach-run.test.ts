import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../src/core/errors.ts'
import { readLease } from '../../../src/core/lease/read.ts'
import { type Ended, flat } from '../support/deploy.ts'
import { type JobWorld, jobWorld, until } from './support/job-world.ts'

const leaseIn = ({ cluster }: JobWorld) => {
  const object = cluster.see('web').objects.get('Lease/deploy-web')
  return object && readLease(object)
}
const runIn = (world: JobWorld): string => leaseIn(world)?.run?.run ?? ''

/** Once something was said for the first time. */
const when = (words: RegExp, act: () => void): ((text: string) => void) => {
  let isDone = false
  return (text) => {
    if (isDone || !words.test(text)) return
    isDone = true
    act()
  }
}

/**
 * Detaches a release and does not see who drives it; gives up once this is done, and sees again when it is about to close
 * the run.
 */
async function detachedBlindly(world: JobWorld, done: Promise<unknown>): Promise<Ended> {
  const { gate, hold, detach } = world
  const blind = when(/takes over/, () => {
    const pass = hold()
    gate.refuse(({ method, url = '' }) => {
      if (url.includes('/leases')) gate.refuse(() => false)
      return method === 'GET' && url.includes('/configmaps')
    })
    void done.then(pass)
  })
  return await detach(blind)
}

describe('a release that is handed to a Job', () => {
  it('is closed where nobody takes it over, and its Job removed', async () => {
    const world = await jobWorld()
    const { exit, stderr } = await world.detach()
    expect(exit, stderr).toBe(exitCodes.refused)
    expect(flat(stderr)).toContain('it has no pod yet why the Job was removed and the run closed; nothing was changed')
    expect(world.job()).toBeUndefined()
    expect(leaseIn(world)).toMatchObject({ holder: null, run: { phase: 'closed' } })
  })

  it('is handed over although the API was away for a while', async () => {
    const world = await jobWorld()
    const { gate, hold, detach, pod } = world
    const away = when(/it has no pod yet/, () => {
      hold()
      gate.refuse(() => true)
    })
    const { promise: isSaid, resolve } = Promise.withResolvers<void>()
    const noticed = when(/failed with status 503/, () => {
      gate.refuse(() => false)
      resolve()
    })
    const driven = isSaid.then(() => pod('--exit-on-pause'))
    const { exit, stderr } = await detach((text) => [away, noticed].forEach((hear) => hear(text)))
    expect(exit, stderr).toBe(exitCodes.done)
    expect(world.job()).toBeDefined()
    expect((await driven).exit).toBe(exitCodes.paused)
  })

  it('was handed over where a pod drives it by the time it is given up', async () => {
    const world = await jobWorld()
    const driven = world.pod()
    const isPaused = until(() => leaseIn(world)?.run?.phase === 'paused' || undefined)
    const { exit, stderr } = await detachedBlindly(world, isPaused)
    expect(exit, stderr).toBe(exitCodes.done)
    expect(flat(stderr)).toContain(`run ${runIn(world)} is driven in the cluster`)
    expect(world.job()).toBeDefined()
    await world.deploy(['abort', runIn(world)])
    expect((await driven).exit).toBe(exitCodes.takenBackWithoutVerdict)
  })

  it('was handed over where a pod took it and is gone again: the Job makes the next one', async () => {
    const world = await jobWorld()
    const driven = world.pod('--exit-on-pause')
    const { exit, stderr } = await detachedBlindly(world, driven)
    expect((await driven).exit).toBe(exitCodes.paused)
    expect(exit, stderr).toBe(exitCodes.done)
    expect(world.job()).toBeDefined()
    expect(leaseIn(world)).toMatchObject({ holder: null, run: { phase: 'paused' } })
  })

  it('was handed over where it is at its end by then', async () => {
    const world = await jobWorld()
    const driven = world.pod('--exit-on-pause').then(() => world.deploy(['abort', runIn(world)]))
    const { exit, stderr } = await detachedBlindly(world, driven)
    expect((await driven).exit).toBe(exitCodes.takenBackWithoutVerdict)
    expect(exit, stderr).toBe(exitCodes.done)
  })

  it('is left to its Job where the API stays away: nobody says that nothing was changed', async () => {
    const world = await jobWorld()
    const { exit, stderr } = await world.detach(when(/it has no pod yet/, () => world.gate.refuse(() => true)))
    expect(exit, stderr).toBe(exitCodes.humanNeeded)
    const run = runIn(world)
    expect(flat(stderr)).toContain(`not known whether run ${run} is driven in the cluster`)
    expect(flat(stderr)).toContain(`deploy watch ${run}`)
    expect(world.job()).toBeDefined()
    expect(leaseIn(world)?.run?.phase).toBe('open')
  })
})
