import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { readLease } from '../../src/core/lease/read.ts'
import { second } from '../../src/core/time.ts'
import type { Ended } from './support/deploy.ts'
import { type TwoClusters, twoClusters } from './support/two-clusters.ts'

const halfWay = ['canary', 'v2', '-e', 'eu', '--set', 'weights=[50, pause]']

/** Acts once all that was said until then has each of these texts in turn. */
function onceSaid(...acts: readonly (readonly [RegExp, () => unknown])[]): (text: string) => void {
  const left = [...acts]
  return (text) => {
    const [next] = left
    if (!next?.[0].test(text)) return
    left.shift()
    next[1]()
  }
}

/** The run that somebody drives now. */
const drivenRun = ({ clusters }: TwoClusters): string | undefined => {
  const object = clusters.eu.see('web').objects.get('Lease/deploy-web')
  const lease = object && readLease(object)
  return lease?.holder ? lease.run?.run : undefined
}

describe('a run that is watched', () => {
  it('is watched on when its cluster was away for a while; that is said once', async () => {
    const world = await twoClusters({ apart: true })
    const { deploy, away, elsewhere } = world
    expect((await deploy([...halfWay, '--exit-on-pause'])).exit).toBe(exitCodes.paused)
    let back = (): void => {}
    let promoted: Promise<Ended> | undefined
    const onSaid = onceSaid(
      [/UNATTENDED/, () => (back = away('eu'))],
      [/eu is not heard, looking again/, () => back()],
      [/eu is heard again/, () => (promoted = deploy(['promote', '-e', 'eu']))],
    )
    const { exit, stderr } = await deploy(['watch', '-e', 'eu'], { cwd: await elsewhere(), onSaid })
    expect(exit, stderr).toBe(exitCodes.done)
    expect((await promoted)?.exit).toBe(exitCodes.done)
    expect(stderr.match(/is not heard/g)).toHaveLength(1)
  })

  it('is watched on from its cluster when its folder is moved away', async () => {
    const world = await twoClusters({ apart: true })
    const { cwd, deploy, elsewhere } = world
    expect((await deploy([...halfWay, '--exit-on-pause'])).exit).toBe(exitCodes.paused)
    const driven = deploy(['resume', '-e', 'eu', '--keep-paused'])
    await expect.poll(() => drivenRun(world), { timeout: 30_000 }).toBeDefined()
    const folder = join(cwd, '.deploy', 'runs', drivenRun(world) ?? '')
    const { promise: moved, resolve } = Promise.withResolvers<void>()
    const onSaid = onceSaid([/50 %/, () => resolve(rename(folder, `${folder}.moved`))])
    const watched = deploy(['watch', '-e', 'eu'], { onSaid })
    await moved
    // Its driver is looked for each second.
    await new Promise((resolve) => setTimeout(resolve, 1.5 * second))
    const aborted = await deploy(['abort', '-e', 'eu'], { cwd: await elsewhere() })
    expect(aborted.exit, aborted.stderr).toBe(exitCodes.done)
    const { exit, stderr } = await watched
    expect(exit, stderr).toBe(exitCodes.takenBackWithoutVerdict)
    await driven
  })
})
