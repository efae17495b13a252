import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src/core/kinds.ts'
import type { Hook, Plan, Unit } from '../../../src/core/plan.ts'
import { stepsOf, unitsOf } from '../../../src/core/plan.ts'
import { resolve } from '../../../src/core/resolve.ts'
import type { Trusted } from '../../../src/core/trust/index.ts'
import type { View } from '../../../src/core/view.ts'
import type { Write } from '../../../src/core/write.ts'
import { planIn } from '../../../src/adapters/journal/plan-schema.ts'
import { passed } from '../../engine/moments.ts'
import { run, type Stopped, stopped } from './stopped.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- whoever tampers with a plan follows no types
type Loose = any

const hook: Hook = { argv: ['./notify.sh'], timeout: 1000 }
const halfWay = (): Promise<Stopped> =>
  stopped({ options: { weights: [50] } }, passed('weight-50'), { 'on-rollback': [hook], before: [hook] })

const stage = await halfWay()
const copy = (): Loose => JSON.parse(JSON.stringify(stage.plan))
const unitOf = (plan: Loose): Loose => plan.waves[0].units[0]
const backOf = (plan: Loose, id: string): Loose => unitOf(plan).back.find((step: Loose) => step.id === id)
const changeOf = (plan: Loose, id: string, path: string): Loose =>
  backOf(plan, id).action.mutation.changes.find((change: Loose) => change.path === path)

const tampered: readonly { readonly what: string; readonly with: (plan: Loose) => void; readonly says: RegExp }[] = [
  {
    what: 'the image that it goes back to',
    with: (plan) => (changeOf(plan, 'back.template', '/spec/template').to.spec.containers[0].image = 'evil/web:v1'),
    says: /back\.template.*not the template that Kubernetes kept/,
  },
  {
    what: 'a command in the template',
    with: (plan) => (changeOf(plan, 'back.template', '/spec/template').to.spec.containers[0].command = ['sh']),
    says: /not the template that Kubernetes kept/,
  },
  {
    what: 'a backend of the route',
    with: (plan) => (changeOf(plan, 'back.route-web', '/spec/rules/0/backendRefs').to[0].name = 'evil'),
    says: /httproute\/web .*other backends/,
  },
  {
    what: 'one backend more',
    with: (plan) => changeOf(plan, 'back.route-web', '/spec/rules/0/backendRefs').to.push({ name: 'evil', port: 80 }),
    says: /other backends/,
  },
  {
    what: 'a namespace of a backend',
    with: (plan) => (changeOf(plan, 'back.route-web', '/spec/rules/0/backendRefs').to[0].namespace = 'evil'),
    says: /other backends/,
  },
  {
    what: 'another field of the route',
    with: (plan) => (changeOf(plan, 'back.route-web', '/spec/rules/0/backendRefs').path = '/spec/parentRefs'),
    says: /no built-in step writes that/,
  },
  {
    what: 'the pods of a Service',
    with: (plan) => (changeOf(plan, 'back.unpin-web', '/spec/selector').to = { app: 'evil' }),
    says: /service\/web .*another selector/,
  },
  {
    what: 'a Service that selects everything',
    with: (plan) => (changeOf(plan, 'back.unpin-web', '/spec/selector').to = {}),
    says: /another selector/,
  },
  {
    what: 'a Service that is pinned to other pods',
    with: (plan) => (changeOf(plan, 'back.service-web', '/spec/selector').to['pod-template-hash'] = '0'),
    says: /does not select the stable pods/,
  },
  {
    what: 'the pods of a budget',
    with: (plan) =>
      (changeOf(plan, 'back.restore-PodDisruptionBudget-web', '/spec/selector').to = { matchLabels: { app: 'x' } }),
    says: /poddisruptionbudget\/web/,
  },
  {
    what: 'the stable set',
    with: (plan) => (unitOf(plan).seen.stable = { name: 'web-0', hash: '0' }),
    says: /replicaset web-0, its stable set, is not there/,
  },
  {
    what: 'the stable set, which is made that of the release',
    with: (plan) => {
      const set = [...(stage.known.views.get('web@one') as View).objects.values()].find(
        (object) => object.kind === 'ReplicaSet' && JSON.stringify(object).includes(`"deploy/release":"${run}"`),
      )
      unitOf(plan).seen.stable = { name: set?.metadata.name, hash: '0' }
    },
    says: /is the one of this release/,
  },
  {
    what: 'a Service that is deleted',
    with: (plan) => (backOf(plan, 'back.delete-Service-web-canary').action.mutation.object.name = 'web'),
    says: /service\/web would be deleted, and was not made by this run/,
  },
  {
    what: 'something else that is deleted',
    with: (plan) => (backOf(plan, 'back.delete-Service-web-canary').action.mutation.object.kind = 'HTTPRoute'),
    says: /does not restore service\/web-canary/,
  },
  {
    what: 'an object that is made',
    with: (plan) => {
      const { action } = backOf(plan, 'back.delete-ConfigMap-deploy-undo-web')
      action.mutation = { verb: 'create', object: action.mutation.object, body: { data: {} } }
    },
    says: /would be made/,
  },
  {
    what: 'a namespace',
    with: (plan) => (backOf(plan, 'back.template').action.mutation.object.namespace = 'kube-system'),
    says: /is in namespace kube-system/,
  },
  {
    what: 'the namespace of the unit',
    with: (plan) => (unitOf(plan).namespace = 'kube-system'),
    says: /namespace kube-system/,
  },
  {
    what: 'the cluster of the unit',
    with: (plan) => (unitOf(plan).cluster = 'other'),
    says: /cluster other/,
  },
  {
    what: 'who the cluster is',
    with: (plan) => (plan.clusters[0].uid = 'u-0'),
    says: /cluster one is not the one of deploy\.yaml/,
  },
  {
    what: 'the workload',
    with: (plan) => (unitOf(plan).workload.name = 'payments'),
    says: /its workload is deployment\/payments/,
  },
  {
    what: 'replicas of the workload',
    with: (plan) =>
      backOf(plan, 'back.strategy').action.mutation.changes.push({ path: '/spec/replicas', from: [4], to: 0 }),
    says: /\/spec\/replicas: no built-in step writes that/,
  },
  {
    what: 'the strategy under which the template returns',
    with: (plan) => (changeOf(plan, 'back.template', '/spec/strategy').to.rollingUpdate.maxUnavailable = '100%'),
    says: /no strategy that a built-in step writes/,
  },
  {
    what: 'what the autoscaler may do',
    with: (plan) =>
      (backOf(plan, 'back.restore-HorizontalPodAutoscaler-web').action.mutation.changes[0] = {
        path: '/spec/maxReplicas',
        from: [20],
        to: 0,
      }),
    says: /horizontalpodautoscaler\/web \/spec\/maxReplicas/,
  },
  {
    what: 'what proves a step',
    with: (plan) => (backOf(plan, 'back.template').action.expect = { kind: 'written' }),
    says: /back\.template.*sent, proved or ordered in another way/,
  },
  {
    what: 'what holds a step back',
    with: (plan) => delete backOf(plan, 'back.route-web').action.guard,
    says: /back\.route-web.*sent, proved or ordered in another way/,
  },
  {
    what: 'the order',
    with: (plan) => unitOf(plan).back.reverse(),
    says: /out of order/,
  },
  {
    what: 'the route, which is left where it is',
    with: (plan) => (unitOf(plan).back = unitOf(plan).back.filter(({ id }: Loose) => id !== 'back.route-web')),
    says: /does not restore httproute\/web/,
  },
  {
    what: 'the template, which is left as it is',
    with: (plan) => (unitOf(plan).back = unitOf(plan).back.filter(({ id }: Loose) => id !== 'back.template')),
    says: /does not restore deployment\/web/,
  },
  {
    what: 'a step that has the name of one that is done',
    with: (plan) => (backOf(plan, 'back.route-web').id = 'prepare.tag'),
    says: /two of its steps have the same name/,
  },
  {
    what: 'where it is kept',
    with: (plan) => plan.waves[0].units.push({ ...unitOf(plan), id: 'a@other', cluster: 'other' }),
    says: /says that it is kept in .* other/,
  },
  {
    what: 'the service',
    with: (plan) => (plan.release.service = 'payments'),
    says: /httproute\/web .*other backends/,
  },
]

describe('a plan that nobody vouches for', () => {
  it.each(tampered)('is refused, and it is said why, when somebody changed $what', ({ with: tamper, says }) => {
    const plan = copy()
    tamper(plan)
    expect(stage.refuses(plan)).toMatch(says)
  })

  it('runs no command: forward, back, or in place of a step', () => {
    const plan = copy()
    backOf(plan, 'back.on-rollback-1').action.mutation.hook.argv = ['rm', '-rf', '/']
    unitOf(plan).stages[0].steps[0].action.mutation.hook.argv = ['rm', '-rf', '/']
    const { plan: reduced, leftOut } = stage.trusts(plan)
    expect(JSON.stringify(reduced.waves)).not.toContain('"hook"')
    expect(leftOut).toEqual(['web@one: run ./notify.sh'])
  })

  it('asks no URL: figures are not read', () => {
    const plan = copy()
    unitOf(plan).evidence = { source: { kind: 'prometheus', endpoint: { url: 'http://evil' } }, triggers: [] }
    expect(JSON.stringify(stage.trusts(plan).plan.waves)).not.toContain('evil')
  })

  it('sends nothing forward, whatever its steps say', () => {
    const plan = copy()
    for (const step of unitOf(plan).stages.flatMap(({ steps }: Loose) => steps))
      step.action = backOf(copy(), 'back.delete-Service-web-canary').action
    const verbs = unitsOf(stage.trusts(plan).plan).flatMap(({ stages }) =>
      stages.flatMap(({ steps }) => steps.map(({ action: { mutation } }) => mutation)),
    )
    expect(new Set(verbs.map((mutation) => ('changes' in mutation ? mutation.changes.length : mutation.verb)))).toEqual(
      new Set([0]),
    )
  })

  it('keeps nothing of what comes first past a point of no return, though a journal may say that somebody went past it', () => {
    const plan = copy()
    unitOf(plan).past[0].action.mutation.changes[0].to = 'evil'
    expect(unitsOf(stage.trusts(plan).plan).map(({ past }) => past)).toEqual([undefined])
  })

  it('never leads to a write that the plan as it was made does not lead to, wherever it was changed', () => {
    const allowed = new Set(writesOf(stage.trusts()).flatMap(partsOf).map(alike))
    const strings = ['evil', '', '{run}', 'web', 'web-canary', 'Service', 'Deployment', 'kube-system', '/spec/replicas']
    const value = fc.oneof(
      fc.constantFrom<unknown>(null, 0, 1, -1, true, [], {}, { app: 'evil' }, [{ name: 'evil', port: 80 }], ...strings),
      fc.integer({ min: 0, max: 10_000 }).map((at) => ({ from: at })),
    )
    const edit = fc.record({ place: fc.nat(), value, how: fc.constantFrom('set', 'remove', 'copy') })
    let taken = 0
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const plan = copy()
        for (const one of edits) change(plan, one)
        const read = planIn(JSON.stringify(plan))
        if ('wrong' in read) return
        const result = attempt(read.plan)
        if (result === null) return
        taken += 1
        expect(
          writesOf(result)
            .flatMap(partsOf)
            .map(alike)
            .filter((part) => !allowed.has(part)),
        ).toEqual([])
      }),
      { numRuns: 1500 },
    )
    // Texts and titles may be anything: some changes are harmless, and are let through.
    expect(taken).toBeGreaterThan(10)
  })
})

/** A backend that is alone gets all requests, whatever its weight is. */
const alike = (part: string): string =>
  part.includes('/backendRefs ') && !part.includes('},{') ? part.replace(/"weight":[1-9]\d*,?/, '') : part

const attempt = (plan: Plan): Trusted | null => (stage.refuses(plan) === null ? stage.trusts(plan) : null)

interface Edit {
  readonly place: number
  readonly value: unknown
  readonly how: 'set' | 'remove' | 'copy'
}

/** Sets, removes or overwrites (by what stands at another place) one value somewhere in the way back or beside it. */
function change(plan: Loose, { place, value, how }: Edit): void {
  const slots = slotsIn(plan)
  const slot = slots[place % slots.length]
  if (!slot) return
  const other = slots[(place * 31 + 7) % slots.length]
  if (how === 'remove') delete slot.in[slot.key]
  else slot.in[slot.key] = how === 'copy' ? structuredClone(other?.in[other.key]) : value
}

function slotsIn(value: Loose, found: { in: Loose; key: string }[] = []): { in: Loose; key: string }[] {
  if (typeof value !== 'object' || value === null) return found
  for (const key of Object.keys(value)) {
    found.push({ in: value, key })
    slotsIn(value[key], found)
  }
  return found
}

/** All that a driver would send, forward and back. */
function writesOf({ plan }: Trusted): Write[] {
  return unitsOf(plan).flatMap((unit: Unit) => {
    const view = stage.known.views.get(unit.id)
    if (!view) return []
    const fence = { unit, run, epoch: 2, view, agreed: { has: () => true } as never }
    const actions = stepsOf(unit).map(({ action }) => action)
    return actions.flatMap(({ mutation }) => {
      if (mutation.verb === 'hook') throw new Error('a command')
      const resolved = resolve(mutation, fence)
      return 'writes' in resolved ? resolved.writes : []
    })
  })
}

/** What a write changes, one text for each field. A number of pods or seconds of the workload's own may be another. */
function partsOf(write: Write): string[] {
  const place = `${write.verb} ${write.object.namespace}/${keyOf(write.object)}`
  if (write.verb !== 'patch') return [`${place} ${JSON.stringify('body' in write ? write.body : '')}`]
  const own = /^\/spec\/(?:strategy|minReadySeconds|progressDeadlineSeconds)$/
  return write.ops
    .filter(({ op }) => op !== 'test')
    .map(
      (op) =>
        `${place} ${op.path} ${own.test(op.path) ? '' : `${op.op} ${JSON.stringify('value' in op ? op.value : '')}`}`,
    )
}
