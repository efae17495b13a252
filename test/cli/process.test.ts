import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { commands, groups } from '../../src/cli/command-list.ts'
import { exitCodes } from '../../src/core/errors.ts'
import { strategies } from '../../strategies/index.ts'
import { bin, deploy, environment, flat, said } from './support/deploy.ts'
import { project } from './support/project.ts'
import { server } from './support/server.ts'

const plan = ['plan', 'canary', 'v2'] as const
const names = [...strategies.map(({ name }) => name), ...commands.map(({ usage }) => usage.split(' ')[0] ?? '')]

describe('help', () => {
  it.each(names)('of %s has three examples that begin with its name', async (name) => {
    const { exit, stdout, stderr } = await said([name, '--help'], { cwd: await project() })
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: deploy ${name}\\b`))
    const examples = stdout.split('\nExamples:\n')[1]?.trim().split('\n') ?? []
    expect(examples).toHaveLength(3)
    for (const example of examples) expect(example.trim()).toMatch(new RegExp(`^deploy ${name}\\b`))
  })

  it('lists every command in the group where it is needed, and nothing of its options', async () => {
    const { stdout } = await said(['--help'], { cwd: await project() })
    const heads = stdout.split('\n').filter((line) => /^\w.*:$/.test(line))
    expect(heads).toEqual(['Options:', ...groups.map((group) => `${group}:`)])
    for (const name of [...names, 'help']) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    expect(stdout).not.toContain('[options] <')
    expect(
      Math.max(
        ...stdout
          .split('\n')
          .slice(0, -2)
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80)
  })

  it('is data when it was asked for, and a complaint when nothing was', async () => {
    const cwd = await project()
    const [asked, nothing] = await Promise.all([deploy(['--help'], { cwd }), deploy([], { cwd })])
    expect(asked).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringContaining('Usage: deploy') })
    expect(nothing).toMatchObject({ exit: 2, stdout: '', stderr: expect.stringContaining('Usage: deploy') })
  })
})

describe('exit codes', () => {
  it('are the published ones', () => {
    expect(exitCodes).toEqual({
      done: 0,
      bug: 1,
      usage: 2,
      takenBack: 3,
      humanNeeded: 4,
      paused: 5,
      notApproved: 6,
      locked: 8,
      stale: 20,
      refused: 21,
      takenBackWithoutVerdict: 22,
      nodeTooOld: 78,
      interrupted: 130,
      terminated: 143,
    })
  })

  it('are those of the process, and the last line of an error names them', async () => {
    const cwd = await project()
    const { kubeconfig, mutations } = await server({ without: ['Service'] })
    const [usage, refused] = await Promise.all([
      deploy(['canary', 'v 2'], { cwd }),
      deploy(['canary', 'v2'], { cwd, kubeconfig }),
    ])
    expect(usage).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringMatching(/code {4}config-version, exit 2$/),
    })
    expect(refused).toMatchObject({ exit: 21, stdout: '', stderr: expect.stringMatching(/code {4}.*, exit 21$/) })
    expect(mutations()).toEqual([])
  })
})

describe('streams', () => {
  it('a plan is data: text, or one document, and nothing is said beside it', async () => {
    const cwd = await project()
    const { kubeconfig, mutations } = await server()
    const [text, json] = await Promise.all([
      deploy(plan, { cwd, kubeconfig }),
      deploy([...plan, '-o', 'json'], { cwd, kubeconfig }),
    ])
    expect(text).toMatchObject({ exit: 0, stderr: '', stdout: expect.stringMatching(/^canary web {2}v1 → v2/) })
    expect(json).toMatchObject({ exit: 0, stderr: '' })
    expect(JSON.parse(json.stdout)).toMatchObject({ deploy: 'plan', hash: expect.stringMatching(/^\w{64}$/) })
    expect(mutations()).toEqual([])
  })

  it('an error is for people; a program that asked for a document gets one, too', async () => {
    const cwd = await project()
    const { exit, stdout, stderr } = await said(['canary', 'v 2', '-o', 'json'], { cwd })
    expect(flat(stderr)).toMatch(/"v 2" is not a version/)
    expect(JSON.parse(stdout)).toMatchObject({ exit, error: { code: 'config-version', what: expect.any(String) } })
  })

  it('have colours when they are wanted: --color, then NO_COLOR, then FORCE_COLOR, then the terminal', async () => {
    const cwd = await project()
    const { kubeconfig } = await server()
    const colours = async (env: Record<string, string>, ...more: string[]): Promise<boolean> =>
      (await said([...plan, ...more], { cwd, kubeconfig, env })).stdout.includes('\u001B[')
    expect(await colours({})).toBe(false)
    expect(await colours({ FORCE_COLOR: '1' })).toBe(true)
    expect(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
    expect(await colours({ NO_COLOR: '1' }, '--color')).toBe(true)
    expect(await colours({ FORCE_COLOR: '1' }, '--no-color')).toBe(false)
  })

  it('a reader that is gone is no reason to crash', async () => {
    const cwd = await project()
    const { kubeconfig } = await server()
    const run = execa(process.execPath, [bin, ...plan], {
      cwd,
      env: environment({ cwd, kubeconfig }),
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    })
    run.stdout.destroy()
    expect(await run).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe('a folder without runs', () => {
  it('has an empty list, which is no error', async () => {
    const cwd = await project()
    expect(await said(['list', '--local'], { cwd })).toMatchObject({ exit: 0, stderr: '' })
    expect(JSON.parse((await said(['list', '--local', '--json'], { cwd })).stdout)).toEqual([])
    expect(await said(['list', '--local', '-o', 'ndjson'], { cwd })).toEqual({ exit: 0, stdout: '', stderr: '' })
  })

  it('has a list that says whom it could not ask', async () => {
    const cwd = await project()
    const stderr = 'only the runs of this folder: there is no kubeconfig\n'
    expect(await said(['list', '-o', 'ndjson'], { cwd })).toEqual({ exit: 0, stdout: '', stderr })
  })

  it.each(['status', 'watch', 'resume', 'promote', 'abort'])('has nothing to %s', async (command) => {
    const cwd = await project()
    const { exit, stdout, stderr } = await said([command], { cwd })
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(flat(stderr)).toMatch(/there is no (open )?run in \/.* do deploy list shows the runs/)
  })
})
