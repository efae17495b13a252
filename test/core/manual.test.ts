import { describe, expect, it } from 'vitest'
import { manualSteps, manualText } from '../../src/core/manual.ts'
import { isObject, type Json, same } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { PlanWish } from '../support/plans.ts'
import { planOf, worldOf } from '../support/plans.ts'
import type { View } from '../../src/core/view.ts'
import type { PatchOp } from '../../src/core/write.ts'
import { patched } from '../../src/sim/api/json-patch.ts'
import { Refused } from '../../src/sim/api/refused.ts'
import { mergePatched } from '../../src/sim/http/merge-patch.ts'
import { historyOf } from './support/history.ts'
import { put, run, unitIn } from './support/cast.ts'
import { placeholders } from '../../src/core/plan.ts'

const manual = (wish: PlanWish = {}): string => {
  const unit = unitIn(wish)
  return manualText(manualSteps({ unit }, unit.back))
}
const commands = (wish: PlanWish = {}): string[] =>
  manual(wish)
    .replaceAll(placeholders.run, run)
    .split('\n')
    .map((line) => line.trim())

describe('the way back by hand', () => {
  it('begins with the requests', () => {
    expect(manual().split('\n').slice(0, 4)).toEqual([
      '# route web: only web',
      '# first: at least one of these must be Ready',
      'kubectl -n shop get pods -l pod-template-hash=7c9f6d5b8',
      `kubectl -n shop patch httproute.gateway.networking.k8s.io/web --field-manager=deploy --type=json -p '[{"op":"add","path":"/spec/rules/0/backendRefs","value":[{"name":"web","port":80}]}]'`,
    ])
  })

  it('has a comment and a command for every step', () => {
    const unit = unitIn()
    const titles = manual()
      .split('\n')
      .filter((line) => line.startsWith('# '))
    expect(titles).toEqual(expect.arrayContaining(unit.back.map(({ does }) => `# ${does}`)))
    for (const { id, commands: all } of manualSteps({ unit }, unit.back))
      expect({ id, many: all.length > 0 }).toEqual({ id, many: true })
  })

  it('does not say what the template holds: only what differs', () => {
    expect(manual()).not.toContain('hunter2')
    expect(manual()).toContain('/spec/template/spec/containers/0/image')
  })

  it('quotes what a shell would take for its own', () => {
    const quoted = manual({ hooks: { 'on-rollback': [{ argv: ['./tell.sh', "it's"], timeout: 1000 }] } })
    const hook = quoted.split('\n').find((line) => line.startsWith('./tell.sh'))
    expect(hook).toBe(`./tell.sh 'it'\\''s'`)
  })

  it('stands in the ConfigMap that every run leaves in its namespace', () => {
    const step = unitIn().stages[0]?.steps.find(({ id }) => id === 'prepare.undo-note')
    const mutation = step?.action.mutation
    expect(mutation?.verb === 'create' && isObject(mutation.body['data']) && mutation.body['data']['way-back.sh']).toBe(
      manual(),
    )
  })

  it.each<[string, PlanWish]>([
    ['canary', { strategy: 'canary' }],
    ['blue-green', { strategy: 'blue-green', router: 'selector' }],
    ['rolling', { strategy: 'rolling' }],
  ])('leads to the same objects as the tool’s own, said once or twice: %s', (_name, wish) => {
    const plan = planOf(wish)
    const all = historyOf(plan).unit.stages.flatMap(({ steps }) => steps)
    const last = all.findLast(({ undo }) => undo === 'back')
    const there = historyOf(plan).upTo(last?.id ?? '').view
    for (const after of [byHand(there, wish), byHand(byHand(there, wish), wish)])
      for (const [key, before] of worldOf(wish, 'web').objects)
        expect({ key, spec: bare(after.objects.get(key)?.['spec']) }).toEqual({ key, spec: bare(before['spec']) })
  })

  it('does no harm where the release had changed nothing yet', () => {
    const before = worldOf({}, 'web')
    const after = byHand(before, {})
    // The fields of the way back itself: the controller is let go on, without a pod to spare.
    const { strategy: _, ...spec } = bare(after.objects.get('Deployment/web')?.['spec']) as Record<string, unknown>
    const { strategy: __, ...was } = bare(before.objects.get('Deployment/web')?.['spec']) as Record<string, unknown>
    expect(spec).toEqual(was)
  })
})

/** The patches among the commands, as the API server takes them. */
function byHand(view: View, wish: PlanWish): View {
  return commands(wish).reduce((before, command) => {
    const [, kind, name, body = ''] =
      /patch (\w+)[\w.]*\/([\w-]+) .*--type=(?:json|merge) -p '(.*?)'(?: \|\|)?$/.exec(command) ?? []
    const live = [...before.objects.values()].find(
      (one) => one.kind.toLowerCase() === kind && one.metadata.name === name,
    )
    if (!live) return before
    return put(before, taken(live as unknown as Json, JSON.parse(body) as Json) as unknown as KubeObject)
  }, view)
}

function taken(live: Json, body: Json): Json {
  if (isObject(body)) return mergePatched(live, body)
  try {
    return patched(live, body as unknown as readonly PatchOp[])
  } catch (error) {
    if (error instanceof Refused && (body as unknown as readonly PatchOp[])[0]?.op === 'test') return live
    throw error
  }
}

/** `false`, 0 and an empty map of annotations are what absence means. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (!isObject(value)) return value
  const meant = Object.entries(value).filter(
    ([key, part]) =>
      !(key === 'paused' && part === false) &&
      !(key === 'minReadySeconds' && part === 0) &&
      !(key === 'annotations' && same(part, {})),
  )
  return Object.fromEntries(meant.map(([key, part]) => [key, bare(part)]))
}
