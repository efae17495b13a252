import { execa } from 'execa'
import { describe, it } from 'vitest'
import { blocksOf } from '../../docs/readme.ts'
import { lab } from '../fixture.ts'
import { within } from '../network.ts'
import { cached } from '../cache.ts'
import { sceneOf, settled } from './scene.ts'
import { specOf, traces } from './world.ts'

describe('the way back by hand', () => {
  it('the commands that status prints bring back what was there, and abort closes the run', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, {
      web: { replicas: 4, internal: true, budget: { maxUnavailable: 1 } },
      traffic: { router: 'gateway-api' },
      inside: ['web', 'web-internal'],
    })
    const run = scene.deploy('canary', '2.0.0')
    await scene.until('the first weight', settled('weight-25.route-25'), run)
    run.kill('SIGKILL')
    await run

    const { run: id } = JSON.parse((await scene.deploy('status', '--json')).stdout) as { run: string }
    for (const command of looksIn('the-tool-is-dead', { run: id, namespace: scene.namespace.name })) {
      const looked = await bash(command, scene.folder)
      expect(looked.exitCode, `${command}\n${looked.all}`).toBe(0)
      if (command.includes('go-template'))
        expect(looked.stdout).toMatch(/"step":"weight-25.route-25","type":"intended"/)
    }

    const printed = await scene.deploy('status', '--manual')
    expect(printed.exitCode, printed.stderr).toBe(0)
    const done = await bash(printed.stdout, scene.folder)
    expect(done.exitCode, done.all).toBe(0)
    expect(done.all).not.toMatch(/STOP|error|invalid/i)

    const after = await scene.world()
    // Who wrote what is left of the tool's own bookkeeping: kubectl can't take it away.
    expect(traces(scene.before, after).filter((trace) => !/deploy Update|of manager deploy/.test(trace))).toEqual([])
    for (const key of ['Deployment/web', 'Service/web', 'HTTPRoute/web'])
      expect(specOf(after, key)).toEqual(specOf(scene.before, key))
    expect(await scene.namespace.podUids('app=web')).toEqual(scene.web.uids)
    expect(await scene.lost()).toBe('')

    const closed = await scene.deploy('abort')
    expect(closed.exitCode, closed.stderr).toBe(22)
    expect(traces(scene.before, await scene.world())).toEqual([])
  })
})

/** The commands of a runbook that only look, for this run of `web`. */
const looksIn = (name: string, { run, namespace }: { readonly run: string; readonly namespace: string }): string[] =>
  blocksOf(`runbooks/${name}.md`)
    .filter(({ info }) => info === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => /^kubectl (?:-n shop )?get /.test(line) && !line.includes(' | '))
    .map((line) =>
      line
        .replaceAll('-n shop', `-n ${namespace}`)
        .replaceAll('r7f3k', run)
        .replace(/ > .*$/, ''),
    )

/** As somebody pastes it, with nothing but kubectl and a kubeconfig. */
function bash(script: string, folder: string) {
  const [command, argv] = within(lab.facts.netns, ['bash'])
  return execa(command, argv, {
    input: script,
    all: true,
    reject: false,
    extendEnv: false,
    cwd: folder,
    env: { PATH: `${cached('')}:${process.env['PATH'] ?? ''}`, HOME: folder, KUBECONFIG: lab.facts.kubeconfig },
  })
}
