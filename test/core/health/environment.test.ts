import { describe, expect, it } from 'vitest'
import { exitByRuntime, nodeLost, takenAway } from '../../../src/core/health/rules/foreign.ts'
import { pod } from './pods.ts'
import { look, node, set, still, type World, watch } from './world.ts'

const disrupted = (name: string, reason: string) =>
  pod(name).notReady().condition({ type: 'DisruptionTarget', status: 'True', reason })
const three = [pod('web-new-b').on('node-b'), pod('web-new-c').on('node-c'), pod('web-new-d').on('node-d')]

describe('a pod that the environment took is counted and not judged', () => {
  it.each([
    { why: takenAway, what: pod().notReady().phase('Failed', 'Evicted', 'The node was low on resource: memory.') },
    { why: takenAway, what: pod().notReady().phase('Failed', 'Preempting') },
    { why: takenAway, what: pod().notReady().phase('Failed', 'OutOfcpu') },
    { why: takenAway, what: disrupted('web-new-a', 'EvictionByEvictionAPI').terminating() },
    { why: takenAway, what: disrupted('web-new-a', 'DeletionByTaintManager') },
    { why: nodeLost, what: pod().notReady().phase('Unknown') },
    { why: nodeLost, what: pod().condition({ type: 'Ready', status: 'False' }) },
    {
      why: exitByRuntime,
      what: pod().waiting('CrashLoopBackOff').ended(128, 'StartError', 'ttrpc: closed').restarts(4),
    },
    { why: exitByRuntime, what: pod().waiting('RunContainerError').ended(128, 'ContainerCannotRun', 'cgroup') },
    { why: exitByRuntime, what: pod().state({ terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } }) },
  ])('$why.id', ({ why, what }) => {
    const { findings, counts, verdict } = still(300, { pods: [what, ...three], sets: [set({ replicas: 3 })] })
    expect(findings).toMatchObject([{ rule: why.id, level: 'foreign', object: 'pod/web-new-a' }])
    expect(counts).toMatchObject({ foreign: 1, bad: 0 })
    expect(verdict.answer).toBe('pass')
  })

  it('but exit code 128 of the program itself is a crash', () => {
    expect(look({ pods: [pod().waiting('CrashLoopBackOff').ended(128).restarts(2)] }).verdict.answer).toBe('fail')
  })

  it('restarts by a failing runtime are not held against the release', () => {
    const after = (restarts: number) => ({ pods: [pod().ended(128, 'StartError', 'ttrpc: closed').restarts(restarts)] })
    expect(watch([0, after(0)], [9, after(5)]).verdict.answer).toBe('pass')
  })

  it('more than half of them: nothing can be concluded', () => {
    const gone = (count: number): World => ({
      pods: ['a', 'b', 'c', 'd'].map((name, i) => (i < count ? disrupted(name, 'PreemptionByScheduler') : pod(name))),
    })
    expect(look(gone(2)).verdict.answer).toBe('pass')
    const { answer, because } = look(gone(3)).verdict
    expect(answer).toBe('inconclusive')
    expect(because).toContain('3 of 4 new pods (taken-away 3)')
  })

  it('is remembered after it was replaced, for as long as a stage lasts', () => {
    const before: World = { pods: [disrupted('a', 'EvictionByEvictionAPI')], limits: { deadline: 60_000 } }
    const later: World = { pods: [pod('b')], limits: { deadline: 60_000 } }
    expect(watch([0, before], [30, later]).counts.foreign).toBe(1)
    expect(watch([0, before], [61, later]).counts.foreign).toBe(0)
  })

  it('has to be replaced before anything passes', () => {
    const pods = [pod().notReady().phase('Failed', 'Evicted'), ...three]
    expect(look({ pods, sets: [set({ replicas: 4 })] }).verdict.because).toBe('3 of 4 new pods available')
  })

  it('does not hide a failure of the others', () => {
    const pods = [
      disrupted('a', 'EvictionByEvictionAPI'),
      disrupted('b', 'EvictionByEvictionAPI'),
      pod('c').waiting('CrashLoopBackOff'),
    ]
    expect(look({ pods }).verdict.answer).toBe('fail')
  })
})

describe('a node that is to blame', () => {
  const unwell = node('node-a', [
    { type: 'Ready', status: 'False' },
    { type: 'DiskPressure', status: 'True', message: 'no space' },
  ])
  const crashing = pod().waiting('CrashLoopBackOff').ended(1).restarts(3)

  it('excuses its pods, by its own word', () => {
    const { findings, verdict, counts } = still(60, { pods: [crashing, ...three], others: [unwell] })
    expect(findings).toMatchObject([
      { rule: 'node', level: 'foreign', because: expect.stringContaining('DiskPressure=True') },
    ])
    expect(verdict.answer).toBe('pass')
    expect(counts).toMatchObject({ foreign: 1, excused: 1, bad: 0 })
  })

  it("excuses its pods, when stable's pods on it are down", () => {
    expect(still(60, { pods: [crashing, ...three], stable: [pod('web-old-a').notReady()] }).verdict.answer).toBe('pass')
    expect(still(60, { pods: [crashing, ...three], stable: [pod('web-old-a')] }).verdict.answer).toBe('fail')
  })

  it('excuses nothing when it is well, though all bad pods stand on it', () => {
    const pods = [crashing, pod('web-new-e').waiting('CrashLoopBackOff'), ...three]
    expect(still(60, { pods, others: [node('node-a')] }).verdict.answer).toBe('fail')
  })

  it('excuses nothing when no new pod is well elsewhere', () => {
    expect(still(60, { pods: [crashing], others: [unwell] }).verdict.answer).toBe('fail')
  })

  it('excuses nothing that only the release can have done', () => {
    const pods = [pod().waiting('InvalidImageName'), ...three]
    expect(look({ pods, others: [unwell] }).verdict.answer).toBe('fail')
  })

  it('gives its pods a fresh start when it is well again', () => {
    const late: World = { pods: [pod().notReady(), ...three], others: [unwell] }
    const again: World = { ...late, others: [node('node-a')] }
    expect(watch([0, late], [300, late], [301, again]).verdict.answer).toBe('pending')
  })
})

describe('stable gets worse at the same time', () => {
  const bad = [pod('a').waiting('CrashLoopBackOff').ended(1).restarts(3), pod('b')]
  const stable = (broken: number) =>
    ['s1', 's2', 's3', 's4'].map((name, i) => (i < broken ? pod(name).notReady() : pod(name)))
  const world = (broken: number, pods = bad): World => ({ pods, stable: stable(broken) })

  it('is the environment, not the release', () => {
    const { verdict, findings } = watch([0, world(0, [pod('a'), pod('b')])], [20, world(2)])
    expect(verdict.answer).toBe('inconclusive')
    expect(verdict.because).toMatch(
      /^the environment, not the release: 2 of 4 stable pods got worse at the same time; pod a: container app crashed/,
    )
    expect(findings.map(({ rule }) => rule)).toContain('stable-worse')
  })

  it('excuses nothing where it is far less than what the new pods show', () => {
    expect(
      watch(
        [0, world(0)],
        [
          20,
          world(
            1,
            [...bad].map((p) => p.waiting('CrashLoopBackOff').ended(1)),
          ),
        ],
      ).verdict.answer,
    ).toBe('fail')
  })

  it('excuses nothing where it was so before', () => {
    expect(watch([0, world(4)], [20, world(4)]).verdict.answer).toBe('fail')
  })

  it('excuses no failure that only the release can have caused', () => {
    const broken = world(4, [pod('a').waiting('InvalidImageName'), pod('b')])
    expect(watch([0, world(0, [pod('a'), pod('b')])], [20, broken]).verdict.answer).toBe('fail')
  })

  it('counts restarts of pods that are Ready again, for two minutes', () => {
    const restarted = (count: number): World => ({
      pods: bad,
      stable: ['s1', 's2'].map((name) => pod(name).restarts(count)),
    })
    expect(watch([0, restarted(0)], [20, restarted(1)], [130, restarted(1)]).verdict.answer).toBe('inconclusive')
    expect(watch([0, restarted(0)], [20, restarted(1)], [150, restarted(1)]).verdict.answer).toBe('fail')
  })

  it('is only said when the new pods are fine', () => {
    const { verdict, findings } = watch([0, world(0, [pod('a')])], [20, world(3, [pod('a')])])
    expect(verdict.answer).toBe('pass')
    expect(findings).toMatchObject([{ rule: 'stable-worse', level: 'warn' }])
  })
})
