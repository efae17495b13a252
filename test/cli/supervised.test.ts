import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { at } from '../../src/core/json.ts'
import { simulated } from './support/simulated.ts'

const waiting = ['canary', 'v2', '--set', 'weights=[50, pause]', '--exit-on-pause']

/** Types of the entries of the only run. */
function entriesIn(cwd: string): string[] {
  const [run = ''] = readdirSync(join(cwd, '.deploy', 'runs'))
  const text = readFileSync(join(cwd, '.deploy', 'runs', run, 'journal.ndjson'), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type)
}

describe('a driver that a supervisor starts again', () => {
  it('leaves to people what the run waits for', async () => {
    const { deploy, cwd } = await simulated()
    expect((await deploy(waiting)).exit).toBe(exitCodes.paused)
    const { exit, stderr } = await deploy(['resume', '--keep-paused', '--exit-on-pause'])
    expect(exit, stderr).toBe(exitCodes.paused)
    expect(entriesIn(cwd)).toContain('attached')
    expect(entriesIn(cwd).filter((type) => type === 'asked' || type === 'resumed')).toEqual([])
  })

  it('ends like a run that was over before', async () => {
    const { deploy } = await simulated()
    await deploy(waiting)
    expect((await deploy(['abort'])).exit).toBe(exitCodes.takenBackWithoutVerdict)
    const { stdout } = await deploy(['list', '--json'])
    const [{ run }] = JSON.parse(stdout) as [{ run: string }]
    expect((await deploy(['resume', run, '--keep-paused'])).exit).toBe(exitCodes.takenBackWithoutVerdict)
  })

  it.each([
    ['leave', [50, 50]],
    ['back', [1]],
  ] as const)('and that is told to end with --on-signal %s has weights %j then', async (what, weights) => {
    const { deploy, cluster } = await simulated()
    const ended = await deploy(['canary', 'v2', '--set', 'soak=5m', '--on-signal', what], {
      name: 'SIGTERM',
      after: /weight 50 %: route/,
    })
    expect(ended.exit, ended.stderr).toBe(exitCodes.terminated)
    const route = cluster.see('web').objects.get('HTTPRoute/web')
    const refs = at(route, '/spec/rules/0/backendRefs') as readonly { weight?: number }[]
    expect(refs.map(({ weight }) => weight)).toEqual(weights)
  })
})
