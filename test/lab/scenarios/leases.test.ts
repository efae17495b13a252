import { describe, it, type TestContext } from 'vitest'
import type { DeployRun } from '../deploy.ts'
import { lab } from '../fixture.ts'
import { makeProject, removeProject } from './project.ts'
import { type Entry, type Scene, sceneOf } from './scene.ts'
import { traces } from './world.ts'

const canary = { traffic: { router: 'gateway-api' }, web: { replicas: 2 } }
const waiting = { ...canary, strategies: { canary: { weights: [25, 'pause', 50] } } }
const humanPause = ({ type, cause }: Entry & { readonly cause?: string }): boolean =>
  type === 'paused' && cause === 'human'

/** A project of its own for the same service: another machine, as far as files go. */
async function elsewhere({ onTestFinished }: TestContext, { namespace }: Scene) {
  const { traffic, strategies } = waiting
  const clusters = [{ context: 'a', namespace: namespace.name }]
  const cwd = await makeProject({ clusters, traffic, strategies })
  onTestFinished(() => removeProject(cwd))
  return (...args: string[]): DeployRun => {
    const run = lab.runDeploy(args, { cwd })
    onTestFinished(() => void run.kill('SIGKILL'))
    return run
  }
}

const flat = (text: unknown): string => String(text).replaceAll(/\s+/g, ' ')

describe.concurrent('a run and somebody on another machine', () => {
  it('who releases at the same moment: one goes on, the other gets 8', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, canary)
    const there = await elsewhere(context, scene)
    const both = await Promise.all([scene.deploy('rolling', '2.0.0'), there('rolling', '2.0.0')])
    const said = both.map(({ stderr }) => stderr).join('\n')
    expect(
      both.map(({ exitCode }) => exitCode).toSorted((a = 0, b = 0) => a - b),
      said,
    ).toEqual([0, 8])
    const refused = both.find(({ exitCode }) => exitCode === 8)
    expect(flat(refused?.stderr)).toMatch(
      /web in a is held: run r\w{5} .*driven by .* on .*, process \d+ do deploy watch r/,
    )
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('who asks its driver for pause, promote and abort is heard at once', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, waiting)
    const there = await elsewhere(context, scene)
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('a human is waited for', humanPause, run)
    const second = await there('canary', '3.0.0')
    expect(second.exitCode, second.stderr).toBe(8)
    expect(flat(second.stderr)).toMatch(
      /web in a is held: run r\w{5} \(canary 2\.0\.0, begun .* ago\) is paused at pause-1/,
    )
    const status = await there('lock', 'status')
    expect(flat(status.stdout), status.stderr).toMatch(/web a r\w{5} paused pause-1 2\.0\.0 .* renews it/)
    const pause = await there('pause')
    expect(pause.exitCode, pause.stderr).toBe(0)
    const wrong = await there('promote', '--stage', 'weight-25')
    expect(wrong.exitCode, wrong.stderr).toBe(2)
    expect(flat(wrong.stderr)).toContain('weight-25 is not the present stage, pause-1 is: nothing was done')
    const promote = await there('promote')
    expect(promote.exitCode, promote.stderr).toBe(0)
    const abort = await there('abort', '--reason', 'looks odd')
    expect(abort.exitCode, abort.stderr).toBe(0)
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(22)
    expect(stderr).toContain('looks odd')
    expect(await scene.lost()).toBe('')
    expect(traces(scene.before, await scene.world())).toEqual([])
  })

  it('who breaks the lock of a driver that stands still: it stops with 8 once it moves again', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, waiting)
    const there = await elsewhere(context, scene)
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('a human is waited for', humanPause, run)
    const alive = await there('lock', 'break', '--reason', 'it hangs')
    expect(alive.exitCode, alive.stderr).toBe(8)
    run.kill('SIGSTOP')
    const broken = await there('lock', 'break', '--reason', 'it hangs')
    expect(broken.exitCode, broken.stderr).toBe(0)
    run.kill('SIGCONT')
    const { exitCode, stderr } = await run
    expect(exitCode, stderr).toBe(8)
    expect(stderr).toMatch(/this driver stops: .* broke its lock: it hangs/)
    const abort = await scene.deploy('abort')
    expect(abort.exitCode, abort.stderr).toBe(22)
    expect(abort.stderr).toMatch(/broke the lock of .*: it hangs/)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })
})
