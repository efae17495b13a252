import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import type { Ref } from '../../src/core/kinds.ts'
import { driftOf, noted } from '../../src/core/drift.ts'
import { unitState } from '../../src/core/state.ts'
import { second } from '../../src/core/time.ts'
import { planOf } from '../support/plans.ts'
import { edited, podOf, put, ref, run, setOf, thing, without } from './support/cast.ts'
import { comes, decided } from './support/decided.ts'
import { type History, historyOf, written } from './support/history.ts'

const unit = 'web@us-east-1'
const web = ref('Deployment')
const route = ref('HTTPRoute')
const weight = '/spec/rules/0/backendRefs/0/weight'
const at25 = historyOf(planOf()).upTo('weight-25.route-25').fact({
  type: 'judged',
  unit,
  stage: 'prepare',
  answer: 'pass',
  because: 'ready',
})
const changed = (object: Ref, path: string, to: Json, history = at25): History =>
  history.see((view) => edited(view, object, path, to))

/** Notes what was decided, and answers its writes as the server would, `how` often. */
function holds(history: History, how: 'answered' | 'refused' | 'nothing' = 'answered'): History {
  const { facts, sends } = decided(history)
  return sends.reduce(
    (story, { step, way }) => {
      const place = { unit, step, way } as const
      const intended = story.fact({ type: 'intended', ...place, body: 'b' })
      if (how === 'nothing') return intended
      if (how === 'refused')
        return intended.fact({ type: 'refused', ...place, code: 'kube-unavailable', because: 'busy', retry: true })
      return intended.fact({ type: 'sent', ...place, receipt: {} })
    },
    history.fact(...facts),
  )
}

/** What comes in so many turns, when the server takes each write that is decided. */
function turns(count: number, history: History): string[][] {
  if (count === 0) return []
  const after = decided(history).sends.reduce(
    (story, { action }) => story.see((view) => written(action, story.unit, view)),
    holds(history),
  )
  return [comes(history), ...turns(count - 1, after)]
}

const stolen = changed(web, '/spec/paused', false)

describe('a lock that somebody takes away', () => {
  it('is put back at once', () => {
    expect(comes(stolen)).toEqual(['drifted Deployment/web/spec/paused (reassert)', 'send hold.Deployment/web'])
  })

  it('is put back as it was, from exactly what stands there', () => {
    expect(decided(stolen).sends[0]?.action).toMatchObject({
      mutation: { verb: 'change', object: web, changes: [{ path: '/spec/paused', from: [false], to: true }] },
      send: 'assert',
    })
  })

  it.each([
    ['brake', web, '/spec/minReadySeconds', 0],
    ['brake', web, '/spec/progressDeadlineSeconds', 600],
    ['strategy', web, '/spec/strategy', {}],
    ['note', web, '/metadata/annotations/deploy~1note', 'mine'],
    ['tag', ref('ReplicaSet', 'web-7c9f6d5b8'), '/spec/template/metadata/annotations/deploy~1stable', null],
    ['autoscaler', ref('HorizontalPodAutoscaler'), '/spec/behavior', null],
  ] as const)('is one: %s %o %s', (_name, object, path, to) => {
    expect(comes(changed(object, path, to))[1]).toBe(`send hold.${object.kind}/${object.name}`)
  })

  it('is no tag of a Deployment that somebody has let go of: it would make pods that no service sends to', () => {
    const tag = '/spec/template/metadata/annotations/deploy~1stable'
    const untagged = changed(ref('ReplicaSet', 'web-7c9f6d5b8'), tag, null)
    const loose = changed(
      web,
      '/spec/template/metadata/labels/deploy~1release',
      null,
      changed(web, '/spec/paused', null, untagged),
    )
    const letGo = holds(holds(holds(loose)))
    expect(comes(letGo)).not.toContain('send hold.ReplicaSet/web-7c9f6d5b8')
    expect(decided(letGo).facts).toContainEqual(expect.objectContaining({ type: 'paused', cause: 'drift' }))
  })

  describe('with the tag of the stable set', () => {
    const tag = '/spec/template/metadata/annotations/deploy~1stable'
    const held = historyOf(planOf()).upTo('prepare.tag')
    const untagged = (history: History): History => changed(ref('ReplicaSet', 'web-7c9f6d5b8'), tag, null, history)
    const unpaused = (history: History): History => changed(web, '/spec/paused', null, untagged(history))
    const letGo = (history: History): History =>
      changed(web, '/spec/template/metadata/labels/deploy~1release', null, history)
    const tagNext = [`drifted ReplicaSet/web-7c9f6d5b8${tag} (reassert)`, 'send hold.ReplicaSet/web-7c9f6d5b8']
    const pauseFirst = [['drifted Deployment/web/spec/paused (reassert)', 'send hold.Deployment/web'], tagNext]

    it.each([
      ['before the new template', unpaused(held), ['send prepare.sets-5-0']],
      ['with the new template', unpaused(at25), comes(at25)],
      [
        'and the new template, too',
        letGo(unpaused(at25)),
        [
          'drifted Deployment/web/spec/template (pause)',
          `paused ${unit} (drift): deployment/web was changed by somebody: /spec/template`,
        ],
      ],
    ])('the pause goes back first, the tag a turn later, when both were taken away %s', (_when, history, then) => {
      expect(turns(3, history)).toEqual([...pauseFirst, then])
    })

    it.each([
      ['paused', untagged(held)],
      ['on its way to the new pods', untagged(historyOf(planOf()).upTo('prepare.sets-5-0'))],
    ])('the tag alone goes back at once where the Deployment is %s', (_how, history) => {
      expect(comes(history)).toEqual(tagNext)
    })
  })

  it('goes back together with the others of its object: half a brake is no valid object', () => {
    const both = changed(web, '/spec/progressDeadlineSeconds', 600, changed(web, '/spec/minReadySeconds', 0))
    const [order, ...others] = decided(both).sends
    expect(others).toEqual([])
    expect(order?.action.mutation).toMatchObject({
      changes: [{ path: '/spec/minReadySeconds' }, { path: '/spec/progressDeadlineSeconds' }],
    })
  })

  it('is waited for while it goes back', () => {
    expect(comes(holds(stolen, 'nothing'))).toEqual(['wait: deployment/web: put back as it was'])
  })

  it('is tried again a little later when the server was busy, and counted once', () => {
    const refused = holds(stolen, 'refused')
    expect(comes(refused)).toEqual(['wait: deployment/web: tried again soon'])
    expect(comes(refused, { after: 250 })).toEqual(['send hold.Deployment/web'])
  })

  it('is put back three times; then a human is asked', () => {
    const thrice = holds(holds(holds(stolen)))
    expect(comes(thrice)).toEqual([
      'drifted Deployment/web/spec/paused (pause)',
      `paused ${unit} (drift): deployment/web was changed by somebody: /spec/paused`,
    ])
  })

  it('is put back three times more after a human said resume', () => {
    const thrice = holds(holds(holds(stolen)))
    const asked = thrice.fact(...decided(thrice).facts).fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(holds(holds(asked)))).toEqual([
      'drifted Deployment/web/spec/paused (reassert)',
      'send hold.Deployment/web',
    ])
  })

  it('is put back while the run is paused, too', () => {
    const paused = stolen.fact({ type: 'paused', units: [unit], why: 'asked', cause: 'asked' })
    expect(comes(paused)[1]).toBe('send hold.Deployment/web')
  })

  it('is put back before a human is asked about anything else', () => {
    const both = changed(web, '/spec/paused', false, changed(route, weight, 1))
    expect(comes(both)).toEqual(['drifted Deployment/web/spec/paused (reassert)', 'send hold.Deployment/web'])
  })

  it('can’t be put back on an object that is gone: a human is asked at once', () => {
    expect(comes(at25.see((view) => without(view, web)))[1]).toBe(
      `paused ${unit} (drift): deployment/web was changed by somebody, who deleted it: /spec/paused`,
    )
  })

  it('does not matter to pods that fail: those go back', () => {
    expect(comes(stolen, { health: 'fail', because: 'crashes' })[1]).toBe(`turned ${unit} back (failed): crashes`)
  })
})

describe('anything else that somebody changed', () => {
  const wish = changed(route, weight, 50)
  const paused = wish.fact(...decided(wish).facts)
  const resumed = paused.fact({ type: 'resumed', units: [unit], by: 'anna' })

  it('is somebody’s wish: a human decides', () => {
    expect(comes(wish)).toEqual([
      'drifted HTTPRoute/web/spec/rules/0/backendRefs (pause)',
      `paused ${unit} (drift): httproute/web was changed by somebody: /spec/rules/0/backendRefs`,
    ])
  })

  it('is said once', () => {
    expect(comes(paused)[0]).toMatch(/^wait: paused: /)
  })

  it('is written over after a human said resume', () => {
    expect(comes(resumed)).toEqual([
      'drifted HTTPRoute/web/spec/rules/0/backendRefs (reassert)',
      'send hold.HTTPRoute/web',
    ])
  })

  it('is waited for while it is written over', () => {
    expect(comes(holds(resumed, 'nothing'))).toEqual(['wait: httproute/web: put back as it was'])
  })

  it('is written over again when the server was busy: the human need not say it twice', () => {
    expect(comes(holds(resumed, 'refused'), { after: second })).toEqual(['send hold.HTTPRoute/web'])
  })

  it('is a new wish when it has another value by then', () => {
    expect(comes(changed(route, weight, 60, resumed))[1]).toMatch(/^paused /)
  })

  it('is no wish once it is as it was', () => {
    const back = paused.see(() => at25.view).fact({ type: 'resumed', units: [unit], by: 'anna' })
    expect(comes(back)).toEqual(comes(at25))
  })
})

describe('an object of our own that somebody deleted', () => {
  const canary = ref('Service', 'web-canary')
  const gone = at25.see((view) => without(view, canary))

  it('is made again at once: requests are on their way to it', () => {
    expect(comes(gone)).toEqual(['drifted Service/web-canary (reassert)', 'send hold.Service/web-canary'])
    expect(decided(gone).sends[0]?.action).toMatchObject({
      mutation: { verb: 'create', object: canary },
      send: 'create',
    })
  })

  it('is waited for', () => {
    expect(comes(holds(gone, 'nothing'))).toEqual(['wait: service/web-canary: put back as it was'])
  })

  it('is made three times; then a human is asked', () => {
    expect(comes(holds(holds(holds(gone))))[1]).toBe(
      `paused ${unit} (drift): service/web-canary was changed by somebody, who deleted it`,
    )
  })

  it('is nobody’s loss once the run itself has begun to delete it', () => {
    const closing = at25.upTo('close.delete-Service-web-canary')
    expect(comes(closing)).toEqual(['send close.delete-PodDisruptionBudget-web-canary'])
  })
})

describe('the new pod template', () => {
  it('is nobody’s lock: another template is somebody’s wish', () => {
    const image = changed(web, '/spec/template/spec/containers', [{ name: 'app', image: 'web:v9' }])
    expect(comes(image)[1]).toMatch(/^paused .* \(drift\): deployment\/web was changed by somebody: \/spec\/template/)
  })

  it('never stands in the journal: it may hold passwords', () => {
    const image = changed(web, '/spec/template/spec/containers', [{ name: 'app', image: 'web:v9' }])
    const [drift] = driftOf(image.unit, unitState(image.state, unit), run, 1, image.view)
    const text = JSON.stringify(decided(image).facts)
    expect(text).not.toContain('containers')
    expect(text).toContain(noted('/spec/template', drift?.now ?? null) as string)
  })
})

describe('pods that belong to neither version', () => {
  const owned = { ...thing('Deployment', 'web'), ...at25.view.objects.get('Deployment/web') }
  const strange = at25.see((view) =>
    put(view, setOf('other', 1), podOf('other-0', { track: 'other' }), {
      ...owned,
      metadata: { ...owned.metadata, uid: 'uid-web' },
    }),
  )

  it('pause the run: another tool is at work', () => {
    expect(comes(strange)).toEqual([
      `paused ${unit} (drift): replicaset web-other has pods and belongs to neither version`,
    ])
  })
})
