import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { exitCodes, type ExitName } from '../../src/core/errors.ts'
import { ErrorResult } from '../../src/report/documents/error.ts'
import { RunResult } from '../../src/report/documents/run.ts'
import { lateStrategies } from '../../strategies/late.ts'
import { type Ended, said } from './support/deploy.ts'
import { project } from './support/project.ts'
import { server } from './support/server.ts'
import { type Simulated, simulated } from './support/simulated.ts'

/** How each code is come by, from a world in which `web` serves v1. The command that ends so is the last one. */
const ways: Readonly<Record<ExitName, () => Promise<Ended>>> = {
  done: async () => (await simulated()).deploy(['canary', 'v2', '--json']),
  bug: async () => {
    const broken = { ...lateStrategies, load: () => Promise.reject(new Error('this is a test')) }
    return said(['canary', 'v2', '--json'], { cwd: await project(), strategies: broken })
  },
  usage: async () => said(['canary', 'v 2', '--json'], { cwd: await project() }),
  takenBack: async () => (await simulated()).deploy(['canary', 'v2-die5', '--json']),
  humanNeeded: async () =>
    (await simulated()).deploy(['rolling', 'v2-crash1', '--emergency', '--reason', 'a test', '--json']),
  paused: async () => paused(await simulated()),
  notApproved: async () => (await simulated({ protected: true })).deploy(['canary', 'v2', '--json']),
  locked: async () => {
    const world = await simulated()
    await paused(world)
    return world.deploy(['canary', 'v3', '--json'])
  },
  stale: async () => {
    const world = await simulated()
    const plan = join(world.cwd, 'plan.json')
    await world.deploy(['plan', 'canary', 'v3', '--out', plan])
    expect(await world.deploy(['rolling', 'v2'])).toMatchObject({ exit: 0 })
    return world.deploy(['apply', plan, '--json'])
  },
  refused: async () => {
    const { kubeconfig } = await server({ without: ['Service'] })
    return said(['canary', 'v2', '--json'], { cwd: await project(), kubeconfig })
  },
  takenBackWithoutVerdict: async () => {
    const world = await simulated()
    await paused(world)
    return world.deploy(['abort', '--json'])
  },
  nodeTooOld: async () => {
    const cwd = await project({
      files: { 'old.cjs': "Object.defineProperty(process, 'versions', { value: { node: '22.1.0' } })" },
    })
    const stub = join(import.meta.dirname, '../../bin/deploy.cjs')
    const { exitCode, stdout, stderr } = await execa(process.execPath, ['-r', join(cwd, 'old.cjs'), stub, '--help'], {
      reject: false,
    })
    return { exit: exitCode, stdout, stderr }
  },
  interrupted: async () =>
    (await simulated()).deploy(['canary', 'v2', '--json'], { name: 'SIGINT', after: /weight 50 %/ }),
  terminated: async () =>
    (await simulated()).deploy(['canary', 'v2', '--json'], { name: 'SIGTERM', after: /weight 50 %/ }),
}

/** Waits for a human, with nobody watching. */
const paused = (world: Simulated): Promise<Ended> =>
  world.deploy(['canary', 'v2', '--set', 'weights=25,pause,50', '--exit-on-pause', '--json'])

/** What a run ends with; the others end before there is a run. */
const ofRuns = new Set<ExitName>([
  'done',
  'takenBack',
  'humanNeeded',
  'paused',
  'takenBackWithoutVerdict',
  'interrupted',
  'terminated',
])

it.for(Object.keys(ways) as ExitName[])('exit code of %s', { timeout: 60_000 }, async (name) => {
  const { exit, stdout, stderr } = await ways[name]()
  expect(exit, stderr).toBe(exitCodes[name])
  if (name === 'nodeTooOld') return
  const document = (ofRuns.has(name) ? RunResult : ErrorResult).parse(JSON.parse(stdout))
  expect(document.exit).toBe(exitCodes[name])
})
