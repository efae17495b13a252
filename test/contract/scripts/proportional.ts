import { add, brake, deployment, pause, resume, strategy, template, web } from '../manifests.ts'
import type { Script, Step } from '../script.ts'

const started = (surge: number | string, sets: readonly string[]): Step[] => [
  { apply: [deployment(10)] },
  { see: { sets: ['1.0.0 10/10/10'] } },
  web(...brake, strategy(surge, 0), add('/spec/template', template('2.0.0'))),
  { see: { sets } },
]

const resized = (replicas: number, sets: readonly string[]): Step[] => [
  { scale: replicas },
  { see: { as: `R = ${replicas}`, sets } },
]

export const proportional: readonly Script[] = [
  {
    name: 'an autoscaler moves both sets in proportion: S = 50 %, paused',
    steps: [
      ...started('50%', ['1.0.0 10/10/10', '2.0.0 5/5/0']),
      pause,
      ...resized(20, ['1.0.0 20/20/20', '2.0.0 10/10/0']),
      ...resized(10, ['1.0.0 10/10/10', '2.0.0 5/5/0']),
      ...resized(13, ['1.0.0 13/13/13', '2.0.0 7/7/0']),
      ...resized(7, ['1.0.0 7/7/7', '2.0.0 4/4/0']),
    ],
  },
  {
    name: 'an autoscaler moves both sets in proportion: S = 25 % and 100 %, not paused',
    steps: [
      ...started('25%', ['1.0.0 10/10/10', '2.0.0 3/3/0']),
      ...resized(20, ['1.0.0 19/19/19', '2.0.0 6/6/0']),
      ...resized(10, ['1.0.0 10/10/10', '2.0.0 3/3/0']),
      web(strategy('100%', 0)),
      { see: { sets: ['1.0.0 10/10/10', '2.0.0 10/10/0'] } },
      ...resized(20, ['1.0.0 20/20/20', '2.0.0 20/20/0']),
      ...resized(10, ['1.0.0 10/10/10', '2.0.0 10/10/0']),
    ],
  },
  {
    name: 'moved before it was ever paused, at S = 50 %: the controller itself finds the proportions',
    steps: [
      ...started('50%', ['1.0.0 10/10/10', '2.0.0 5/5/0']),
      ...resized(20, ['1.0.0 20/20/20', '2.0.0 10/10/0']),
      ...resized(10, ['1.0.0 10/10/10', '2.0.0 5/5/0']),
    ],
  },
  {
    name: 'in the middle of rolling: S = 30 %, U = 30 %, paused',
    steps: [
      ...started('30%', ['1.0.0 10/10/10', '2.0.0 3/3/0']),
      web(strategy('30%', '30%')),
      { see: { sets: ['1.0.0 7/7/7', '2.0.0 6/6/0'] } },
      pause,
      ...resized(20, ['1.0.0 14/14/14', '2.0.0 12/12/0']),
      ...resized(10, ['1.0.0 7/7/7', '2.0.0 6/6/0']),
    ],
  },
  {
    name: 'paused in the middle of a roll-out, a controller still fills up to replicas + surge',
    steps: [
      ...started('10%', ['1.0.0 10/10/10', '2.0.0 1/1/0']),
      pause,
      web(strategy('50%', 0)),
      { see: { sets: ['1.0.0 14/14/14', '2.0.0 1/1/0'] } },
      web(resume),
    ],
  },
  {
    name: 'nothing to scale: to zero and back, with one set and with two',
    steps: [
      ...started('50%', ['1.0.0 10/10/10', '2.0.0 5/5/0']),
      pause,
      ...resized(0, []),
      ...resized(4, ['2.0.0 4/4/0']),
    ],
  },
]
