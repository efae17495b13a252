import { describe, expect, it } from 'vitest'
import { driftOf, writerOf } from '../../src/core/drift.ts'
import { unitState } from '../../src/core/state.ts'
import { planOf } from '../support/plans.ts'
import { edited, ref, run, thing } from './support/cast.ts'
import { type History, historyOf } from './support/history.ts'

const found = ({ unit, state, view }: History) => driftOf(unit, unitState(state, unit.id), run, state.epoch, view)
const fields = (history: History) => found(history).map(({ object, path }) => `${object.kind} ${path}`)

const web = ref('Deployment')
const route = ref('HTTPRoute')
const refs = '/spec/rules/0/backendRefs'
const at25 = historyOf(planOf()).upTo('weight-25.route-25')
const lost = (history: History, step: string): History =>
  history.fact({
    type: 'refused',
    unit: history.unit.id,
    step,
    way: 'forward',
    code: 'kube-timeout',
    because: 'no answer',
    retry: true,
  })

describe('drift', () => {
  it('finds nothing while everything that was written stands', () => {
    expect(found(at25)).toEqual([])
  })

  it('finds nothing in what the run never wrote', () => {
    expect(found(at25.see((view) => edited(view, web, '/spec/replicas', 20)))).toEqual([])
  })

  it('names field, value that was written and value that stands there', () => {
    const moved = at25.see((view) => edited(view, web, '/spec/paused', false))
    expect(found(moved)).toEqual([{ object: web, path: '/spec/paused', was: true, now: false, who: 'somebody' }])
  })

  it('compares with the last value that was written, not with the first', () => {
    const first = at25.view.objects.get('HTTPRoute/web')
    const later = at25.upTo('weight-50.route-50')
    const back = first?.['spec'] as { rules: [{ backendRefs: never }] }
    expect(fields(later.see((view) => edited(view, route, refs, back.rules[0].backendRefs)))).toEqual([
      `HTTPRoute ${refs}`,
    ])
  })

  it('says that an object was deleted', () => {
    const gone = at25.see((view) => {
      const objects = new Map(view.objects)
      objects.delete('HTTPRoute/web')
      return { ...view, objects }
    })
    expect(found(gone)).toMatchObject([{ object: route, path: refs, now: null, who: 'somebody, who deleted it' }])
  })

  it('waits for the answer of a write that is on its way', () => {
    const flying = at25.upTo('weight-50.hold-50-0').sends('weight-50.route-50')
    expect(found(flying)).toEqual([])
  })

  it('waits until an object is read back at its receipt', () => {
    const before = at25.upTo('weight-50.hold-50-0')
    const sent = before.upTo('weight-50.route-50')
    expect(found(sent.see(() => before.view))).toEqual([])
  })

  it('takes a value that only a lost reply kept from being known for ours', () => {
    const flying = at25.upTo('weight-50.hold-50-0').sends('weight-50.route-50')
    expect(found(lost(flying, 'weight-50.route-50'))).toEqual([])
  })

  it('takes the value before a write that never arrived for ours', () => {
    const before = at25.upTo('weight-50.hold-50-0')
    const unsent = lost(before.sends('weight-50.route-50'), 'weight-50.route-50').see(() => before.view)
    expect(found(unsent)).toEqual([])
  })

  it('finds a third value behind a lost reply', () => {
    const flying = lost(at25.upTo('weight-50.hold-50-0').sends('weight-50.route-50'), 'weight-50.route-50')
    const edit = flying.see((view) => edited(view, route, `${refs}/0/weight`, 7))
    expect(fields(edit)).toEqual([`HTTPRoute ${refs}`])
  })

  it('looks no more at an object that was given up', () => {
    const closed = at25.upTo('close.disown-Deployment-web')
    expect(fields(closed.see((view) => edited(view, web, '/spec/minReadySeconds', 77)))).toEqual([])
  })

  it('looks no more at an object that may have been given up', () => {
    const before = at25.upTo('close.disown-HorizontalPodAutoscaler-web')
    const flying = lost(before.sends('close.disown-Deployment-web'), 'close.disown-Deployment-web')
    expect(found(flying)).toEqual([])
  })

  it('bears the defaults that a server adds below a field', () => {
    const hpa = ref('HorizontalPodAutoscaler')
    const filled = at25.see((view) => edited(view, hpa, '/spec/behavior/scaleDown/policies', []))
    expect(found(filled)).toEqual([])
    expect(fields(at25.see((view) => edited(view, hpa, '/spec/behavior/scaleDown/selectPolicy', 'Max')))).toEqual([
      'HorizontalPodAutoscaler /spec/behavior',
    ])
  })
})

describe('who wrote a field', () => {
  const entry = (manager: string, time: string, fieldsV1: object, more = {}) => ({ manager, time, fieldsV1, ...more })
  const paused = { 'f:spec': { 'f:paused': {} } }
  const by = (...managedFields: object[]) =>
    writerOf(thing('Deployment', 'web', { metadata: { managedFields } }), '/spec/paused')

  it('is the last manager that owns it', () => {
    expect(
      by(entry('helm', '2026-01-01T00:00:00Z', paused), entry('kubectl-edit', '2026-01-02T00:00:00Z', paused)),
    ).toBe('kubectl-edit at 2026-01-02T00:00:00Z')
  })

  it('is never this tool', () => {
    expect(by(entry('deploy', '2026-01-03T00:00:00Z', paused), entry('helm', '2026-01-01T00:00:00Z', paused))).toBe(
      'helm at 2026-01-01T00:00:00Z',
    )
  })

  it('is not one who writes another field or the status', () => {
    const other = entry('helm', '2026-01-01T00:00:00Z', { 'f:spec': { 'f:replicas': {} } })
    expect(by(other, entry('manager', '2026-01-01T00:00:00Z', paused, { subresource: 'status' }))).toBe('somebody')
  })

  it('is found by the list that holds the element', () => {
    const managedFields = [entry('kubectl-set', '2026-01-01T00:00:00Z', { 'f:spec': { 'f:rules': {} } })]
    const object = thing('HTTPRoute', 'web', { metadata: { managedFields } })
    expect(writerOf(object, '/spec/rules/0/backendRefs')).toBe('kubectl-set at 2026-01-01T00:00:00Z')
  })

  it('is found below keys with slashes', () => {
    const fieldsV1 = { 'f:metadata': { 'f:annotations': { 'f:deploy/note': {} } } }
    const object = thing('Deployment', 'web', {
      metadata: { managedFields: [entry('kubectl', '2026-01-01T00:00:00Z', fieldsV1)] },
    })
    expect(writerOf(object, '/metadata/annotations/deploy~1note')).toBe('kubectl at 2026-01-01T00:00:00Z')
  })
})
