import { describe, expect, it } from 'vitest'
import type { Ref } from '../../../src/core/kinds.ts'
import { permissionComplaints } from '../../../src/core/preflight/permission-complaints.ts'
import { type Permission, permissionsNeeded } from '../../../src/core/preflight/permissions.ts'
import type { Action, Mutation, Plan, Seen, Unit } from '../../../src/core/plan.ts'

const ref = (kind: Ref['kind'], name = 'web'): Ref => ({ kind, namespace: 'shop', name })
const action = (mutation: Mutation): Action => ({ mutation, send: 'assert', expect: { kind: 'written' } })

const planOf = (
  forward: readonly Mutation[],
  back: readonly Mutation[],
  more: Partial<Unit> = {},
): Pick<Plan, 'waves'> => {
  const unit: Unit = {
    id: 'web@one',
    cluster: 'one',
    namespace: 'shop',
    workload: ref('Deployment'),
    seen: {} as Seen,
    stages: [
      {
        id: 's',
        title: 's',
        steps: forward.map((mutation, index) => ({ id: `${index}`, does: '', action: action(mutation), undo: 'back' })),
        gates: [],
        soak: 0,
        deadline: 0,
        otherwise: 'back',
      },
    ],
    back: back.map((mutation, index) => ({
      id: `b${index}`,
      does: '',
      action: action(mutation),
      undoes: [],
      moves: 'rest',
    })),
    ...more,
  }
  return { waves: [{ id: 'w', parallel: 1, onFailure: 'all', units: [unit] }] }
}

const lines = (plan: Pick<Plan, 'waves'>): string[] =>
  permissionsNeeded(plan).map(({ verb, kind, subresource }) => `${verb} ${kind}${subresource ? `/${subresource}` : ''}`)

describe('the permissions that a plan needs', () => {
  const change: Mutation = { verb: 'change', object: ref('Deployment'), changes: [] }
  const plan = planOf(
    [
      change,
      change,
      { verb: 'create', object: ref('ConfigMap'), body: {} },
      { verb: 'hook', hook: { argv: ['true'], timeout: 1 } },
    ],
    [
      { verb: 'delete', object: ref('ConfigMap') },
      { verb: 'delete-unready', object: ref('StatefulSet') },
      { verb: 'disown', object: ref('Service') },
    ],
  )

  it('are every write, the way back included, each once', () => {
    expect(lines(plan).filter((line) => !/^(get|list|watch) /.test(line))).toEqual([
      'patch Deployment',
      'create ConfigMap',
      'delete ConfigMap',
      'delete Pod',
      'patch Service',
      // The run's journal, in its home.
      'patch ConfigMap',
    ])
  })
  it('are reads and watches of everything that is written or looked at, and logs', () => {
    const watched = ['Deployment', 'ReplicaSet', 'Pod', 'Service', 'EndpointSlice', 'ConfigMap', 'Event']
    expect(lines(plan).filter((line) => line.startsWith('watch '))).toEqual(watched.map((kind) => `watch ${kind}`))
    expect(lines(plan)).toContain('get Pod/log')
  })
  it('are asked for in the namespace and cluster of each unit', () => {
    expect(new Set(permissionsNeeded(plan).map(({ cluster, namespace }) => `${cluster}/${namespace}`))).toEqual(
      new Set(['one/shop']),
    )
  })
})

describe('what is not allowed', () => {
  const may = (more: Partial<Permission>): Permission => ({
    cluster: 'one',
    namespace: 'shop',
    verb: 'patch',
    kind: 'Deployment',
    ...more,
  })

  it('is refused once for each kind, with the rule to add', () => {
    const results = (['patch', 'watch'] as const).map((verb) => ({ permission: may({ verb }), allowed: false }))
    expect(permissionComplaints(results)).toEqual([
      {
        level: 'refuse',
        code: 'permission',
        what: 'this identity may not patch, watch deployments in namespace shop of one',
        why: 'a step of the plan, or of its way back, would be refused half-way',
        remedy:
          'add this rule to its role: {"apiGroups":["apps"],"resources":["deployments"],"verbs":["patch","watch"]}; kubectl -n shop auth can-i patch deployments tells when it is there',
      },
    ])
  })
  it.each([
    ['could not be asked', { permission: may({}), allowed: null }],
    [
      'is only of use',
      { permission: may({ verb: 'get', kind: 'Pod', subresource: 'log', optional: true }), allowed: false },
    ],
  ] as const)('is no refusal when it %s', (_what, asked) => {
    expect(permissionComplaints([asked])).toMatchObject([{ level: 'not-checked' }])
  })
  it('is nothing when all is allowed', () =>
    expect(permissionComplaints([{ permission: may({}), allowed: true }])).toEqual([]))
})
