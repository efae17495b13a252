import * as z from 'zod'
import { isObject, jsonIn } from '../../core/json.ts'
import { type Kind, kinds } from '../../core/kinds.ts'
import type { Expectation, Plan } from '../../core/plan.ts'
import { Terms } from '../../core/terms-schema.ts'

const text = z.string()
const texts = z.array(text)
const millis = z.number().nonnegative()
const json = z.custom((value) => value !== undefined)
const object = z.custom((value) => isObject(value))
const kind = z.custom<Kind>((value) => typeof value === 'string' && Object.hasOwn(kinds, value))
/** Names of Kubernetes (a revision is one too), `most` characters long. */
const name = (most = 253) =>
  text.max(most).regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'it is not a name that an object can have')
const namespace = name(63)
/** In an emergency nobody could say which set is the stable one. */
const orNone = (one: z.ZodString) => z.union([z.literal(''), one])
const uid = text.max(128).regex(/^[!-~]+$/, 'it is not the uid of a cluster')
const ref = z.looseObject({ kind, namespace, name: name() })
const track = z.enum(['stable', 'new'])

const change = z.looseObject({
  path: z.string().startsWith('/'),
  from: z.array(json),
  to: json,
  where: z.array(z.looseObject({ path: text, is: json })).optional(),
  loose: z.literal(true).optional(),
})
const hook = z.looseObject({ argv: texts.min(1), timeout: millis })
const mutation = z.discriminatedUnion('verb', [
  z.looseObject({ verb: z.literal('change'), object: ref, changes: z.array(change) }),
  z.looseObject({ verb: z.literal('create'), object: ref, body: object }),
  z.looseObject({ verb: z.literal(['delete', 'delete-unready', 'delete-sets', 'disown']), object: ref }),
  z.looseObject({ verb: z.literal('hook'), hook }),
])

const expectation: z.ZodType<Expectation> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal(['written', 'complete', 'exited']) }),
    z.looseObject({ kind: z.literal(['exists', 'gone', 'accepted']), object: ref }),
    z.looseObject({ kind: z.literal('sets'), surge: z.number(), unavailable: z.number() }),
    z.looseObject({ kind: z.literal('ready'), track }),
    z.looseObject({ kind: z.literal('capacity'), track, percent: z.number() }),
    z.looseObject({ kind: z.literal('endpoints'), service: name(), tracks: z.array(track) }),
    z.looseObject({ kind: z.literal('partition'), partition: z.number() }),
    z.looseObject({ kind: z.literal('all'), of: z.array(expectation) }),
  ]),
) as z.ZodType<Expectation>

const action = z.looseObject({
  mutation,
  send: z.enum(['assert', 'create', 'once']),
  guard: expectation.optional(),
  expect: expectation,
  linger: millis.optional(),
})
const rule = z.looseObject({
  text,
  figure: z.looseObject({ kind: text }),
  op: z.enum(['>', '>=', '<', '<=']),
  value: z.number(),
  over: millis,
})
const gate = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('pods'), allowedBad: z.number() }),
  z.looseObject({ kind: z.literal('weight'), proof: z.union([z.enum(['share', 'accepted']), expectation]) }),
  z.looseObject({ kind: z.literal('objective'), rule }),
  z.looseObject({ kind: z.literal('compared'), last: z.boolean() }),
])
const stage = z.looseObject({
  id: text,
  title: text,
  steps: z.array(z.looseObject({ id: text, does: text, action, undo: z.enum(['back', 'keep', 'never']) })),
  gates: z.array(gate),
  soak: millis,
  deadline: millis,
  waitsFor: z.literal('human').optional(),
  otherwise: z.enum(['back', 'pause']),
  weight: z.number().optional(),
})
const backStep = z.looseObject({
  id: text,
  does: text,
  action,
  undoes: texts,
  moves: z.enum(['traffic', 'services', 'pods', 'rest']),
})
const unit = z.looseObject({
  id: text,
  cluster: text,
  namespace,
  workload: ref,
  seen: z.looseObject({
    stable: z.looseObject({ name: orNone(name()), hash: orNone(name(63)) }),
    template: z.looseObject({ stable: text, new: text }),
    minReady: millis,
  }),
  evidence: z
    .looseObject({
      source: z.looseObject({ kind: z.enum(['prometheus', 'pods', 'http-json']), every: millis }).nullable(),
      triggers: z.array(rule),
      ignored: texts,
      objectives: z.array(rule),
      comparison: z
        .looseObject({
          terms: Terms.omit({ batch: true, stages: true }),
          triggers: texts,
          bounds: z.array(
            z.looseObject({ text, figure: z.looseObject({ kind: text }), factor: z.number().positive() }),
          ),
        })
        .optional(),
      onInconclusive: z.enum(['hold', 'pause', 'undo']),
      onProviderDown: z.enum(['pause', 'undo']),
    })
    .optional(),
  stages: z.array(stage),
  back: z.array(backStep),
  past: z.array(backStep).optional(),
})
const plan = z.looseObject({
  v: z.literal(1),
  tool: text,
  release: z.looseObject({
    service: text,
    environment: text,
    strategy: text,
    version: text,
    from: text,
    image: text,
    protected: z.boolean(),
    emergency: z.boolean(),
  }),
  clusters: z.array(z.looseObject({ name: text, uid })),
  waves: z.array(
    z.looseObject({
      id: text,
      parallel: z.number().int().positive(),
      onFailure: z.enum(['unit', 'wave', 'all']),
      units: z.array(unit),
    }),
  ),
  warnings: texts,
})

/** Values nest in a plan as deep as in a pod template; deeper ones are made to exhaust the stack of whoever walks them. */
const deepest = 60

/** A plan that comes from elsewhere: the value itself (what was hashed is what was written), or what is wrong with it. */
export function planIn(source: string): { readonly plan: Plan } | { readonly wrong: string } {
  if (depthOf(source) > deepest) return { wrong: `it nests deeper than ${deepest} levels` }
  const value = jsonIn(source)
  if (value === undefined) return { wrong: 'it is not JSON' }
  const checked = plan.safeParse(value)
  return checked.success
    ? { plan: value as Plan }
    : { wrong: `it is no plan: ${z.prettifyError(checked.error).replaceAll(/\s*\n\s*/g, ' ')}` }
}

/** How deep JSON text nests, without parsing it. */
function depthOf(source: string): number {
  let [depth, most, quoted] = [0, 0, false]
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index]
    if (character === '\\' && quoted) index += 1
    else if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '{' || character === '[') most = Math.max(most, (depth += 1))
    else if (character === '}' || character === ']') depth -= 1
  }
  return most
}
