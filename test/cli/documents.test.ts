import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { documents } from '../../src/report/documents/index.ts'
import { DeployEvent } from '../../src/report/events.ts'
import { said } from './support/deploy.ts'
import { project } from './support/project.ts'
import { server } from './support/server.ts'
import { simulated } from './support/simulated.ts'

const eventsIn = (text: string): DeployEvent[] =>
  text
    .trim()
    .split('\n')
    .map((line) => DeployEvent.parse(JSON.parse(line)))

const example = join(import.meta.dirname, '../../examples/judge/good.ndjson')
const traffic = ['--rps', '100', '--weight', '5%', '--base', '0.1%']

describe('what programs read is as the published schemas say', () => {
  it('of a run: its events, its result, its status and the list', { timeout: 60_000 }, async () => {
    const { cwd, deploy } = await simulated()
    const events = join(cwd, 'events.ndjson')
    const { stdout } = await deploy(['canary', 'v2-die5', '--json', '--events', events])
    const result = documents.run.parse(JSON.parse(stdout))
    const seen = eventsIn(await readFile(events, 'utf8'))
    expect(seen[0]).toMatchObject({ type: 'run-opened', run: result.run, plan: result.plan })
    expect(seen.at(-1)).toMatchObject({ type: 'run-closed', exit: 3 })
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1))
    expect(result).toMatchObject({ outcome: 'taken-back', units: [{ id: 'web@east', outcome: 'taken-back' }] })

    const status = documents.run.parse(JSON.parse((await deploy(['status', '--json'])).stdout))
    expect(status).toEqual(result)
    const list = documents.list.parse(JSON.parse((await deploy(['list', '--json'])).stdout))
    expect(list).toMatchObject([{ run: result.run, outcome: 'taken-back', exit: 3 }])
  })

  it('of a run whose events can’t be written any more: the release goes on, and says so', {
    timeout: 60_000,
  }, async () => {
    const { deploy } = await simulated()
    const { exit, stderr } = await deploy(['canary', 'v2', '--events', '/dev/full'])
    expect(exit).toBe(0)
    expect(stderr.match(/no more events in \/dev\/full: ENOSPC/g)).toHaveLength(1)
  })

  it('of a run as a stream', { timeout: 60_000 }, async () => {
    const { deploy } = await simulated()
    const { exit, stdout } = await deploy(['canary', 'v2', '-o', 'ndjson'])
    expect(exit).toBe(0)
    expect(eventsIn(stdout).at(-1)).toMatchObject({ type: 'run-closed', exit: 0 })
  })

  it.each([
    ['plan', ['plan', 'canary', 'v2', '--json'], documents.plan],
    ['doctor', ['doctor', '--json'], documents.doctor],
    ['explain', ['explain', 'weights', '--json'], documents.explain],
    ['explain, its names', ['explain', '--json'], documents.explain],
    ['explain config', ['explain', 'config', '--json'], documents.explain],
    ['init', ['init', '--force', '--json'], documents.init],
    ['an empty list', ['list', '--json'], documents.list],
    ['judge', ['judge', '--samples', example, '--as', 'argo', '--json'], documents.judge],
    ['judge --design', ['judge', '--design', ...traffic, '--early', '--soak', '5m', '--json'], documents.judgeDesign],
    ['an error', ['status', '--json'], documents.error],
  ] as const)('of %s', async (_, words, schema) => {
    const { kubeconfig } = await server()
    const { stdout } = await said(words, { cwd: await project(), kubeconfig })
    expect(schema.safeParse(JSON.parse(stdout)).error).toBeUndefined()
  })
})

it('a schema can be had from the program', async () => {
  const cwd = await project()
  for (const [name, file] of [
    ['events', 'src/report/events.schema.json'],
    ['result', 'src/report/result.schema.json'],
    ['config', 'src/config/deploy.schema.json'],
  ] as const) {
    const published = await readFile(join(import.meta.dirname, '../..', file), 'utf8')
    expect((await said(['explain', 'schema', name], { cwd })).stdout).toBe(published)
  }
  const { exit, stderr } = await said(['explain', 'schema', 'event'], { cwd })
  expect({ exit, stderr }).toMatchObject({ exit: 2, stderr: expect.stringContaining('did you mean events?') })
})
