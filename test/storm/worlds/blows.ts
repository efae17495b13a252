import fc from 'fast-check'
import type { Kind, Ref } from '../../../src/core/kinds.ts'
import { second } from '../../../src/core/time.ts'
import { find } from '../../../src/core/view.ts'
import type { Ask } from '../../../src/engine/asks.ts'
import type { WriteFault } from '../../../src/sim/faults.ts'
import { namespace } from '../../engine/manifests.ts'
import type { Stage } from '../../engine/scenario.ts'
import type { Laws } from '../laws.ts'

const ref = (kind: Kind, name = 'web'): Ref => ({ kind, namespace, name })
const web = ref('Deployment')

/** What other people and pipelines do to the objects of a release, each under a name. */
const rivals = {
  image: ({ cluster }) => cluster.acts.setImage(web, 'ghcr.io/acme/web:v3'),
  restart: ({ cluster }) => cluster.acts.restart(web),
  unpause: ({ cluster }) => cluster.acts.patch(web, [{ op: 'add', path: '/spec/paused', value: false }]),
  surge: ({ cluster }) =>
    cluster.acts.patch(web, [{ op: 'add', path: '/spec/strategy/rollingUpdate/maxSurge', value: '10%' }]),
  env: ({ cluster }) => cluster.acts.setEnv(web, 'LEVEL', 'debug'),
  weights: ({ cluster }) =>
    cluster.acts.patch(ref('HTTPRoute'), [{ op: 'add', path: '/spec/rules/0/backendRefs/0/weight', value: 3 }]),
  service: ({ cluster }) =>
    cluster.acts.patch(ref('Service'), [{ op: 'add', path: '/spec/selector', value: { app: 'web' } }]),
  canary: ({ cluster }) => cluster.acts.delete(ref('Service', 'web-canary')),
  note: ({ cluster }) => cluster.acts.delete(ref('ConfigMap', 'deploy-undo-web')),
  budget: ({ cluster }) => cluster.acts.delete(ref('PodDisruptionBudget')),
  token: ({ cluster }) => cluster.acts.annotate(web, { 'deploy/token': null }),
  note2: ({ cluster }) => cluster.acts.annotate(web, { 'deploy/note': 'mine' }),
  stranger: ({ cluster }) => cluster.acts.annotate(web, { 'example.com/owner': 'shop' }),
} as const satisfies Readonly<Record<string, (stage: Stage) => unknown>>

/** What may happen to a run at some entry of its journal. */
export type Blow = { readonly at: number } & (
  | { readonly what: 'write'; readonly fault: WriteFault; readonly times: number }
  | { readonly what: 'away' | 'silence' | 'provider'; readonly seconds: number }
  | { readonly what: 'stale' | 'clock'; readonly ms: number }
  | { readonly what: 'scale'; readonly replicas: number }
  | { readonly what: 'ask'; readonly ask: Ask }
  | { readonly what: 'rival'; readonly who: keyof typeof rivals }
)

const at = fc.integer({ min: 1, max: 90 })
const fault = fc.constantFrom<WriteFault>(
  { kind: 'lost-reply' },
  { kind: 'lost-request' },
  { kind: 'refused' },
  { kind: 'slow', by: 4 * second },
  ...([409, 422, 429, 500, 503] as const).map((status): WriteFault => ({ kind: 'status', status })),
)
const by = 'anna'
const ask = fc.constantFrom<Ask>(
  { verb: 'abort', by },
  { verb: 'pause', by },
  { verb: 'resume', by },
  { verb: 'promote', by },
  { verb: 'leave', by: 'SIGTERM', exit: 'terminated' },
  { verb: 'detach', by, exit: 'interrupted' },
)
const seconds = fc.integer({ min: 1, max: 120 })

/** What the network, the API server, clocks, autoscalers and whoever may command the run do. */
export const weather: fc.Arbitrary<Blow> = fc.oneof(
  fc.record({ what: fc.constant('write' as const), at, fault, times: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ what: fc.constantFrom('away' as const, 'silence' as const, 'provider' as const), at, seconds }),
  fc.record({ what: fc.constant('stale' as const), at, ms: fc.integer({ min: 50, max: 4000 }) }),
  fc.record({ what: fc.constant('clock' as const), at, ms: fc.integer({ min: -90 * second, max: 90 * second }) }),
  fc.record({ what: fc.constant('scale' as const), at, replicas: fc.integer({ min: 2, max: 7 }) }),
  fc.record({ what: fc.constant('ask' as const), at, ask }),
)

export const rival: fc.Arbitrary<Blow> = fc.record({
  what: fc.constant('rival' as const),
  at,
  who: fc.constantFrom(...(Object.keys(rivals) as (keyof typeof rivals)[])),
})

const workloadIn = ({ cluster }: Stage): Ref =>
  ref(find(cluster.see(namespace), 'Deployment', 'web') ? 'Deployment' : 'StatefulSet')

/** Throws when the API server refuses it. */
export function strike(blow: Blow, stage: Stage, laws: Laws): void {
  const { cluster, sim } = stage
  const forAWhile = (lasting: number, ...ends: readonly (() => void)[]): void => {
    void sim.advance(lasting * second).then(() => ends.forEach((end) => end()))
  }
  switch (blow.what) {
    case 'write':
      for (let nth = 1; nth <= blow.times; nth += 1) cluster.faults.onWrite(blow.fault, { nth })
      return
    case 'away':
      return forAWhile(blow.seconds, cluster.faults.down(), cluster.faults.silence())
    case 'silence':
      return forAWhile(blow.seconds, cluster.faults.silence())
    case 'provider':
      stage.metrics.fail('connection refused')
      return forAWhile(blow.seconds, () => stage.metrics.fail(null))
    case 'stale':
      return cluster.faults.stale(blow.ms)
    case 'clock':
      return stage.jump(blow.ms)
    case 'scale':
      return laws.others(() => cluster.acts.scale(workloadIn(stage), blow.replicas))
    case 'ask':
      return stage.ask(blow.ask)
    case 'rival':
      return void laws.others(() => rivals[blow.who](stage))
    default:
      blow satisfies never
  }
}
