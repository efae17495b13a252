import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromVariables, originText } from '../../src/config/setting.ts'
import { file, refusal, refused, release } from './sample.ts'

const twoPlaces = file({
  services: '  web: { image: a/web }\n  api: { image: a/api }',
  environments:
    '  staging: { clusters: [{ context: s }] }\n  production: { protected: true, clusters: [{ context: p }] }',
})

describe('the environment', () => {
  it('is implied where there is only one', () => {
    const { environment, settings } = release(file())
    expect(environment).toBe('staging')
    const origin = settings.find(({ key }) => key === 'environment')?.origin
    expect(origin && originText(origin)).toBe('deploy.yaml:5:3, the only one')
  })

  it('is named by flag before variable', () => {
    const asked = { env: 'production', service: 'web' }
    expect(release(twoPlaces, asked, { DEPLOY_ENV: 'staging' })).toMatchObject({
      environment: 'production',
      protected: true,
    })
    expect(release(twoPlaces, { service: 'web' }, { DEPLOY_ENV: 'staging' })).toMatchObject({
      environment: 'staging',
      protected: false,
    })
  })

  it.each([
    ['', {}, 'deploy.yaml has 2 environments and none was named: staging, production', 'name one: --env staging'],
    [
      'prodution',
      {},
      'there is no environment "prodution" in deploy.yaml',
      'did you mean production? Known here: staging, production',
    ],
    [
      '',
      { DEPLOY_ENV: 'dev' },
      'there is no environment "dev" in deploy.yaml (from DEPLOY_ENV)',
      'known here: staging, production',
    ],
    ['constructor', {}, 'there is no environment "constructor" in deploy.yaml', 'known here: staging, production'],
  ])('%s with %o is refused', (env, variables, what, remedy) => {
    const act = () => release(twoPlaces, { service: 'web', env: env || undefined }, variables)
    expect(refused(act)).toMatchObject({ code: 'config-environment', exit: 'usage', what, remedy })
  })
})

describe('the service', () => {
  it.each([
    ['', 'deploy.yaml has 2 services and none was named: web, api', 'name one: --service web'],
    ['wbe', 'there is no service "wbe" in deploy.yaml', 'did you mean web? Known here: web, api'],
  ])('%s is refused where there are several', (service, what, remedy) => {
    const act = () => release(twoPlaces, { env: 'staging', service: service || undefined })
    expect(refused(act)).toMatchObject({ code: 'config-service', what, remedy })
  })

  it('has a Deployment of its own name unless it says otherwise', () => {
    expect(release(file()).workload).toEqual({ kind: 'Deployment', name: 'web' })
    const stateful = file({ services: '  web: { image: a/web, workload: statefulset/db }' })
    expect(release(stateful).workload).toEqual({ kind: 'StatefulSet', name: 'db' })
  })

  it('leaves out of the pins only what is false', () => {
    const text = file({ services: '  web: { image: a/web, traffic: { pin: { a: false, b: true } } }' })
    expect(release(text).traffic).toEqual({ unpinned: ['a'] })
  })

  it('finds its manifests beside the file', () => {
    const text = file({ services: '  web: { image: a/web, manifests: k8s/web.yaml }' })
    expect(release(text).manifests).toBe('/project/k8s/web.yaml')
  })
})

describe('the strategy', () => {
  it('may be a variant, with its own options', () => {
    const text = file({ strategies: '  canary: { soak: 1m }\n  careful: { type: canary, weights: [1, pause] }' })
    expect(release(text, { strategy: 'careful' }).strategy).toMatchObject({
      name: 'careful',
      type: 'canary',
      options: { weights: [1, 'pause'], soak: 300_000 },
    })
  })

  it('that nobody knows is refused with the nearest', () => {
    const text = file({ strategies: '  careful: { type: canary }' })
    expect(refused(() => release(text, { strategy: 'carful' }))).toMatchObject({
      code: 'config-strategy',
      what: 'there is no strategy "carful"',
      remedy: 'did you mean careful? Known here: canary, rolling, careful',
    })
  })

  it('has the policy of every strategy, with defaults', () => {
    expect(release(file()).policy).toEqual({
      deadline: 600_000,
      onFailure: 'wave',
      parallel: 1,
      early: false,
      onInconclusive: 'hold',
      onProviderDown: 'pause',
    })
    const text = file({ strategies: '  canary: { deadline: 1m, allowedBad: 2, onFailure: all, parallel: 3 }' })
    expect(release(text).policy).toMatchObject({ deadline: 60_000, allowedBad: 2, onFailure: 'all', parallel: 3 })
  })
})

describe('flags beat variables beat the file beat the defaults', () => {
  const layers = fc.record({
    flag: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
    named: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
    variable: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
    written: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
  })

  it('for any option, and the winner is named', () => {
    fc.assert(
      fc.property(layers, ({ flag, named, variable, written }) => {
        const text = file(written === undefined ? {} : { strategies: `  canary: { bake: ${written}s }` })
        const told = {
          ...(named !== undefined && { bake: `${named}s` }),
          ...(flag !== undefined && { set: [`bake=${flag}s`] }),
        }
        const { strategy, settings } = release(text, told, {
          DEPLOY_CANARY_BAKE: variable === undefined ? '' : `${variable}s`,
        })
        const origin = settings.find(({ key }) => key === 'strategies.canary.bake')?.origin
        const [value, name] =
          named !== undefined
            ? [named, '--bake']
            : flag !== undefined
              ? [flag, '--set bake']
              : variable !== undefined
                ? [variable, 'DEPLOY_CANARY_BAKE']
                : written !== undefined
                  ? [written, 'deploy.yaml:7:19']
                  : [900, 'default']
        expect(strategy.options['bake']).toBe(value * 1000)
        expect(origin && originText(origin)).toBe(name)
      }),
    )
  })

  it('of two --set the last one holds', () => {
    expect(release(file(), { set: ['soak=1m', 'soak=2m'] }).strategy.options['soak']).toBe(120_000)
  })

  it('a list is given with or without brackets', () => {
    for (const list of ['5,pause,50%', '[5, pause, 50]'])
      expect(release(file(), { set: [`weights=${list}`] }).strategy.options['weights']).toEqual([5, 'pause', 50])
  })

  it('the plan lists what the environment said, as it was said', () => {
    const { settings } = release(
      file(),
      {},
      { DEPLOY_CANARY_WEIGHT: '25', DEPLOY_NAMESPACE: 'web', DEPLOY_CANARY_SOAK: '' },
    )
    expect(fromVariables(settings)).toEqual(['DEPLOY_NAMESPACE=web', 'DEPLOY_CANARY_WEIGHT=25'])
  })

  it('every setting is shown as one would write it', () => {
    const text = file({ strategies: '  rolling: { bake: 90s }' })
    const shown = release(text, { strategy: 'rolling' }).settings.map(
      ({ key, text, origin }) => `${key} ${text} (${originText(origin)})`,
    )
    expect(shown).toEqual([
      'service web (deploy.yaml:3:3, the only one)',
      'environment staging (deploy.yaml:5:3, the only one)',
      'strategies.rolling.batches [25%, 50%, 100%] (default)',
      'strategies.rolling.bake 1m30s (deploy.yaml:7:20)',
      'strategies.rolling.deadline 10m (default)',
      'strategies.rolling.onFailure wave (default)',
      'strategies.rolling.parallel 1 (default)',
      'strategies.rolling.early false (default)',
      'strategies.rolling.onInconclusive hold (default)',
      'strategies.rolling.onProviderDown pause (default)',
    ])
  })
})

describe('--weight begins at that weight', () => {
  const weights = (list: string, weight: string) =>
    release(file({ strategies: `  canary: { weights: ${list} }` }), { weight }).strategy.options['weights']

  it.each([
    ['[5, 25, 50]', '25', [25, 50]],
    ['[5, 25, 50]', '30%', [30, 50]],
    ['[5, 25, 50]', '1', [1, 5, 25, 50]],
    ['[5, 25, 50]', '100', [100]],
    ['[1, 5, pause, 50]', '25', [25, 'pause', 50]],
    ['[pause, 5, pause, 50]', '5', [5, 'pause', 50]],
  ])('%s at %s', (list, weight, expected) => {
    expect(weights(list, weight)).toEqual(expected)
  })

  it('on top of a list from the command line', () => {
    expect(release(file(), { set: ['weights=10,20,30'], weight: '20' }).strategy.options['weights']).toEqual([20, 30])
  })

  it('a variable leaves a list from the command line alone', () => {
    const variables = { DEPLOY_CANARY_WEIGHT: '50' }
    expect(release(file(), { set: ['weights=5,25'] }, variables).strategy.options['weights']).toEqual([5, 25])
    expect(release(file(), {}, variables).strategy.options['weights']).toEqual([50])
  })
})

describe('a wrong value is refused with the flag or variable that gave it', () => {
  const durationRemedy = 'write it like 90s, 5m, 1h30m or 0s: whole numbers with d, h, m, s or ms, at most a year'
  it.each([
    [{ set: ['soak'] }, {}, '--set soak: there is no = in it', 'write --set option=value'],
    [
      { set: ['soka=5m'] },
      {},
      '--set soka=5m: canary has no option "soka"',
      'did you mean soak? Known here: weights, soak, bake, deadline, allowedBad, onFailure, parallel, early, onInconclusive, onProviderDown',
    ],
    [{ set: ['soak=5'] }, {}, '--set soak=5: 5 is not a duration', 'add a unit: 5s, 5m or 5h'],
    [{ set: ['soak='] }, {}, '--set soak=: "" is not a duration', durationRemedy],
    [{ bake: '-5m' }, {}, '--bake -5m: "-5m" is not a duration', durationRemedy],
    [
      { weight: '101' },
      {},
      '--weight 101: 101 is not a percentage from 1 to 100',
      'write a whole percentage from 1 to 100, like 25 or 25%',
    ],
    [
      {},
      { DEPLOY_CANARY_WEIGHTS: '50,5' },
      'DEPLOY_CANARY_WEIGHTS=50,5: 5 after 50 does not rise',
      'write them in rising order, each once, like [5, 25, 50]',
    ],
    [{ set: ['weights='] }, {}, '--set weights=: there is no weight', 'write at least one, like [5, 25, 50]'],
    [{ set: ['early=soon'] }, {}, '--set early=soon: "soon" is not true or false', 'write true or false'],
    [
      { strategy: 'rolling', weight: '5' },
      {},
      '--weight 5: rolling has no weights',
      'leave it out, or use a strategy that has: canary',
    ],
    [
      { strategy: 'rolling', set: ['batches=25,100'] },
      {},
      '--set batches=25,100: 25 has no unit: pods or percent?',
      'write 25%; batches are percentages of the replicas',
    ],
  ])('%o %o', (asked, variables, what, remedy) => {
    expect(refused(() => release(file(), asked, variables))).toMatchObject({
      code: 'config-option',
      exit: 'usage',
      what,
      remedy,
    })
  })

  it('all of them at once', () => {
    const said = refusal(() => release(file(), { bake: '5', weight: 'x' }, { DEPLOY_CANARY_SOAK: '1' }))
    expect(said).toContain('deploy canary: 3 problems')
    for (const place of ['DEPLOY_CANARY_SOAK=1:', '--bake 5:', '--weight x:']) expect(said).toContain(place)
  })
})

describe('variables that do nothing are said, without their values', () => {
  it.each([
    ['DEPLOY_ENVIROMENT', 'DEPLOY_ENVIROMENT is no variable of deploy and is not read'],
    ['DEPLOY_NAMESPCE', 'DEPLOY_NAMESPCE is no variable of deploy and is not read; did you mean DEPLOY_NAMESPACE?'],
    [
      'DEPLOY_CANARY_WEIGTH',
      'DEPLOY_CANARY_WEIGTH is no variable of deploy and is not read; did you mean DEPLOY_CANARY_WEIGHT?',
    ],
    ['DEPLOY_KEY', 'DEPLOY_KEY is no variable of deploy and is not read'],
    ...['APPROVE', 'EMERGENCY', 'FORCE', 'IGNORE_TRIGGER', 'SUPERSEDE', 'REASON'].map((name) => [
      `DEPLOY_${name}`,
      `DEPLOY_${name} is not read: this is decided for each release, with --${name.toLowerCase().replace('_', '-')} on the command line`,
    ]),
  ])('%s', (name, warning) => {
    expect(release(file(), {}, { [name]: 's3cret' }).warnings).toEqual([warning])
  })

  it('those of other strategies are known', () => {
    expect(
      release(file(), {}, { DEPLOY_ROLLING_BATCHES: 'whatever', DEPLOY_OUTPUT: 'json', HOME: '/root' }).warnings,
    ).toEqual([])
  })
})

describe('the clusters', () => {
  const text = file({
    environments: `  production:
    namespace: web
    clusters:
      - { name: us-east-1, context: prod-use1, namespace: front, kubeconfig: kube/prod }
      - { name: eu-west-1, eks: { cluster: prod, region: eu-west-1 } }
      - { context: prod-apse1, kubeconfig: ~/.kube/config }`,
  })

  it('come in the order of the file, each with the nearest namespace', () => {
    expect(release(text, {}, { HOME: '/home/anna' }).clusters).toEqual([
      { name: 'us-east-1', context: 'prod-use1', namespace: 'front', kubeconfig: '/project/kube/prod' },
      { name: 'eu-west-1', eks: { cluster: 'prod', region: 'eu-west-1' }, namespace: 'web' },
      { name: 'prod-apse1', context: 'prod-apse1', namespace: 'web', kubeconfig: '/home/anna/.kube/config' },
    ])
  })

  it('have no namespace of ours where nobody names one', () => {
    expect(release(file()).clusters).toEqual([{ name: 'staging', context: 'staging' }])
  })

  it('can be chosen, and keep their order', () => {
    const { clusters } = release(text, { cluster: ['prod-apse1', 'us-east-1'], namespace: 'other' })
    expect(clusters.map(({ name, namespace }) => `${name}/${namespace}`)).toEqual([
      'us-east-1/other',
      'prod-apse1/other',
    ])
  })

  it('that are unknown are refused with the nearest', () => {
    expect(refused(() => release(text, {}, { DEPLOY_CLUSTER: 'us-est-1' }))).toMatchObject({
      code: 'config-cluster',
      what: 'there is no cluster "us-est-1"',
      remedy: 'did you mean us-east-1? Known here: us-east-1, eu-west-1, prod-apse1',
    })
  })

  it('take no namespace that Kubernetes would not', () => {
    expect(refused(() => release(text, { namespace: 'Web_1' }))).toMatchObject({
      code: 'config-namespace',
      what: '"Web_1" is not a namespace',
    })
  })
})
