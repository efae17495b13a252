import { describe, expect, it } from 'vitest'
import { nextLook } from '../../../src/core/health/next-look.ts'
import { progress } from '../../../src/core/health/progress.ts'
import { pod, start } from './pods.ts'
import { event, look, set, still, watch } from './world.ts'

const crashing = (name: string) => pod(name).waiting('CrashLoopBackOff').ended(137, 'OOMKilled').restarts(1)
const well = (...names: string[]) => names.map((name) => pod(name))

describe('the verdict', () => {
  it('reads like something to trust at 3 a.m.', () => {
    const limits = { resources: { limits: { memory: '128Mi' } } }
    const { verdict } = look({ pods: [crashing('web-7c9f-abcde').app(limits), ...well('web-7c9f-b', 'web-7c9f-c')] })
    expect(verdict.because).toBe(
      'pod web-7c9f-abcde: container app crashed twice with exit code 137 (OOMKilled, limit 128Mi); 1 of 3 new pods bad',
    )
    expect(verdict.evidence?.join('\n')).toContain('before: exit code 137 (OOMKilled, limit 128Mi)')
  })

  it.each([
    { allowedBad: 0, bad: 1, answer: 'fail' },
    { allowedBad: 1, bad: 1, answer: 'fail' },
    { allowedBad: 2, bad: 1, answer: 'pass' },
    { allowedBad: 2, bad: 2, answer: 'fail' },
    { allowedBad: 3, bad: 2, answer: 'pass' },
    { allowedBad: 9, bad: 5, answer: 'fail' },
  ])('with allowedBad $allowedBad and $bad bad pods is $answer', ({ allowedBad, bad, answer }) => {
    const pods = ['a', 'b', 'c', 'd', 'e'].map((name, i) => (i < bad ? crashing(name) : pod(name)))
    expect(look({ pods, limits: { allowedBad } }).verdict.answer).toBe(answer)
  })

  it('needs no second bad pod where the release as a whole is refused', () => {
    const denied = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'exceeded quota',
    } as const
    const sets = [set({ replicas: 3, present: 2, conditions: [denied] })]
    expect(still(15, { pods: well('a', 'b'), sets, limits: { allowedBad: 3 } }).verdict.answer).toBe('fail')
  })

  it('never passes without a single pod that is available', () => {
    const pods = [crashing('a'), pod('b').state({ terminated: { exitCode: 128, reason: 'StartError' } })]
    expect(look({ pods, limits: { allowedBad: 2 } }).verdict.answer).toBe('pending')
  })

  it('passes when every pod is available, and says so', () => {
    const { verdict, counts, worst } = look({ pods: well('a', 'b') })
    expect(verdict).toEqual({ answer: 'pass', because: '2 of 2 new pods available (Ready for 10 s)' })
    expect(counts).toMatchObject({ wanted: 2, ready: 2, available: 2, bad: 0 })
    expect(worst).toBeNull()
  })

  it('waits for pods that are Ready too short, missing, or on their way out', () => {
    expect(look({ pods: [pod('a').readyFor(9_999)] }).verdict.answer).toBe('pending')
    expect(look({ pods: [pod('a').readyFor(10_000)] }).verdict.answer).toBe('pass')
    expect(look({ pods: well('a'), sets: [set({ replicas: 2, present: 1 })] }).verdict.answer).toBe('pending')
    expect(look({ pods: [pod('a').terminating()], sets: [set()] }).verdict.answer).toBe('pending')
    expect(look({ pods: [], sets: [] }).verdict.because).toBe('0 of 1 new pods available')
  })

  it('does not judge pods on their way out', () => {
    expect(look({ pods: [crashing('a').terminating(), pod('b')], sets: [set()] }).verdict.answer).toBe('pass')
  })

  it('never passes on what was seen before a silence, and confirms nothing in it', () => {
    expect(look({ silentSince: -5 }).verdict).toMatchObject({
      answer: 'pending',
      because: 'nothing was heard from the cluster for 5 s',
    })
    const bad = { pods: [pod().waiting('ErrImagePull', 'not found')] }
    expect(watch([0, bad], [60, { ...bad, silentSince: 1 }]).verdict.answer).toBe('pending')
    expect(watch([0, bad], [60, { ...bad, silentSince: 10 }]).verdict.answer).toBe('fail')
  })

  it('tells the most certain cause first', () => {
    const { verdict } = still(60, { pods: [pod('a').notReady(), pod('b').waiting('InvalidImageName')] })
    expect(verdict.because).toContain('pod b: container app: InvalidImageName')
  })

  it('escapes and bounds what others wrote', () => {
    const message = `configmap "\u001b[31mx\u202e" not found\n::error::${'y'.repeat(1000)}`
    const { verdict, findings, worst } = still(10, { pods: [pod().waiting('CreateContainerConfigError', message)] })
    const texts = [verdict.because, ...(verdict.evidence ?? []), worst?.because ?? '', ...(worst?.bundle ?? [])]
    const lines = [...texts, ...findings.flatMap(({ because, evidence }) => evidence.concat(because))]
    expect(lines.filter((line) => /[\p{Cc}\p{Cf}]/u.test(line))).toEqual([])
    expect(verdict.because.length).toBeLessThan(600)
  })
})

describe('progress', () => {
  it('counts pods that are Ready for long enough and not on their way out', () => {
    const pods = [pod('a'), pod('b').readyFor(3_000), pod('c').notReady(), pod('d').terminating()].map(
      ({ value }) => value,
    )
    expect(progress(pods, 10_000, start)).toEqual({ ready: 2, available: 1, next: start + 7_000 })
  })

  it('is a new maximum of available pods and nothing else: a pod that flaps makes none', () => {
    const up = { pods: [pod()] }
    const down = { pods: [pod().notReady()] }
    expect(watch([0, up], [10, down], [20, up], [30, down]).memory.most).toEqual({ available: 1, at: start })
  })
})

describe('the next look', () => {
  it('is when the earliest sign would be confirmed', () => {
    const { memory } = look({ pods: [pod('a').waiting('ErrImagePull', 'not found'), pod('b').notReady()] })
    expect(nextLook(memory, start)).toBe(start + 10_000)
    expect(nextLook(memory, start + 12_000)).toBe(start + 13_000)
  })

  it('is never, when nothing is pending', () => {
    expect(nextLook(look({}).memory, start)).toBeNull()
    expect(nextLook(look({ pods: [pod().waiting('InvalidImageName')] }).memory, start)).toBeNull()
  })

  it('changes when nodes are ordered for a pod', () => {
    const waiting = pod()
      .notReady()
      .condition({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no' })
    const ordered = { pods: [waiting], others: [event(waiting, 'TriggeredScaleUp', 'yes')] }
    const { memory } = watch([0, { pods: [waiting] }], [5, ordered])
    expect(memory.signals['unschedulable/uid-web-new-a']).toMatchObject({ confirm: 300_000, first: start })
  })
})
