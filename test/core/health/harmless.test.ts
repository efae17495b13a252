import { describe, expect, it } from 'vitest'
import { pod } from './pods.ts'
import { deployment, event, set, still, template, type World, watch } from './world.ts'

const stuck = pod().waiting('ContainerCreating')
const quota = 'pods "web-new-x" is forbidden: exceeded quota: small'
const mesh = { name: 'mesh', restartPolicy: 'Always' as const }

describe('what looks like a failure and is none', () => {
  const rows: { when: string; world: World }[] = [
    {
      when: 'a brake without a deadline',
      world: {
        workload: deployment({
          conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }],
        }),
      },
    },
    {
      when: 'the progress deadline of another ReplicaSet',
      world: {
        workload: deployment({
          deadline: 600,
          conditions: [
            {
              type: 'Progressing',
              status: 'False',
              reason: 'ProgressDeadlineExceeded',
              message: 'ReplicaSet "web-old" has timed out progressing.',
            },
          ],
        }),
      },
    },
    { when: 'restarts from before the first sight', world: { pods: [pod().ended(1).restarts(7)] } },
    { when: 'one restart of a pod that was well', world: { pods: [pod().ended(137, 'OOMKilled').restarts(0)] } },
    { when: 'a refusal that was mended', world: { others: [event(set(), 'FailedCreate', quota)] } },
    {
      when: 'a mount that failed before the container ran',
      world: { others: [event(pod(), 'FailedMount', 'secret not found')] },
    },
    { when: 'a sidecar that is well', world: { pods: [pod().with(mesh, 'initContainers')] } },
    {
      when: 'stable pods that were always broken',
      world: { stable: [pod('web-old-a').waiting('CrashLoopBackOff').restarts(40)] },
    },
  ]
  it.each(rows)('$when', ({ world }) => {
    expect(still(500, world).verdict.answer).toBe('pass')
  })

  it('a mount that succeeded before a slow pull', () => {
    const others = [event(stuck, 'FailedMount', 'secret not found', 1), event(stuck, 'Pulling', 'Pulling image', 4)]
    expect(still(60, { pods: [stuck], others }).findings).toEqual([])
  })

  it('an event about an earlier refusal of a StatefulSet', () => {
    const workload = {
      ...deployment(),
      kind: 'StatefulSet',
      spec: { replicas: 2, template },
      status: { replicas: 1, observedGeneration: 3 },
    }
    const world = (at: number): World => ({
      pods: [pod()],
      sets: [],
      workload,
      others: [event(workload, 'FailedCreate', quota, at)],
    })
    expect(still(20, world(-3600)).findings).toEqual([])
    expect(still(20, world(-1)).findings).toMatchObject([{ rule: 'pods-refused', object: 'statefulset/web' }])
  })

  it('a configuration error that is only a slow cache', () => {
    const world = { pods: [pod().waiting('CreateContainerConfigError', 'failed to sync secret cache: timed out')] }
    expect(still(60, world).verdict.answer).toBe('pending')
  })

  it('a pod that is not behind its Service because it is not Ready yet', () => {
    expect(still(40, { pods: [pod().notReady()], service: 'web-canary' }).findings).toEqual([])
  })

  it('a stable pod that is drained', () => {
    const before = { stable: [pod('web-old-a')] }
    const after = { stable: [pod('web-old-a').notReady().terminating()] }
    expect(watch([0, before], [20, after]).findings).toEqual([])
  })
})
