import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { describe, expect, it } from 'vitest'
import { readRules, type Rule, writeRules } from '../../../src/cli/doctor/rbac/rules.ts'
import { same } from '../../../src/core/json.ts'
import { kinds } from '../../../src/core/kinds.ts'
import { type Permission, permissionsNeeded } from '../../../src/core/preflight/permissions.ts'
import { strategies } from '../../../strategies/index.ts'
import { type PlanWish, planOf } from '../../support/plans.ts'
import { said } from '../support/deploy.ts'
import { project } from '../support/project.ts'
import { server } from '../support/server.ts'

const grants = (rules: readonly Rule[], { verb, kind, subresource }: Permission): boolean => {
  const { apiVersion, plural } = kinds[kind]
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : ''
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`
  return rules.some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group ?? '') && resources.includes(resource) && verbs.includes(verb),
  )
}

const plans: readonly PlanWish[] = [
  ...(['gateway-api', 'replicas'] as const).map((router) => ({ strategy: 'canary', router }) as const),
  ...(['gateway-api', 'selector'] as const).map((router) => ({ strategy: 'blue-green', router }) as const),
  { strategy: 'rolling' },
  { strategy: 'rolling', stateful: true },
  { strategy: 'rolling', emergency: true },
  { strategy: 'canary', bare: true },
]

describe('the rules of the Roles', () => {
  it.each(plans)('grant a releaser all that a plan does: %j', (wish) => {
    const rules = [...readRules(strategies), ...writeRules(strategies)]
    expect(permissionsNeeded(planOf(wish)).filter((permission) => !grants(rules, permission))).toEqual([])
  })

  it('grant a planner no change, and nobody a wildcard', () => {
    const [reads, writes] = [readRules(strategies), writeRules(strategies)]
    expect([...new Set(reads.flatMap(({ verbs }) => verbs))]).toEqual(['get', 'list', 'watch'])
    expect([...new Set(writes.flatMap(({ verbs }) => verbs))].sort()).toEqual(['create', 'delete', 'patch'])
    expect(JSON.stringify([reads, writes])).not.toContain('*')
  })
})

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly rules?: readonly Rule[]
  readonly subjects?: readonly object[]
}

describe('deploy doctor --rbac', () => {
  const manifests = async (words: readonly string[], config?: string): Promise<Manifest[]> => {
    const cwd = await project(config === undefined ? {} : { config })
    const { exit, stdout, stderr } = await said(['doctor', '--rbac', ...words], { cwd })
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest)
  }
  const shown = (all: readonly Manifest[], kind: string): string[] =>
    all.filter((one) => one.kind === kind).map(({ metadata: { name, namespace } }) => `${namespace}/${name}`)

  it('prints Roles for planner, releaser, commander and driver in every namespace that deploy.yaml names', async () => {
    const config = [
      'version: 1',
      'services: { web: { image: acme/web } }',
      'environments:',
      '  staging: { namespace: shop, clusters: [{ context: a }, { context: b }] }',
      '  prod: { clusters: [{ context: c, namespace: store }] }',
      '',
    ].join('\n')
    const all = await manifests([], config)
    const expected = ['planner', 'releaser', 'commander', 'driver'].flatMap((role) => [
      `shop/deploy-${role}`,
      `store/deploy-${role}`,
    ])
    expect(shown(all, 'Role')).toEqual(expected)
    expect(shown(all, 'RoleBinding')).toEqual(expected)
    expect(shown(await manifests(['-e', 'prod'], config), 'Role')).toHaveLength(4)
  })

  it('lets a releaser hold Leases and keep its journal, and a planner see who does', async () => {
    const all = await manifests(['-n', 'shop'])
    const verbs = (role: string, resource: string): string[] => {
      const rules = all.find(({ kind, metadata }) => kind === 'Role' && metadata.name === `deploy-${role}`)?.rules ?? []
      const found = rules.filter(({ resources }) => resources.includes(resource)).flatMap((rule) => rule.verbs)
      return [...new Set(found)].toSorted()
    }
    expect(verbs('releaser', 'leases')).toEqual(['create', 'get', 'list', 'patch', 'watch'])
    expect(verbs('releaser', 'configmaps')).toEqual(['create', 'delete', 'get', 'list', 'patch', 'watch'])
    expect(verbs('commander', 'leases')).toEqual(['get', 'list', 'patch', 'watch'])
    expect(verbs('planner', 'leases')).toEqual(['get', 'list', 'watch'])
  })

  it('lets the service account of a Job drive, and make no Jobs', async () => {
    const config = [
      'version: 1',
      'services: { web: { image: acme/web } }',
      'environments: { prod: { clusters: [{ context: c, namespace: store }] } }',
      'detach: { serviceAccount: robot, namespace: jobs }',
      '',
    ].join('\n')
    const all = await manifests([], config)
    const rulesOf = (role: string): readonly Rule[] =>
      all.find(({ kind, metadata }) => kind === 'Role' && metadata.name === `deploy-${role}`)?.rules ?? []
    expect(rulesOf('releaser').filter((rule) => !rulesOf('driver').some((one) => same(one, rule)))).toEqual([
      expect.objectContaining({ resources: ['jobs'] }),
    ])
    expect(shown(all, 'ServiceAccount')).toEqual(['jobs/robot'])
    const bindings = all.filter(({ kind, metadata }) => kind.endsWith('Binding') && metadata.name === 'deploy-driver')
    expect(bindings).toHaveLength(2)
    for (const { subjects } of bindings)
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: 'robot', namespace: 'jobs' }])
  })

  it('lets a commander write Leases and nothing else', async () => {
    const all = await manifests(['-n', 'shop'])
    const commander = all.find(({ kind, metadata }) => kind === 'Role' && metadata.name === 'deploy-commander')
    const writing = commander?.rules?.filter(({ verbs }) =>
      verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)),
    )
    expect(writing?.flatMap(({ resources }) => resources)).toEqual(['leases'])
  })
})

describe('who may only look', () => {
  const readOnly = () =>
    server({
      instead: ({ path, body }) => {
        if (!path.startsWith('/apis/authorization.k8s.io/')) return null
        const { spec } = JSON.parse(body) as { spec: { resourceAttributes?: { verb: string } } }
        const verb = spec.resourceAttributes?.verb ?? ''
        return {
          status: 201,
          body: { status: { allowed: ['get', 'list', 'watch'].includes(verb), resourceRules: [] } },
        }
      },
    })

  it('can plan, and is told that somebody else has to run it', async () => {
    const { kubeconfig } = await readOnly()
    const { exit, stdout, stderr } = await said(['plan', 'canary', 'v2'], { cwd: await project(), kubeconfig })
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^canary web/)
    expect(stdout).not.toContain('may not')
    expect(stderr).toMatch(/may not patch deployments.*\n.*So this identity can plan and not run it/s)
  })

  it('cannot release, nor apply what somebody else has planned', async () => {
    const cwd = await project()
    const good = await server()
    await said(['plan', 'canary', 'v2', '--out', join(cwd, 'plan.json')], { cwd, kubeconfig: good.kubeconfig })
    const { kubeconfig, mutations } = await readOnly()
    for (const words of [
      ['canary', 'v2'],
      ['apply', join(cwd, 'plan.json')],
    ])
      expect(await said(words, { cwd, kubeconfig })).toMatchObject({
        exit: 21,
        stderr: expect.stringContaining('permission, exit 21'),
      })
    expect(mutations()).toEqual([])
  })
})
