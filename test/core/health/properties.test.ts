import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PodBuilder, pod } from './pods.ts'
import { look, node, set, type World } from './world.ts'

const shapes: readonly ((one: PodBuilder) => PodBuilder)[] = [
  (one) => one,
  (one) => one.notReady(),
  (one) => one.readyFor(1000),
  (one) => one.waiting('ErrImagePull', 'not found'),
  (one) => one.waiting('CrashLoopBackOff').ended(1),
  (one) => one.state({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
  (one) => one.ended(137, 'OOMKilled'),
  (one) => one.ended(1),
  (one) => one.ended(128, 'StartError', 'ttrpc: closed'),
  (one) => one.waiting('CreateContainerConfigError', 'configmap "x" not found'),
  (one) => one.notReady().phase('Failed', 'Evicted'),
  (one) => one.terminating(),
]

interface Drawn {
  readonly shape: number
  readonly restarts: number
  readonly node: string
}
const drawn: fc.Arbitrary<Drawn> = fc.record({
  shape: fc.nat(shapes.length - 1),
  restarts: fc.nat(4),
  node: fc.constantFrom('node-a', 'node-b'),
})
const pods = fc.array(drawn, { minLength: 0, maxLength: 6 })
const built = (drawn: readonly Drawn[], prefix = 'new') =>
  drawn.map(
    ({ shape, restarts, node }, i) =>
      (shapes[shape] ?? shapes[0])?.(pod(`${prefix}-${i}`).on(node)).restarts(restarts) ?? pod(),
  )

const world = fc.record({ pods, stable: pods, allowedBad: fc.nat(3), unwell: fc.boolean() })
const worldOf = (parts: {
  pods: readonly Drawn[]
  stable: readonly Drawn[]
  allowedBad: number
  unwell: boolean
}): World => ({
  pods: built(parts.pods),
  stable: built(parts.stable, 'old'),
  sets: [set({ replicas: parts.pods.length })],
  limits: { allowedBad: parts.allowedBad },
  others: [node('node-a', [{ type: 'Ready', status: parts.unwell ? 'Unknown' : 'True' }])],
})
const looks = fc.array(world, { minLength: 1, maxLength: 4 })
const after = (list: readonly Parameters<typeof worldOf>[0][]) =>
  list.reduce((memory, parts, i) => look(worldOf(parts), i * 15, memory).memory, look({ pods: [] }, -15).memory)

const severity = { pass: 0, pending: 1, inconclusive: 2, fail: 3 }

describe('whatever is seen', () => {
  it('the order of the pods does not matter', () => {
    fc.assert(
      fc.property(looks, world, (before, last) => {
        const memory = after(before)
        const given = worldOf(last)
        const turned = {
          ...given,
          pods: [...(given.pods ?? [])].toReversed(),
          stable: [...(given.stable ?? [])].toReversed(),
        }
        const { verdict, findings, counts, worst, memory: kept } = look(given, 90, memory)
        const other = look(turned, 90, memory)
        expect(other.verdict.answer).toBe(verdict.answer)
        expect(other.verdict.because).toBe(verdict.because)
        expect({ ...other, verdict: 0, findings: other.findings.length }).toEqual({
          verdict: 0,
          findings: findings.length,
          counts,
          worst,
          memory: kept,
        })
      }),
    )
  })

  it('seeing the same twice at the same time changes nothing', () => {
    fc.assert(
      fc.property(looks, world, (before, last) => {
        const once = look(worldOf(last), 90, after(before))
        expect(look(worldOf(last), 90, once.memory)).toEqual(once)
      }),
    )
  })

  it('more restarts never make the verdict less severe', () => {
    fc.assert(
      fc.property(looks, world, fc.nat(5), fc.integer({ min: 1, max: 3 }), (before, last, which, more) => {
        const memory = after(before)
        const worse = {
          ...last,
          pods: last.pods.map((one, i) => (i === which ? { ...one, restarts: one.restarts + more } : one)),
        }
        const answers = [last, worse].map((parts) => severity[look(worldOf(parts), 90, memory).verdict.answer])
        expect(answers[1]).toBeGreaterThanOrEqual(answers[0] ?? 0)
      }),
      { numRuns: 500 },
    )
  })

  it('the memory survives being written down', () => {
    fc.assert(
      fc.property(looks, (before) => {
        const memory = after(before)
        expect(JSON.parse(JSON.stringify(memory))).toEqual(memory)
      }),
    )
  })
})
