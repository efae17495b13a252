import { describe, expect, it } from 'vitest'
import type { Evidence, Rule } from '../../src/core/evidence.ts'
import { minute, second } from '../../src/core/time.ts'
import { detectionJson } from '../../src/report/detection-json.ts'
import { documents } from '../../src/report/documents/index.ts'
import { planText, type PlanTextOptions } from '../../src/report/plan-text.ts'
import { colours } from '../../src/report/paint.ts'
import { widthOf } from '../../src/report/width.ts'
import { calm } from '../support/compared.ts'
import { comparedPlan, usually } from '../support/measured.ts'
import { planOf, type PlanWish } from '../support/plans.ts'

const hash = '7f3a91c0d2e4b5a6978812345678901234567890abcdefabcdefabcdefabcdef'

const shown = (wish: PlanWish = {}, options: Partial<PlanTextOptions> = {}): string =>
  `\n${planText(planOf(wish), { hash, file: 'plan.json', ...options })}`

const tenPods = new Map([['web@us-east-1', 10]])

const rule = (text: string, figure: Rule['figure'], op: Rule['op'], value: number): Rule => ({
  text,
  figure,
  op,
  value,
  over: 5 * minute,
})

const evidence: Evidence = {
  source: {
    kind: 'prometheus',
    every: 5 * second,
    endpoint: { url: 'https://anna:hunter2@prometheus.internal/prod' },
    requests: { name: 'http_requests_total', matchers: [] },
    errors: { matchers: [] },
    podLabel: 'pod',
    queries: [],
  },
  triggers: [
    rule('error-rate > 1% for 5m', { kind: 'error-rate' }, '>', 0.01),
    rule('restarts > 2', { kind: 'restarts' }, '>', 2),
  ],
  ignored: ['latency.p95 > 2s for 5m'],
  objectives: [rule('availability < 99.9%', { kind: 'availability' }, '<', 0.999)],
  onInconclusive: 'hold',
  onProviderDown: 'undo',
}

describe('a plan for the person who approves it', () => {
  it('what is measured, what takes it back and what must hold; no password of a URL', () => {
    const lines = shown({ evidence }, { replicas: tenPods, columns: 100 }).split('\n')
    const first = lines.findIndex((line) => line.startsWith('goes back when'))
    const last = lines.findIndex((line) => line.startsWith('way back'))
    expect(lines.slice(first, last).join('\n')).toMatchInlineSnapshot(`
      "goes back when  a new pod fails · a stage is not ready after 10 min
                      error-rate > 1% for 5m · restarts > 2
      must hold       availability ≥ 99.9%
      measured by     http_requests_total from prometheus at prometheus.internal every 5 s · with too
                      little held for as long again, then paused · without figures held, taken back after
                      5 min
      goes without    latency.p95 > 2s for 5m, which fires already"
    `)
  })

  it('a canary behind a Gateway', () => {
    const warnings = ['Helm owns the image field: the next helm upgrade writes v1.2.2 again. Add source:']
    const fromEnvironment = ['DEPLOY_CANARY_BAKE=15m']
    expect(shown({ warnings }, { replicas: tenPods, fromEnvironment, columns: 110 })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3 (sha256:41c2f1f1e0aa…)
      production: us-east-1   about 36 min · peak 20 pods of 10 · 45 changes

       1 prepare      make configmap deploy-undo-web, service web-canary and pdb web-canary · pin services web,
                      web-internal and pdb web · hpa web: no scale-down during the release · pause deployment web ·
                      mark the stable pods · 1 new pod (5 %)
       2 weight 5 %   route web: web 95, web-canary 5 · soak 5 min
       3 weight 25 %  3 new pods (25 %) · route web: web 75, web-canary 25 · soak 5 min
       4 weight 50 %  5 new pods (50 %) · route web: web 50, web-canary 50 · soak 5 min
       5 weight 100 % 10 new pods (100 %) · route web: web 0, web-canary 100 · soak 2 min
       6 bake         15 min, old pods warm
       7 names move to the new pods: services web, web-internal and pdb web: only the new pods · route web: only web
                      · soak 5 s
       8 old pods drain: half of the old pods drain · the other old pods drain · deployment web: as before
       9 everything else as before: our marks go · services web, web-internal, pdb web and hpa web: as before ·
                      delete service web-canary, pdb web-canary and configmap deploy-undo-web

      changes         app: ghcr.io/acme/web:v1.2.2 → v1.2.3
      goes back when  a new pod fails · a stage is not ready after 10 min
      way back        requests first, then services and pods · possible until step 8 (old pods drain) · no stable
                      pod restarts
      proof           weights are accepted by the gateway, not proved by requests
      watch out       Helm owns the image field: the next helm upgrade writes v1.2.2 again. Add source:
      changed since   DEPLOY_CANARY_BAKE=15m from the environment

      approve: deploy apply plan.json --approve 7f3a91c0d2e4b5a6978812345678901234567890abcdefabcdefabcdefabcdef
      "
    `)
  })

  it('blue-green by selector, in clusters that do the same but for one', () => {
    const clusters = ['us-east-1', 'eu-west-1', 'ap-south-1']
    const short = planOf({ strategy: 'blue-green', router: 'selector', options: { bake: '1m' } })
    const [other] = short.waves[0]?.units ?? []
    const wish: PlanWish = {
      strategy: 'blue-green',
      router: 'selector',
      clusters,
      unit: (unit, cluster) => (cluster === 'ap-south-1' && other ? { ...other, id: unit.id, cluster } : unit),
    }
    expect(shown(wish, { columns: 80 })).toMatchInlineSnapshot(`
      "
      blue-green web  v1.2.2 → v1.2.3 (sha256:41c2f1f1e0aa…)
      production: us-east-1, eu-west-1, ap-south-1
      about 17 min · peak 200 % of the pods · 102 changes

      in 2 clusters: us-east-1, eu-west-1 (side by side; if one fails, everything goes
      back)
       1 prepare      make configmap deploy-undo-web, service web-preview and pdb
                      web-preview · pin services web, web-internal and pdb web · hpa
                      web: no scale-down during the release · pause deployment web ·
                      mark the stable pods · 100 % new pods
       2 cut over     service web: stable and new pods · service web: only the new
                      pods
       3 bake         15 min, old pods warm
       4 names move to the new pods: service web-internal and pdb web: only the new
                      pods · soak 5 s
       5 old pods drain: half of the old pods drain · the other old pods drain ·
                      deployment web: as before
       6 everything else as before: our marks go · services web, web-internal, pdb web
                      and hpa web: as before · delete service web-preview, pdb
                      web-preview and configmap deploy-undo-web

      in ap-south-1: the same, but for
       3 bake         1 min, old pods warm

      changes         app: ghcr.io/acme/web:v1.2.2 → v1.2.3
      goes back when  a new pod fails · a stage is not ready after 10 min
      way back        requests first, then services and pods · possible until step 5
                      (old pods drain) · no stable pod restarts
      proof           weights are seen in the endpoints

      approve: deploy apply plan.json \\
        --approve 7f3a91c0d2e4b5a6978812345678901234567890abcdefabcdefabcdefabcdef
      "
    `)
  })

  it('rolling, with a hook, and not to be approved by anyone', () => {
    const hooks = { before: [{ argv: ['./smoke.sh', '--quick'], timeout: 60_000 }] } as const
    expect(shown({ strategy: 'rolling', protected: false, hooks }, { columns: 100 })).toMatchInlineSnapshot(`
      "
      rolling web  v1.2.2 → v1.2.3 (sha256:41c2f1f1e0aa…)
      production: us-east-1   about 7 min · peak 150 % of the pods · 14 changes · 1 hook

       1 prepare      run ./smoke.sh --quick · make configmap deploy-undo-web · pause deployment web ·
                      mark the stable pods
       2 25 % new pods
       3 50 % new pods
       4 100 % new pods
       5 the last old pods go: deployment web: as before
       6 bake         5 min
       7 everything else as before: our marks go · delete configmap deploy-undo-web

      changes         app: ghcr.io/acme/web:v1.2.2 → v1.2.3
      goes back when  a new pod fails · a stage is not ready after 10 min
      way back        the template as before · possible until step 7 (everything else as before) · old
                      pods that are gone by then are made again

      run it: deploy apply plan.json
      "
    `)
  })

  it('waves, and a human between weights', () => {
    const wish: PlanWish = {
      clusters: ['us-east-1', 'eu-west-1', 'ap-south-1'],
      bare: true,
      options: { weights: [5, 'pause', 50], soak: '1m' },
      waves: (units) => [
        { id: 'first', parallel: 1, onFailure: 'all', units: units.slice(0, 1) },
        { id: 'rest', parallel: 1, onFailure: 'unit', units: units.slice(1) },
      ],
    }
    expect(shown(wish, { columns: 100 })).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3 (sha256:41c2f1f1e0aa…)
      production: us-east-1, eu-west-1, ap-south-1
      about 1 h 3 min and what people decide · peak 200 % of the pods · 87 changes

      wave first in us-east-1
       1 prepare      make configmap deploy-undo-web and service web-canary · pin service web · pause
                      deployment web · mark the stable pods · 5 % new pods
       2 weight 5 %   route web: web 95, web-canary 5 · soak 1 min
       3 wait for a human: until someone says promote or abort
       4 weight 50 %  50 % new pods · route web: web 50, web-canary 50 · soak 1 min
       5 weight 100 % 100 % new pods · route web: web 0, web-canary 100 · soak 1 min
       6 bake         15 min, old pods warm
       7 names move to the new pods: service web: only the new pods · route web: only web · soak 5 s
       8 old pods drain: half of the old pods drain · the other old pods drain · deployment web: as before
       9 everything else as before: our marks go · service web: as before · delete service web-canary and
                      configmap deploy-undo-web

      wave rest in 2 clusters: eu-west-1, ap-south-1 (one after the other; if one fails, that one goes
      back)
       1 prepare      make configmap deploy-undo-web and service web-canary · pin service web · pause
                      deployment web · mark the stable pods · 5 % new pods
       2 weight 5 %   route web: web 95, web-canary 5 · soak 1 min
       3 wait for a human: until someone says promote or abort
       4 weight 50 %  50 % new pods · route web: web 50, web-canary 50 · soak 1 min
       5 weight 100 % 100 % new pods · route web: web 0, web-canary 100 · soak 1 min
       6 bake         15 min, old pods warm
       7 names move to the new pods: service web: only the new pods · route web: only web · soak 5 s
       8 old pods drain: half of the old pods drain · the other old pods drain · deployment web: as before
       9 everything else as before: our marks go · service web: as before · delete service web-canary and
                      configmap deploy-undo-web

      changes         app: ghcr.io/acme/web:v1.2.2 → v1.2.3
      goes back when  a new pod fails · a stage is not ready after 10 min
      way back        requests first, then services and pods · possible until step 8 (old pods drain) · no
                      stable pod restarts
      proof           weights are accepted by the gateway, not proved by requests

      approve: deploy apply plan.json \\
        --approve 7f3a91c0d2e4b5a6978812345678901234567890abcdefabcdefabcdefabcdef
      "
    `)
  })

  it('an emergency, on a narrow terminal, not saved to a file', () => {
    expect(`\n${planText(planOf({ emergency: true }), { hash, columns: 60 })}`).toMatchInlineSnapshot(`
      "
      EMERGENCY canary web  v1.2.2 → v1.2.3 (sha256:41c2f1f1e0aa…)
      production: us-east-1   about 1 min · 4 changes

       1 in place, by the workload's own strategy: make configmap
                      deploy-undo-web · deployment web: the new
                      template, in place
       2 everything else as before: delete configmap
                      deploy-undo-web · our marks go

      changes         app: ghcr.io/acme/web:v1.2.2 → v1.2.3
      goes back when  a new pod fails · a stage is not ready after
                      10 min
      way back        the template as before · possible until step
                      2 (everything else as before) · old pods
                      that are gone by then are made again

      plan 7f3a91c0d2e4b5a6978812345678901234567890abcdefabcdefabcdefabcdef
      to approve and run it later: add --out plan.json
      "
    `)
  })

  it('a StatefulSet', () => {
    expect(shown({ strategy: 'rolling', stateful: true }, { columns: 80 })).toMatchInlineSnapshot(`
      "
      rolling web  v1.2.2 → v1.2.3 (sha256:41c2f1f1e0aa…)
      production: us-east-1   about 7 min · peak 100 % of the pods · 8 changes

       1 prepare      make configmap deploy-undo-web · statefulset web: new template
                      behind partition 10
       2 25 % new pods: statefulset web: pods from ordinal 7 on
       3 50 % new pods: statefulset web: pods from ordinal 5 on
       4 100 % new pods: statefulset web: pods from ordinal 0 on
       5 the last old pods go: statefulset web: as before
       6 bake         5 min
       7 everything else as before: delete configmap deploy-undo-web · our marks go

      changes         app: ghcr.io/acme/web:v1.2.2 → v1.2.3
      goes back when  a new pod fails · a stage is not ready after 10 min
      way back        the template as before · possible until step 7 (everything else
                      as before) · old pods that are gone by then are made again

      approve: deploy apply plan.json \\
        --approve 7f3a91c0d2e4b5a6978812345678901234567890abcdefabcdefabcdefabcdef
      "
    `)
  })

  it('names what else changes in the template, and shows no value of it', () => {
    const spec = {
      containers: [{ name: 'app', image: 'ghcr.io/acme/web:v1.2.3', env: [{ name: 'PASSWORD', value: 's3cret' }] }],
    }
    const text = shown({ spec: { ...spec, terminationGracePeriodSeconds: 4321 } }, { columns: 120 })
    expect(text.replace(/\s+/g, ' ')).toContain(
      'also spec.containers[app].env[PASSWORD], spec.terminationGracePeriodSeconds (names only',
    )
    expect(text).not.toMatch(/hunter2|s3cret|4321/)
  })

  it.each([40, 60, 80, 100, 120])('is never wider than %i columns, but for what must be copied whole', (columns) => {
    const service = 'a-service-with-a-name-that-is-as-long-as-kubernetes-allows-63'
    for (const wish of [
      {},
      { service, clusters: ['one', 'two'] },
      { strategy: 'rolling' },
      { emergency: true },
    ] as const)
      for (const line of shown(wish, { columns }).split('\n'))
        if (!line.includes(hash)) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
  })

  it('says the same with colours', () => {
    // oxlint-disable-next-line no-control-regex
    const stripped = shown({}, { paint: colours }).replace(/\u001B\[\d+m/g, '')
    expect(stripped).toBe(shown())
  })

  it('lets no text from outside move the cursor', () => {
    expect(shown({ warnings: ['\u001B[2Jgone', '::error::x'] })).toMatch(/\\x1b\[2Jgone\n.*\\x3a:error::x/)
  })
})

describe('what the comparison with stable finds', () => {
  const clusters = ['us-east-1', 'eu-west-1']
  const stages = (wish: PlanWish, traffic: readonly (readonly [string, number])[], comparison = usually): string =>
    planText(comparedPlan(wish, comparison), {
      hash,
      columns: 110,
      traffic: new Map(traffic.map(([unit, rps]) => [unit, { rps, baseline: calm }])),
    }).replace(/^[^]*(\n 2 weight 5 %[^]*) 5 weight 100 %[^]*$/, '$1')

  it('stands at each stage, for the traffic of now', () => {
    expect(stages({}, [['web@us-east-1', 120]])).toMatchInlineSnapshot(`
      "
       2 weight 5 %   route web: web 95, web-canary 5 · soak 5 min · finds 1.1 % errors in 3 min 2 s, latency ×2 in
                      1 min 55 s at 120 rps
       3 weight 25 %  25 % new pods · route web: web 75, web-canary 25 · soak 5 min · finds 1.1 % errors in 54 s,
                      latency ×1.5 in 1 min 27 s at 120 rps
       4 weight 50 %  50 % new pods · route web: web 50, web-canary 50 · soak 5 min · finds 1.1 % errors in 47 s,
                      latency ×1.5 in 1 min 10 s at 120 rps
      "
    `)
  })

  it('is the least of clusters that do the same', () => {
    const text = stages({ clusters }, [
      ['web@us-east-1', 1200],
      ['web@eu-west-1', 3.21],
    ])
    expect(text).toContain('at 3.2 rps, the least of these')
    expect(text).not.toContain('1200')
  })

  it('says when a good version may go on before the soak is over', () => {
    const early = { ...usually, terms: { ...usually.terms, early: true } }
    expect(stages({}, [['web@us-east-1', 5000]], early)).toMatch(/a good\s+version\s+goes\s+on\s+after\s+1\s+min/)
  })

  it('is not there where the traffic is not known', () => {
    expect(stages({}, [])).not.toContain('finds')
  })

  it('is said to programs beside the plan, with each need in seconds', () => {
    const plan = comparedPlan()
    const detection = detectionJson(plan, new Map([['web@us-east-1', { rps: 0.01, baseline: calm }]]))
    expect(documents.plan.parse({ deploy: 'plan', hash, plan, detection }).detection).toEqual(detection)
    const [first] = detection[0]?.stages ?? []
    expect(first).toMatchObject({ id: 'weight-5', weight: 0.05, soak: 300, smallest: null, slower: null, early: null })
  })
})
