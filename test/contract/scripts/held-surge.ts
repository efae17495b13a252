import {
  add,
  brake,
  deployment,
  free,
  image,
  pause,
  resume,
  service,
  strategy,
  tag,
  template,
  untag,
  web,
} from '../manifests.ts'
import type { Script, Step } from '../script.ts'

const release = (version: string, run: string) => add('/spec/template', template(version, run))

/** Locks, then the new template under the brake, until it stands; then paused. */
const begin = (
  { run, from, to, sets }: { run: string; from: string; to: string; sets: readonly string[] },
  surge: number | string,
): Step[] => [
  pause,
  tag(from, run),
  web(...brake, strategy(surge, 0), release(to, run), resume),
  { see: { as: 'the first batch', sets } },
  pause,
]

const step = (surge: number | string, unavailable: number | string, sets: readonly string[]): Step[] => [
  web(strategy(surge, unavailable), resume),
  { see: { as: `${surge} ${unavailable}`, sets } },
  pause,
]

const selector = (value: object): Step => ({ patch: ['Service', 'web'], ops: [add('/spec/selector', value)] })
const ours = web(release('2.0.0', 'r1'))

export const heldCanary: Script = {
  name: 'held surge: canary, with others at work',
  steps: [
    { apply: [deployment(10), service('web')] },
    { see: { sets: ['1.0.0 10/10/10'], counts: '10/10/10/10' } },
    selector({ app: 'web', 'pod-template-hash': '{hash:1.0.0}' }),
    { apply: [service('web-canary', { app: 'web', 'deploy/release': 'r1' })] },
    ...begin({ run: 'r1', from: '1.0.0', to: '2.0.0', sets: ['1.0.0 10/10/10', '2.0.0 1/1/0'] }, '10%'),
    { see: { endpoints: { web: { '1.0.0': 10 }, 'web-canary': { '2.0.0': 1 } } } },
    { apply: [deployment(10), service('web', { app: 'web', 'pod-template-hash': '{hash:1.0.0}' })] },
    { restart: true, refused: true },
    { env: ['Z', '1'] },
    { scale: 14 },
    { see: { as: 'foreign template, R = 14', sets: ['1.0.0 15/15/15', '2.0.0 1/1/0'] } },
    { scale: 10 },
    { see: { as: 'and back', sets: ['1.0.0 10/10/10', '2.0.0 1/1/0'] } },
    {
      patch: ['Deployment', 'web'],
      ops: [{ op: 'test', path: '/spec/template/spec/containers/0/image', value: image('2.0.0') }, resume],
      refused: true,
    },
    ours,
    ...step('50%', 0, ['1.0.0 10/10/10', '2.0.0 5/5/0']),
    ...step('100%', 0, ['1.0.0 10/10/10', '2.0.0 10/10/0']),
    { see: { endpoints: { web: { '1.0.0': 10 }, 'web-canary': { '2.0.0': 10 } } } },
    { apply: [deployment(10)] },
    { see: { as: 'the old manifest came back at 100 %', sets: ['1.0.0 10/10/10', '2.0.0 10/10/0'] } },
    ours,
    { see: { as: 'ours again', sets: ['1.0.0 10/10/10', '2.0.0 10/10/0'] } },
    { remember: 'judged', labels: 'deploy/release=r1' },
    selector({ app: 'web', 'deploy/release': 'r1' }),
    { see: { endpoints: { web: { '2.0.0': 10 } } } },
    ...step('50%', '50%', ['1.0.0 5/5/5', '2.0.0 10/10/0']),
    ...step('0%', '100%', ['2.0.0 10/10/0']),
    web(...free, strategy('25%', '25%'), resume),
    { see: { sets: ['2.0.0 10/10/10'], counts: '10/10/10/10', kept: { judged: 10 } } },
    untag('1.0.0'),
    selector({ app: 'web' }),
    {
      see: {
        endpoints: { web: { '2.0.0': 10 } },
        kept: { judged: 10 },
        conditions: ['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable'],
        fields: [
          ['Deployment', 'web', '/spec/paused', null],
          ['Deployment', 'web', '/spec/minReadySeconds', null],
        ],
      },
    },
  ],
}

export const heldRolling: Script = {
  name: 'held surge: rolling, taken back with maxUnavailable 0, then to the end',
  steps: [
    { apply: [deployment(10, '2.0.0')] },
    { see: { sets: ['2.0.0 10/10/10'] } },
    ...begin({ run: 'r2', from: '2.0.0', to: '3.0.0', sets: ['2.0.0 10/10/10', '3.0.0 3/3/0'] }, 3),
    ...step(3, 3, ['2.0.0 7/7/7', '3.0.0 6/6/0']),
    ...step(4, 6, ['2.0.0 4/4/4', '3.0.0 10/10/0']),
    { remember: 'stable', labels: 'pod-template-hash={hash:2.0.0}' },
    untag('2.0.0'),
    web(add('/spec/template', template('2.0.0')), ...free, strategy('100%', 0), resume),
    { see: { sets: ['2.0.0 10/10/10'], kept: { stable: 4 } } },
    web(strategy('25%', '25%')),
    ...begin({ run: 'r3', from: '2.0.0', to: '4.0.0', sets: ['2.0.0 10/10/10', '4.0.0 3/3/0'] }, 3),
    ...step(3, 3, ['2.0.0 7/7/7', '4.0.0 6/6/0']),
    ...step(4, 6, ['2.0.0 4/4/4', '4.0.0 10/10/0']),
    ...step(0, '100%', ['4.0.0 10/10/0']),
    web(...free, strategy('25%', '25%'), resume),
    { see: { sets: ['4.0.0 10/10/10'], counts: '10/10/10/10' } },
  ],
}

export const untagged: Script = {
  name: 'without the tag the old manifest deletes the new pods, even while paused',
  steps: [
    { apply: [deployment(10)] },
    { see: { sets: ['1.0.0 10/10/10'] } },
    web(...brake, strategy('50%', 0), release('2.0.0', 'r1')),
    { see: { sets: ['1.0.0 10/10/10', '2.0.0 5/5/0'] } },
    pause,
    { replace: deployment(10, '1.0.0', { paused: true }) },
    { see: { sets: ['1.0.0 10/10/10'] } },
  ],
}

export const surgeReset: Script = {
  name: 'an old manifest that spells out its strategy takes pods of both sets, even while paused and tagged',
  steps: [
    { apply: [deployment(10)] },
    { see: { sets: ['1.0.0 10/10/10'] } },
    ...begin({ run: 'r1', from: '1.0.0', to: '2.0.0', sets: ['1.0.0 10/10/10', '2.0.0 10/10/0'] }, '100%'),
    web(strategy('25%', '25%')),
    { see: { sets: ['1.0.0 6/6/6', '2.0.0 7/7/0'] } },
    web(strategy('100%', 0)),
    { see: { as: 'asking again brings them back', sets: ['1.0.0 9/9/9', '2.0.0 11/11/0'] } },
  ],
}
