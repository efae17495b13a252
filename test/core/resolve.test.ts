import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/json.ts'
import { at, same } from '../../src/core/json.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { Change, Mutation } from '../../src/core/plan.ts'
import { type Fence, filled, resolve } from '../../src/core/resolve.ts'
import type { PatchOp, Write } from '../../src/core/write.ts'
import type { View } from '../../src/core/view.ts'
import { patched } from '../../src/sim/api/json-patch.ts'
import { castOf, edited, live, podOf, put, ref, run, setOf, thing, unitIn, viewOf } from './support/cast.ts'

const web = ref('Service')
const service = (more: Readonly<Record<string, unknown>> = {}): KubeObject =>
  thing('Service', 'web', { spec: { selector: { app: 'web' } }, ...more })
const annotated = (annotations: Readonly<Record<string, string>>, object = 'web'): KubeObject =>
  thing('Service', object, { spec: { selector: { app: 'web' } }, metadata: { annotations } })
const ours = annotated({ 'deploy/token': 'r7f3.1' })

const fenced = (view: View, more: Partial<Fence> = {}): Fence => ({
  unit: unitIn(),
  run,
  epoch: 1,
  view,
  agreed: new Set(),
  ...more,
})
const change = (...changes: Change[]): Mutation => ({ verb: 'change', object: web, changes })
const selector = (to: Json, from: readonly Json[] = [{ app: 'web' }]): Mutation =>
  change({ path: '/spec/selector', from, to })

const writesOf = (mutation: Mutation, view: View, more: Partial<Fence> = {}): readonly Write[] => {
  const resolved = resolve(mutation, fenced(view, more))
  if (!('writes' in resolved)) throw new Error(JSON.stringify(resolved))
  return resolved.writes
}
/** `test /a 1`, one a line. */
const ops = (mutation: Mutation, view: View, more: Partial<Fence> = {}): string[] =>
  writesOf(mutation, view, more).flatMap((write) => (write.verb === 'patch' ? write.ops.map(line) : [write.verb]))
const line = (op: PatchOp): string => `${op.op} ${op.path}${op.op === 'remove' ? '' : ` ${JSON.stringify(op.value)}`}`

describe('the first write to an object', () => {
  it('tests its resourceVersion, and stamps it', () => {
    expect(ops(selector({ app: 'new' }), viewOf(service()))).toEqual([
      'test /metadata/resourceVersion "100"',
      'test /metadata/annotations null',
      'add /metadata/annotations {}',
      'test /metadata/annotations/deploy~1token null',
      'add /metadata/annotations/deploy~1token "r7f3.1"',
      'test /spec/selector {"app":"web"}',
      'replace /spec/selector {"app":"new"}',
    ])
  })

  it('does not make a map of annotations that is there', () => {
    expect(ops(selector({ app: 'new' }), viewOf(annotated({ team: 'shop' }))).slice(0, 3)).toEqual([
      'test /metadata/resourceVersion "100"',
      'test /metadata/annotations/deploy~1token null',
      'add /metadata/annotations/deploy~1token "r7f3.1"',
    ])
  })
})

describe('a later write', () => {
  it('tests our token, and no resourceVersion: others may write the status meanwhile', () => {
    expect(ops(selector({ app: 'new' }), viewOf(ours))).toEqual([
      'test /metadata/annotations/deploy~1token "r7f3.1"',
      'test /spec/selector {"app":"web"}',
      'replace /spec/selector {"app":"new"}',
    ])
  })

  it('tests that nobody has changed the spec since, where the server counts that', () => {
    const deployment = live(castOf(), ref('Deployment'))
    const owned = { ...deployment, metadata: { ...deployment.metadata, annotations: { 'deploy/token': 'r7f3.1' } } }
    const pause: Mutation = {
      verb: 'change',
      object: ref('Deployment'),
      changes: [{ path: '/spec/paused', from: [null], to: true }],
    }
    expect(ops(pause, viewOf(owned))).toEqual([
      'test /metadata/generation 1',
      'test /metadata/annotations/deploy~1token "r7f3.1"',
      'test /spec/paused null',
      'add /spec/paused true',
    ])
  })

  it('of the next driver replaces the token', () => {
    expect(ops(selector({ app: 'new' }), viewOf(ours), { epoch: 2 }).slice(0, 2)).toEqual([
      'test /metadata/annotations/deploy~1token "r7f3.1"',
      'replace /metadata/annotations/deploy~1token "r7f3.2"',
    ])
  })

  it('of an older driver is refused: the newer one has the object', () => {
    const newer = viewOf(annotated({ 'deploy/token': 'r7f3.2' }))
    expect(resolve(selector({ app: 'new' }), fenced(newer))).toEqual({ takenOver: 'r7f3.2' })
  })

  it('of another run is refused', () => {
    const foreign = viewOf(annotated({ 'deploy/token': 'r9.1' }))
    expect(resolve(selector({ app: 'new' }), fenced(foreign))).toEqual({ locked: 'r9.1' })
  })

  it('of a run whose name begins like ours is another run’s', () => {
    const foreign = viewOf(annotated({ 'deploy/token': 'r7f3.1.1' }))
    expect(resolve(selector({ app: 'new' }), fenced(foreign))).toEqual({ locked: 'r7f3.1.1' })
  })
})

describe('a change', () => {
  it('to what stands there already still tests it', () => {
    expect(ops(selector({ app: 'web' }), viewOf(ours))).toEqual([
      'test /metadata/annotations/deploy~1token "r7f3.1"',
      'test /spec/selector {"app":"web"}',
    ])
  })

  it('makes the parents that are missing', () => {
    const mutation = change({ path: '/spec/behavior/scaleDown/selectPolicy', from: [null], to: 'Disabled' })
    expect(ops(mutation, viewOf(ours)).slice(1)).toEqual([
      'test /spec/behavior null',
      'add /spec/behavior {}',
      'test /spec/behavior/scaleDown null',
      'add /spec/behavior/scaleDown {}',
      'test /spec/behavior/scaleDown/selectPolicy null',
      'add /spec/behavior/scaleDown/selectPolicy "Disabled"',
    ])
  })

  it('restores absence as absence', () => {
    const paused = edited(viewOf(ours), web, '/spec/paused', true)
    expect(ops(change({ path: '/spec/paused', from: [null, true], to: null }), paused).slice(1)).toEqual([
      'test /spec/paused true',
      'remove /spec/paused',
    ])
  })

  it('to absence of what is absent removes nothing: a second remove would be refused', () => {
    const mutation = change({ path: '/spec/paused', from: [true], to: null })
    expect(ops(mutation, viewOf(ours)).slice(1)).toEqual(['test /spec/paused null'])
    const below = change({ path: '/spec/behavior/scaleDown', from: [true], to: null })
    expect(ops(below, viewOf(ours)).slice(1)).toEqual([])
  })

  it('takes any of the values that it may find', () => {
    const mutation = selector({ app: 'c' }, [{ app: 'a' }, { app: 'web' }])
    expect(ops(mutation, viewOf(ours)).slice(1)).toEqual([
      'test /spec/selector {"app":"web"}',
      'replace /spec/selector {"app":"c"}',
    ])
  })

  it('of a field with another value is drift, and names both', () => {
    expect(resolve(selector({ app: 'c' }, [{ app: 'a' }]), fenced(viewOf(ours)))).toEqual({
      drift: [{ object: web, path: '/spec/selector', was: { app: 'a' }, now: { app: 'web' } }],
    })
  })

  it('names every field that drifted', () => {
    const mutation = change({ path: '/spec/a', from: [1], to: 2 }, { path: '/spec/b', from: [1], to: 2 })
    expect(resolve(mutation, fenced(viewOf(ours)))).toMatchObject({ drift: [{ path: '/spec/a' }, { path: '/spec/b' }] })
  })

  it('writes over what a human agreed to, and tests what it writes over', () => {
    const agreed = new Set(['Service/web/spec/selector'])
    expect(ops(selector({ app: 'c' }, [{ app: 'a' }]), viewOf(ours), { agreed }).slice(1)).toEqual([
      'test /spec/selector {"app":"web"}',
      'replace /spec/selector {"app":"c"}',
    ])
  })

  it('of a gone object is impossible', () => {
    expect(resolve(selector({}), fenced(viewOf()))).toEqual({ impossible: 'service/web is gone' })
  })

  it('bears defaults that the server added, where it was told to', () => {
    const filledIn = edited(viewOf(ours), web, '/spec/behavior', { a: { policy: 'Max', more: 1 } })
    const mutation = (loose?: true): Mutation =>
      change({ path: '/spec/behavior', from: [{ a: { policy: 'Max' } }], to: null, ...(loose && { loose }) })
    expect(ops(mutation(true), filledIn).slice(1)).toEqual([
      'test /spec/behavior {"a":{"more":1,"policy":"Max"}}'.replace(
        '"more":1,"policy":"Max"',
        '"policy":"Max","more":1',
      ),
      'remove /spec/behavior',
    ])
    expect(resolve(mutation(), fenced(filledIn))).toHaveProperty('drift')
  })

  it('tests that the element it indexes is still the one that was meant', () => {
    const listed = edited(viewOf(ours), web, '/spec/rules', [{ name: 'x', weight: 1 }])
    const where = (is: Json): Mutation =>
      change({ path: '/spec/rules/0/weight', from: [1], to: 2, where: [{ path: '/spec/rules/0/name', is }] })
    expect(ops(where('x'), listed).slice(1)).toEqual([
      'test /spec/rules/0/name "x"',
      'test /spec/rules/0/weight 1',
      'replace /spec/rules/0/weight 2',
    ])
    expect(resolve(where('y'), fenced(listed))).toEqual({
      drift: [{ object: web, path: '/spec/rules/0/name', was: 'y', now: 'x' }],
    })
  })

  it('puts run and token where the plan has placeholders', () => {
    const mutation = selector({ release: '{run}', token: '{fence}' }, [{ app: 'web' }, { old: '{run}' }])
    expect(ops(mutation, viewOf(ours), { epoch: 3 }).at(-1)).toBe(
      'replace /spec/selector {"release":"r7f3","token":"r7f3.3"}',
    )
  })

  const tag = '/spec/template/metadata/annotations/deploy~1stable'
  const tagged: Mutation = {
    verb: 'change',
    object: ref('ReplicaSet', 'web-7c9f6d5b8'),
    changes: [{ path: tag, from: [null], to: '{run}' }],
  }
  const setWith = (annotations: Readonly<Record<string, string>>): View => {
    const set = setOf('stable', 4)
    return viewOf({ ...set, metadata: { ...set.metadata, annotations } })
  }

  it('of a ReplicaSet has a token of its own: the controller copies that of the Deployment', () => {
    expect(ops(tagged, setWith({ 'deploy/token': 'r1.1' })).slice(0, 3)).toEqual([
      'test /metadata/resourceVersion "100"',
      'test /metadata/annotations/deploy~1set-token null',
      'add /metadata/annotations/deploy~1set-token "r7f3.1"',
    ])
  })

  it('of a ReplicaSet that a later driver has stamped is not made', () => {
    expect(resolve(tagged, fenced(setWith({ 'deploy/set-token': 'r7f3.2' })))).toEqual({ takenOver: 'r7f3.2' })
  })
})

describe('create', () => {
  const object = ref('ConfigMap', 'note')
  const create: Mutation = { verb: 'create', object, body: { data: { run: '{run}' }, token: '{fence}' } }
  const there = (annotations: Readonly<Record<string, string>>): View =>
    viewOf(thing('ConfigMap', 'note', { metadata: { annotations } }))

  it('sends the body with run and token filled in', () => {
    expect(writesOf(create, viewOf())).toEqual([
      { verb: 'create', object, body: { data: { run: 'r7f3' }, token: 'r7f3.1' } },
    ])
  })

  it('looks first: what this run made stays', () => {
    expect(writesOf(create, there({ 'deploy/token': 'r7f3.1' }))).toEqual([])
  })

  it('never takes over what another run made', () => {
    expect(resolve(create, fenced(there({ 'deploy/token': 'r9.1' })))).toEqual({ locked: 'r9.1' })
  })

  it('never takes over what somebody else made', () => {
    expect(resolve(create, fenced(there({})))).toEqual({
      impossible: 'configmap/note is there already and is not ours: rename or delete it',
    })
  })
})

describe('delete', () => {
  const object = ref('ConfigMap', 'note')
  const mutation: Mutation = { verb: 'delete', object }
  const there = (annotations?: Readonly<Record<string, string>>): View =>
    viewOf(thing('ConfigMap', 'note', { metadata: { ...(annotations && { annotations }) } }))

  it('is of exactly the object that was seen', () => {
    expect(writesOf(mutation, there({ 'deploy/token': 'r7f3.1' }))).toEqual([
      { verb: 'delete', object, uid: 'uid-note', resourceVersion: '100' },
    ])
  })

  it('of what is gone is done', () => {
    expect(writesOf(mutation, viewOf())).toEqual([])
  })

  it('of what a later driver has stamped is that one’s business', () => {
    expect(resolve(mutation, fenced(there({ 'deploy/token': 'r7f3.2' })))).toEqual({ takenOver: 'r7f3.2' })
  })

  it.each([{}, { 'deploy/token': 'r9.1' }])('never deletes what is not ours: %o', (annotations) => {
    expect(resolve(mutation, fenced(there(annotations)))).toEqual({
      impossible: "configmap/note does not carry this run's token, so it is not deleted",
    })
  })

  it('of unready pods takes those of the new version only', () => {
    const view = put(
      castOf({ fresh: 2 }),
      podOf('new-1', { readyFor: false }),
      podOf('stable-1', { track: 'stable', readyFor: false }),
    )
    expect(writesOf({ verb: 'delete-unready', object: ref('Deployment') }, view)).toEqual([
      { verb: 'delete', object: ref('Pod', 'new-1'), uid: 'uid-new-1', resourceVersion: '100' },
    ])
  })

  it('of sets takes the empty ones of this run only', () => {
    const mutation: Mutation = { verb: 'delete-sets', object: ref('Deployment') }
    expect(writesOf(mutation, castOf({ fresh: 2 }))).toEqual([])
    expect(writesOf(mutation, put(castOf({ fresh: 2, stable: 0 }), setOf('new', 0)))).toEqual([
      { verb: 'delete', object: ref('ReplicaSet', 'web-new'), uid: 'uid-web-new', resourceVersion: '100' },
    ])
  })

  it('of sets waits for a set whose pods are still there', () => {
    const leaving = setOf('new', 0)
    const view = put(castOf({ fresh: 1 }), { ...leaving, status: { replicas: 1 } })
    expect(writesOf({ verb: 'delete-sets', object: ref('Deployment') }, view)).toEqual([])
  })
})

describe('disown', () => {
  const web = ref('Deployment')
  const disown: Mutation = { verb: 'disown', object: web }
  const marks = { 'deploy/token': 'r7f3.1', 'deploy/note': 'canary', team: 'shop' }
  const managedFields = [
    { manager: 'deploy', fieldsV1: {} },
    { manager: 'helm', fieldsV1: {} },
    { manager: 'deploy', operation: 'Update' as const, fieldsV1: {} },
  ]
  const marked = (object: KubeObject): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, annotations: marks, managedFields },
  })

  it('takes our marks and our ownership of fields off, and nothing else', () => {
    const view = castOf()
    const own = put(view, marked(live(view, web)))
    expect(ops(disown, own)).toEqual([
      'test /metadata/annotations/deploy~1token "r7f3.1"',
      'remove /metadata/annotations/deploy~1token',
      'test /metadata/annotations/deploy~1note "canary"',
      'remove /metadata/annotations/deploy~1note',
      'test /metadata/managedFields/0/manager "deploy"',
      'test /metadata/managedFields/2/manager "deploy"',
      'remove /metadata/managedFields/2',
      'remove /metadata/managedFields/0',
    ])
  })

  it('of a Deployment takes the copies off its ReplicaSets, too', () => {
    const view = castOf({ fresh: 1 })
    const copied = put(
      view,
      ...[web, ref('ReplicaSet', 'web-7c9f6d5b8'), ref('ReplicaSet', 'web-new')].map((one) => marked(live(view, one))),
    )
    expect(writesOf(disown, copied).map(({ object }) => `${object.kind}/${object.name}`)).toEqual([
      'Deployment/web',
      'ReplicaSet/web-7c9f6d5b8',
      'ReplicaSet/web-new',
    ])
  })

  it('of what has none of our marks is nothing', () => {
    expect(writesOf(disown, castOf())).toEqual([])
    expect(writesOf(disown, viewOf())).toEqual([])
  })

  it('never touches what another run holds', () => {
    const view = castOf()
    const foreign = marked(live(view, web))
    const theirs = { ...foreign, metadata: { ...foreign.metadata, annotations: { 'deploy/token': 'r9.1' } } }
    expect(resolve(disown, fenced(put(view, theirs)))).toEqual({ locked: 'r9.1' })
  })
})

describe('placeholders', () => {
  it('leave a value without any as it is', () => {
    const value = { a: [1, { b: 'x' }] }
    expect(filled(value, run, 1)).toBe(value)
  })

  it('are filled wherever they stand, keys too', () => {
    expect(filled({ '{run}': ['{fence}', 'a-{run}-{run}'] }, run, 2)).toEqual({ r7f3: ['r7f3.2', 'a-r7f3-r7f3'] })
  })
})

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>('a', 'b', 0, 1, true, false),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b/c', 'd~e', 'f'), tie('value'), { maxKeys: 3 }),
  ),
})).value
const path = fc
  .array(fc.constantFrom('a', 'b~1c', 'd~0e', 'f'), { minLength: 1, maxLength: 3 })
  .map((keys) => `/spec/${keys.join('/')}`)
const spec = fc.dictionary(fc.constantFrom('a', 'b/c', 'd~e', 'f'), json)

describe('whatever stands there', () => {
  it('a change leaves exactly its value at its path, or is refused', () => {
    fc.assert(
      fc.property(spec, path, fc.option(json), (before, where, to) => {
        const object = { ...ours, spec: before }
        const found = at(object, where)
        const resolved = resolve(change({ path: where, from: [found], to }), fenced(viewOf(object)))
        if (!('writes' in resolved)) throw new Error('refused')
        const after = resolved.writes.reduce<Json>(
          (value, write) => (write.verb === 'patch' ? applied(value, write.ops) : value),
          object as unknown as Json,
        )
        return after === null || same(at(after, where), to)
      }),
    )
  })

  it('the way there and back leaves nothing behind but the token', () => {
    const plain = fc.dictionary(fc.constantFrom('a', 'f'), fc.constantFrom<Json>('x', 1, true))
    fc.assert(
      fc.property(plain, fc.constantFrom('/spec/a', '/spec/f', '/spec/g'), json, (before, where, to) => {
        const object = { ...ours, spec: before }
        const found = at(object, where)
        const there = through(change({ path: where, from: [found], to }), viewOf(object))
        const back = through(change({ path: where, from: [to], to: found }), there)
        expect(live(back, web)['spec']).toEqual(before)
      }),
    )
  })
})

function through(mutation: Mutation, view: View): View {
  return writesOf(mutation, view).reduce<View>((seen, write) => {
    if (write.verb !== 'patch') return seen
    return put(seen, patched(live(seen, write.object) as unknown as Json, write.ops) as unknown as KubeObject)
  }, view)
}

/** `null`: the path leads through a value that has no members, and the server says no. */
function applied(value: Json, operations: readonly PatchOp[]): Json {
  try {
    return patched(value, operations)
  } catch {
    return null
  }
}
