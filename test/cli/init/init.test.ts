import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { flat, said } from '../support/deploy.ts'
import { project, usual } from '../support/project.ts'
import { server } from '../support/server.ts'

const empty = () => project({ config: null, files: { '.git': '' } })
const written = (cwd: string, name = 'deploy.yaml'): Promise<string> => readFile(join(cwd, name), 'utf8')

describe('deploy init', () => {
  it('writes a file that is planned right away', async () => {
    const cwd = await empty()
    const { kubeconfig, mutations } = await server()
    const init = await said(['init'], { cwd, kubeconfig })
    const plan = await said(['plan', 'canary', 'v2'], { cwd, kubeconfig })
    expect(init).toMatchObject({ exit: 0, stdout: '' })
    expect(flat(init.stderr)).toMatch(/web is deployment web with localhost:1\/acme\/web, which runs v1 now.*route web/)
    expect(flat(init.stderr)).toMatch(/next deploy doctor .* deploy plan canary VERSION/)
    expect(plan).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^canary web {2}v1 → v2 .*lab: lab/) })
    expect(mutations()).toEqual([])
  })

  it('leaves a file that is there as it is, unless it is forced', async () => {
    const cwd = await project()
    const { kubeconfig } = await server()
    const refused = await said(['init'], { cwd, kubeconfig })
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringMatching(/code {4}config-exists/) })
    expect(await written(cwd)).toBe(usual)
    expect(await said(['init', '--force'], { cwd, kubeconfig })).toMatchObject({ exit: 0 })
    expect(await written(cwd)).toMatch(
      /^# Written by "deploy init" from deployment web in namespace web, context lab\./,
    )
  })

  it('prints it and writes nothing with --dry-run', async () => {
    const cwd = await empty()
    const { kubeconfig } = await server()
    const { exit, stdout, stderr } = await said(['init', '--dry-run'], { cwd, kubeconfig })
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toContain('context: lab')
    await expect(written(cwd)).rejects.toThrow('ENOENT')
  })

  it('writes where --config says', async () => {
    const cwd = await empty()
    const { kubeconfig } = await server()
    await said(['init', '--config', 'other.yaml', '-e', 'staging'], { cwd, kubeconfig })
    expect(await written(cwd, 'other.yaml')).toMatch(/^ {2}staging:$/m)
  })

  it('lists the Deployments where several could be meant', async () => {
    const cwd = await empty()
    const { kubeconfig } = await server({ more: [deployment('api'), deployment('jobs')] })
    const { exit, stderr } = await said(['init'], { cwd, kubeconfig })
    expect(exit).toBe(2)
    expect(flat(stderr)).toMatch(
      /there are 3 Deployments in namespace web: api, jobs, web do name one: deploy init api -n web/,
    )
    expect(await said(['init', 'web'], { cwd, kubeconfig })).toMatchObject({ exit: 0 })
  })

  it.each([
    ['another one', ['init', 'wbe'], {}, /there is no Deployment wbe in namespace web do did you mean web\?/],
    ['none', ['init'], { without: ['Deployment'] }, /there is no Deployment in namespace web do name another/],
  ])('says so where there is %s', async (_, words, world, text) => {
    const { kubeconfig } = await server(world)
    const { exit, stderr } = await said(words, { cwd: await empty(), kubeconfig })
    expect(exit).toBe(2)
    expect(flat(stderr)).toMatch(text)
  })

  it('says in the file what could not be looked at', async () => {
    const cwd = await empty()
    const { kubeconfig } = await server({
      instead: ({ path }) =>
        path.endsWith('/httproutes')
          ? { status: 403, body: { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' } }
          : null,
    })
    expect(await said(['init'], { cwd, kubeconfig })).toMatchObject({ exit: 0 })
    expect(await written(cwd)).toMatch(/^# You may not list HTTPRoutes here/m)
  })
})

const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'web' },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image: `acme/${name}:v1` }] },
    },
  },
})
