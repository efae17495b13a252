import { describe, expect, it } from 'vitest'
import { stateOfJob } from '../../../src/cli/detach/pod.ts'
import type { KubeObject } from '../../../src/core/objects.ts'

const object = (kind: string, name: string, rest: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, creationTimestamp: '2026-01-02T12:00:00Z' },
  ...rest,
})
const job = (status: object = {}): KubeObject => object('Job', 'deploy-run-r7f3k', { status })
const pod = (status: object): KubeObject => object('Pod', 'deploy-run-r7f3k-x', { status })
const container = (state: object): object => ({ phase: 'Pending', containerStatuses: [{ name: 'deploy', state }] })
const failed = { conditions: [{ type: 'Failed', status: 'True', reason: 'PodFailurePolicy', message: 'exit code 2' }] }

describe('a Job that does not drive its run yet', () => {
  it.each<[string, readonly KubeObject[], string]>([
    ['no pod yet', [], 'it has no pod yet'],
    [
      'no room',
      [
        pod({
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }],
        }),
      ],
      'pod deploy-run-r7f3k-x is not scheduled: Unschedulable: 0/3 nodes',
    ],
    [
      'an image that is not there',
      [pod(container({ waiting: { reason: 'ImagePullBackOff', message: 'not found' } }))],
      'pod deploy-run-r7f3k-x waits: ImagePullBackOff: not found',
    ],
    [
      'an end',
      [pod(container({ terminated: { exitCode: 2, reason: 'Error' } }))],
      'pod deploy-run-r7f3k-x ended with exit code 2 (Error)',
    ],
    [
      'a start',
      [pod({ ...container({ running: {} }), phase: 'Running' })],
      'pod deploy-run-r7f3k-x runs and has not taken the run yet',
    ],
  ])('says %s', (_, pods, says) => {
    expect(stateOfJob({ job: job(), pods, events: [] })).toEqual({ isOver: false, isBlocked: false, says })
  })

  it('says what keeps it from having a pod', () => {
    const events = [
      object('Event', 'e', { type: 'Warning', reason: 'FailedCreate', message: 'serviceaccount "x"\nnot found' }),
    ]
    expect(stateOfJob({ job: job(), pods: [], events })).toEqual({
      isOver: false,
      isBlocked: true,
      says: String.raw`it has no pod: FailedCreate: serviceaccount "x"\nnot found`,
    })
  })

  it.each<[string, KubeObject | null]>([
    ['has failed', job(failed)],
    ['is gone', null],
  ])('is over when it %s', (_, one) => {
    expect(stateOfJob({ job: one, pods: [], events: [] }).isOver).toBe(true)
  })
})
