import { minute, second } from '../../src/core/time.ts'
import { rehearse } from '../../src/rehearse/rehearse.ts'
import { planned } from '../rehearse/stage.ts'
import type { Row } from './measure.ts'

/** Two clusters, one after the other: about 55 minutes, with the pods' figures read all the time. */
const pipeline = {
  strategy: 'canary',
  clusters: ['east', 'west'],
  replicas: 10,
  policy: { parallel: 1 },
  options: { weights: [5, 25, 50], soak: '4m', bake: '13m' },
  rollback: { when: ['error-rate > 5% for 5m', 'latency.p95 > 500ms for 5m'] },
} as const

/** How fast time passes in a rehearsal: against the time that it stands for, and for the matrix against one run of it. */
export async function rehearsal(): Promise<readonly Row[]> {
  const asked = { ...(await planned(pipeline)), seed: 1 }
  // Once before it counts, as a person who rehearses twice.
  await rehearse({ ...asked, faults: [] })
  const began = performance.now()
  const { good } = await rehearse({ ...asked, faults: [] })
  const one = performance.now() - began
  const { outcomes } = await rehearse(asked)
  const all = performance.now() - began - one
  const seconds = (ms: number): string => `${(ms / second).toFixed(2)} s`
  return [
    [
      'rehearsal of a pipeline',
      seconds(one),
      `${(good.took / minute).toFixed(1)} min simulated`,
      `${Math.round(good.took / one)}x as fast`,
      '≤ 1 s',
    ],
    [
      `its matrix, ${outcomes.length} outcomes`,
      seconds(all),
      `${seconds(one)} for one`,
      `${(all / one / (outcomes.length + 1)).toFixed(2)}x each`,
      '≤ 20 s',
    ],
  ]
}
