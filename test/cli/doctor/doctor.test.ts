import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeFinding } from '../../../src/cli/doctor/checks/node.ts'
import { checks } from '../../../src/cli/doctor/checks.ts'
import { flat, said } from '../support/deploy.ts'
import { project } from '../support/project.ts'
import { server, type ServerOf } from '../support/server.ts'

interface Found {
  readonly answer: string
  readonly place?: string
  readonly what: string
  readonly remedy?: string
}

interface Examination {
  readonly exit: number | undefined
  readonly answer: string
  /** What one check said. */
  readonly of: (name: string) => readonly Found[]
  readonly stderr: string
  readonly changed: readonly string[]
}

async function examined(
  world: Partial<ServerOf> = {},
  { config, env = {}, words = [] }: { config?: string; env?: Record<string, string>; words?: string[] } = {},
): Promise<Examination> {
  const { kubeconfig, mutations } = await server(world)
  const cwd = await project(config === undefined ? {} : { config })
  const { exit, stdout, stderr } = await said(['doctor', '--json', ...words], { cwd, kubeconfig, env })
  const {
    v,
    answer,
    checks: all,
  } = JSON.parse(stdout) as {
    v: number
    answer: string
    checks: { name: string; findings: Found[] }[]
  }
  expect(v).toBe(1)
  expect(all.map(({ name }) => name)).toEqual(checks.map(({ name }) => name))
  const of = (name: string): Found[] => all.find((one) => one.name === name)?.findings ?? []
  return { exit, answer, of, stderr, changed: mutations() }
}

const answers = (found: readonly Found[]): string[] => found.map(({ answer }) => answer)

describe('deploy doctor', () => {
  it('finds a good world good, changes nothing, and ends with 0', async () => {
    const { exit, answer, of, stderr, changed } = await examined()
    expect({ exit, stderr, changed }).toEqual({ exit: 0, stderr: '', changed: [] })
    expect(answer).not.toBe('fail')
    expect(of('config')).toMatchObject([
      { answer: 'ok', what: expect.stringMatching(/services web; environments prod$/) },
    ])
    expect(of('clusters')).toEqual([{ answer: 'ok', place: 'prod/east', what: 'Kubernetes v1.36.3, namespace web' }])
    expect(of('clock')).toEqual([{ answer: 'ok', place: 'prod/east', what: 'agrees to some seconds' }])
    expect(of('rights')).toEqual([
      { answer: 'ok', place: 'web@prod/east', what: 'all that rolling, blue-green, canary need' },
    ])
    expect(of('release')[0]).toEqual({ answer: 'ok', place: 'web@prod/east', what: 'by rolling, blue-green, canary' })
    expect(of('left over')).toEqual([{ answer: 'ok', place: 'web@prod/east', what: 'nothing' }])
  })

  it('tells people the same, with what to do', async () => {
    const { kubeconfig } = await server({ without: ['Service'] })
    const { exit, stdout } = await said(['doctor'], { cwd: await project(), kubeconfig })
    expect(exit).toBe(21)
    expect(flat(stdout)).toMatch(/clusters ✔ prod\/east: Kubernetes v1\.36\.3, namespace web clock ✔/)
    expect(flat(stdout)).toMatch(
      /release ✘ web@prod\/east: service web is not in namespace web.* do kubectl -n web apply/,
    )
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+ failed, .*\d+ good/)
  })

  it('says what is wrong with the configuration, and asks no cluster then', async () => {
    const { exit, answer, of } = await examined({}, { config: 'version: 1\nservces: {}\n' })
    expect({ exit, answer }).toEqual({ exit: 21, answer: 'fail' })
    expect(of('config')[0]).toMatchObject({ answer: 'fail', what: expect.stringContaining('servces') })
    expect(of('clusters')).toEqual([])
  })

  it('warns of variables that nobody reads', async () => {
    const { exit, of } = await examined({}, { env: { DEPLOY_CANRY_BAKE: '1m' } })
    expect(exit).toBe(0)
    expect(of('config')[1]).toMatchObject({ answer: 'warn', what: expect.stringContaining('DEPLOY_CANARY_BAKE') })
  })

  it('goes on with the other clusters where one does not answer', async () => {
    const config = [
      'version: 1',
      'services: { web: { image: localhost:1/acme/web } }',
      'environments:',
      '  prod: { clusters: [{ name: east, context: lab }, { name: west, context: gone }] }',
      '',
    ].join('\n')
    const { exit, of } = await examined({}, { config })
    expect(exit).toBe(21)
    expect(of('clusters')).toMatchObject([
      { answer: 'ok', place: 'prod/east' },
      { answer: 'fail', place: 'prod/west', what: expect.stringContaining('context gone') },
    ])
    expect(answers(of('release'))).toContain('ok')
  })

  it.each([
    { off: -20_000, answer: 'warn', text: /is (19|20|21) s behind/ },
    { off: 40_000, answer: 'warn', text: /is (39|40|41) s ahead of/ },
    { off: 3_600_000, answer: 'fail', text: /is 3(599|600|601) s ahead of/ },
  ])('compares the clock with the API server’s: $off ms', async ({ off, answer, text }) => {
    const { of } = await examined({ headers: () => ({ date: new Date(Date.now() + off).toUTCString() }) })
    expect(of('clock')).toMatchObject([{ answer, what: expect.stringMatching(text) }])
  })

  it('says which right is missing, and the rule that gives it', async () => {
    const { exit, of } = await examined({
      instead: ({ path, body }) =>
        path.startsWith('/apis/authorization.k8s.io/') ? { status: 201, body: reviewOf(body) } : null,
    })
    expect(exit).toBe(21)
    expect(of('rights')).toMatchObject([
      {
        answer: 'fail',
        what: expect.stringContaining('may not patch deployments'),
        remedy: expect.stringContaining('"verbs":["patch"]'),
      },
    ])
  })

  it('says that nothing divides requests by weight, or that no gateway has taken the route', async () => {
    expect((await examined({ without: ['HTTPRoute'] })).of('router')[0]).toMatchObject({
      answer: 'ok',
      what: expect.stringContaining('canary divides by the number of pods'),
    })
    const status = (value: string) => ({
      parents: [
        {
          parentRef: { name: 'gateway' },
          conditions: [
            { type: 'Accepted', status: value, reason: 'Some' },
            { type: 'ResolvedRefs', status: 'True' },
          ],
        },
      ],
    })
    const route = (value: string) => ({ without: ['HTTPRoute'], more: [{ ...usualRoute, status: status(value) }] })
    expect((await examined(route('True'))).of('router')[0]).toMatchObject({
      answer: 'ok',
      what: expect.stringContaining('accepted by gateway'),
    })
    expect((await examined(route('False'))).of('router')[0]).toMatchObject({
      answer: 'warn',
      what: expect.stringContaining('gateway gateway says Accepted: False, Some'),
    })
  })

  it('finds what is left of a run, and says when one is open', async () => {
    const undo = (annotations: object) => ({
      more: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'deploy-undo-web', namespace: 'web', ...annotations },
        },
      ],
    })
    const left = await examined(undo({}))
    expect(left.exit).toBe(21)
    expect(left.of('left over')).toMatchObject([{ answer: 'fail', what: expect.stringContaining('deploy-undo-web') }])
    const open = await examined(undo({ annotations: { 'deploy/token': 'r7f3k.1' } }))
    expect(open.of('left over')[0]).toMatchObject({
      answer: 'warn',
      what: expect.stringContaining('run r7f3k is open'),
    })
  })

  it('says that the registry does not tell', async () => {
    const { of } = await examined()
    expect(of('image')).toMatchObject([{ answer: 'warn', what: expect.stringContaining('localhost:1/acme/web:v1') }])
  })

  it('looks at the cache of compiled code: nobody else may write there', async () => {
    const cwd = await project({ files: { 'cache/deploy/v8/some': '' } })
    await mkdir(join(cwd, 'cache/deploy/v8'), { recursive: true })
    const { kubeconfig } = await server()
    const look = async (mode: number): Promise<string> => {
      await chmod(join(cwd, 'cache/deploy/v8'), mode)
      return (await said(['doctor'], { cwd, kubeconfig, env: { XDG_CACHE_HOME: join(cwd, 'cache') } })).stdout
    }
    expect(await look(0o700)).toMatch(/^cache +✔/m)
    expect(await look(0o777)).toMatch(/^cache +! others may write/m)
  })
})

it.each([
  ['v24.11.0', 'ok'],
  ['v25.0.1', 'ok'],
  ['v24.10.9', 'fail'],
  ['v22.20.0', 'fail'],
])('Node.js %s is %s', (version, answer) => {
  expect(nodeFinding(version)).toMatchObject({ answer })
})

const usualRoute = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web', namespace: 'web' },
  spec: { parentRefs: [{ name: 'gateway' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
}

/** Everything but patching Deployments, whichever kind of review asks. */
const reviewOf = (body: string): object => {
  const { spec } = JSON.parse(body) as { spec: { resourceAttributes?: { verb?: string; resource?: string } } }
  const { verb, resource } = spec.resourceAttributes ?? {}
  return { status: { allowed: !(verb === 'patch' && resource === 'deployments'), resourceRules: [], incomplete: true } }
}
