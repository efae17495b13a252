import { describe, expect, it } from 'vitest'
import { manualOf } from '../../src/core/manual.ts'
import { isObject, type Json, same } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { PlanWish } from '../support/plans.ts'
import { planOf, worldOf } from '../support/plans.ts'
import { patched } from '../../src/sim/api/json-patch.ts'
import { historyOf } from './support/history.ts'
import { put, unitIn } from './support/cast.ts'

const manual = (wish: PlanWish = {}): string => {
  const unit = unitIn(wish)
  return manualOf(unit.namespace, unit.back)
}
const commands = (wish: PlanWish = {}): string[] =>
  manual(wish)
    .split('\n')
    .filter((line) => line.startsWith('kubectl'))

describe('the way back by hand', () => {
  it('begins with the requests', () => {
    expect(manual().split('\n').slice(0, 2)).toEqual([
      '# route web: only web',
      `kubectl -n shop patch httproute/web --type=json -p '[{"op":"add","path":"/spec/rules/0/backendRefs","value":[{"name":"web","port":80}]}]'`,
    ])
  })

  it('has a comment and a command for every step', () => {
    const unit = unitIn()
    const titles = manual()
      .split('\n')
      .filter((line) => line.startsWith('# '))
    expect(new Set(titles)).toEqual(new Set(unit.back.map(({ does }) => `# ${does}`)))
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

  it.each<PlanWish>([{ strategy: 'canary' }, { strategy: 'blue-green', router: 'selector' }])(
    'leads to the same objects as the tool’s own: %o',
    (wish) => {
      const plan = planOf(wish)
      const all = historyOf(plan).unit.stages.flatMap(({ steps }) => steps)
      const last = all.findLast(({ undo }) => undo === 'back')
      const there = historyOf(plan).upTo(last?.id ?? '').view
      let view = there
      for (const command of commands(wish)) {
        const found = /patch (\w+)\/([\w-]+) --type=json -p '(.*)'$/.exec(command)
        const kind =
          found &&
          [...view.objects.values()].find(
            (one) => one.kind.toLowerCase() === found[1] && one.metadata.name === found[2],
          )
        if (!found || !kind) continue
        view = put(view, patched(kind as unknown as Json, JSON.parse(found[3] ?? '')) as unknown as KubeObject)
      }
      for (const [key, before] of worldOf(wish, 'web').objects)
        expect({ key, spec: bare(view.objects.get(key)?.['spec']) }).toEqual({ key, spec: bare(before['spec']) })
    },
  )
})

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
