import { add, brake, deployment, image, pause, resume, service, strategy, tag, template, web } from '../manifests.ts'
import type { PatchOp } from '../../../src/core/write.ts'
import type { Script, Step } from '../script.ts'

/** How far a roll-out of pods that never become ready goes, from rest. */
const limits = (strategy: PatchOp, sets: readonly string[]): Step[] => [
  { see: { sets: ['1.0.0 7/7/7'] } },
  web(strategy, add('/spec/template', template('2.0.0-noready'))),
  { see: { sets } },
  { image: image('1.0.0') },
]

export const rollOuts: readonly Script[] = [
  {
    name: 'a plain roll-out, a bad one that stops by itself, and the way back',
    steps: [
      { apply: [deployment(10, '1.0.0', { progressDeadlineSeconds: 15 }), service('web')] },
      { see: { sets: ['1.0.0 10/10/10'], endpoints: { web: { '1.0.0': 10 } } } },
      { image: image('2.0.0') },
      {
        see: {
          sets: ['2.0.0 10/10/10'],
          counts: '10/10/10/10',
          conditions: ['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable'],
        },
      },
      { image: image('3.0.0-noready') },
      { see: { sets: ['2.0.0 8/8/8', '3.0.0-noready 5/0/0'], counts: '5/13/8/8' } },
      {
        see: {
          conditions: ['Available True MinimumReplicasAvailable', 'Progressing False ProgressDeadlineExceeded'],
          endpoints: { web: { '2.0.0': 8 } },
        },
      },
      { image: image('2.0.0') },
      {
        see: {
          sets: ['2.0.0 10/10/10'],
          conditions: ['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable'],
        },
      },
    ],
  },
  {
    name: 'pods that crash or whose image is missing',
    steps: [
      { apply: [deployment(4)] },
      { see: { sets: ['1.0.0 4/4/4'] } },
      { image: image('2.0.0-crash3') },
      { see: { sets: ['1.0.0 3/3/3', '2.0.0-crash3 2/0/0'], warnings: ['BackOff'] } },
      { image: image('2.0.1-nopull') },
      { see: { sets: ['1.0.0 3/3/3', '2.0.1-nopull 2/0/0'], warnings: ['BackOff', 'Failed'] } },
    ],
  },
  {
    name: 'minReadySeconds: ready is not yet available, and the old pods stay for so long',
    steps: [
      { apply: [deployment(4, '1.0.0', { minReadySeconds: 12 })] },
      { see: { sets: ['1.0.0 4/4/0'] } },
      { see: { sets: ['1.0.0 4/4/4'] } },
      { image: image('2.0.0') },
      { see: { sets: ['1.0.0 3/3/3', '2.0.0 2/2/0'] } },
      { see: { sets: ['2.0.0 4/4/4'] } },
    ],
  },
  {
    name: 'maxSurge is rounded up and maxUnavailable down; when both come to nothing, one pod may be away',
    steps: [
      { apply: [deployment(7)] },
      ...limits(strategy('25%', '25%'), ['1.0.0 6/6/6', '2.0.0-noready 3/0/0']),
      ...limits(strategy(2, 3), ['1.0.0 4/4/4', '2.0.0-noready 5/0/0']),
      ...limits(strategy(0, '30%'), ['1.0.0 5/5/5', '2.0.0-noready 2/0/0']),
      ...limits(strategy('1%', 0), ['1.0.0 7/7/7', '2.0.0-noready 1/0/0']),
      ...limits(strategy(0, '1%'), ['1.0.0 6/6/6', '2.0.0-noready 1/0/0']),
      ...limits(strategy('100%', '100%'), ['2.0.0-noready 7/0/0']),
    ],
  },
  {
    name: 'somebody takes the brake off while it is paused: nothing moves until it is resumed',
    steps: [
      { apply: [deployment(10)] },
      { see: { sets: ['1.0.0 10/10/10'] } },
      web(...brake, strategy('50%', 0), add('/spec/template', template('2.0.0'))),
      { see: { sets: ['1.0.0 10/10/10', '2.0.0 5/5/0'], conditions: ['Available True MinimumReplicasAvailable'] } },
      pause,
      web(add('/spec/minReadySeconds', 0)),
      { see: { sets: ['1.0.0 10/10/10', '2.0.0 5/5/5'] } },
      web(resume),
      { see: { sets: ['2.0.0 10/10/10'] } },
    ],
  },
  {
    name: 'a tagged stable set, and its template again while the controller runs: another set of another name',
    steps: [
      { apply: [deployment(4)] },
      { see: { sets: ['1.0.0 4/4/4'] } },
      pause,
      tag('1.0.0', 'r1'),
      web(resume),
      {
        see: { sets: ['1.0.0 4/4/4'], counts: '4/4/4/4', fields: [['Deployment', 'web', '/status/collisionCount', 1]] },
      },
    ],
  },
  {
    name: 'a quota: pods that may not be made',
    steps: [
      {
        apply: [
          { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '5' } } },
          deployment(4, '1.0.0', { strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } } }),
        ],
      },
      { see: { sets: ['1.0.0 4/4/4'] } },
      web(...brake, add('/spec/template', template('2.0.0'))),
      { see: { sets: ['1.0.0 4/4/4', '2.0.0 2/1/0'], warnings: ['FailedCreate'] } },
      { see: { conditions: ['Available True MinimumReplicasAvailable', 'ReplicaFailure True FailedCreate'] } },
    ],
  },
]
