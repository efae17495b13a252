/** The lab tried on itself: what scenarios rely on, without our CLI. */
import { describe, expect, it } from 'vitest'
import { freshNamespace, lab } from './fixture.ts'
import { differences } from './differences.ts'
import { waitFor } from './wait-for.ts'

describe('two clusters side by side', () => {
  it('answers both from one kubeconfig in the middle namespace', async () => {
    const names = await Promise.all(
      lab.names.map(async (name) => (await lab.cluster(name).kubectl('get', 'nodes', '-o', 'name')).split('\n').length),
    )
    expect(names).toEqual([4, 4])
    expect(new Set(lab.facts.clusters.map(({ server }) => server)).size).toBe(2)
  })

  it('keeps them apart', async () => {
    const { name } = await freshNamespace('a')
    await expect(lab.cluster('b').kubectl('get', 'namespace', name)).rejects.toThrow('NotFound')
  })
})

describe('real rollouts', () => {
  it('replaces every pod without one failed request, at the gateway and at the Service', async () => {
    const namespace = await freshNamespace()
    const web = await namespace.web({ replicas: 4, internal: true, budget: { maxUnavailable: 1 } })
    const outside = await namespace.startLoad({ via: 'gateway' })
    const inside = await namespace.startLoad({ via: 'service', service: 'web-internal' })
    await namespace.kubectl('set', 'image', 'deployment/web', 'app=registry.lab/web:2.0.0')
    await namespace.kubectl('rollout', 'status', 'deployment/web', '--timeout=120s')
    await waitFor('the new version answers alone', () =>
      (inside.totals().seconds.at(-1)?.counts ?? []).every(({ version }) => version === '2.0.0'),
    )
    await waitFor(
      'old pods are gone',
      async () => (await namespace.kubectl('get', 'pods', '-o', 'name')).split('\n').length === 4,
    )
    for (const totals of [await outside.stop(), await inside.stop()]) {
      expect(totals.failures).toEqual([])
      expect(totals.failed).toBe(0)
      expect(Object.keys(totals.byVersion).sort()).toEqual(['1.0.0', '2.0.0'])
      expect(totals.sent).toBeGreaterThan(500)
    }
    const after = await namespace.podUids(web.selector)
    expect(after.filter((uid) => web.uids.includes(uid))).toEqual([])
  })

  it('shows a Deployment as it was, but for the image', async () => {
    const namespace = await freshNamespace()
    await namespace.web({ route: false })
    const before = await namespace.get('deployment', 'web')
    await namespace.kubectl('set', 'image', 'deployment/web', 'app=registry.lab/web:2.0.0')
    await namespace.kubectl('patch', 'deployment', 'web', '-p', '{"spec":{"minReadySeconds":1}}')
    const after = differences(before, await namespace.get('deployment', 'web'))
    expect(after.map(({ path }) => path)).toContain('spec.minReadySeconds')
    expect(after.map(({ path }) => path)).not.toContain('spec.template.spec.containers[0].image')
  })
})

describe('pods behave as their image tag says', () => {
  it.each([
    ['nopull', /ErrImagePull|ImagePullBackOff/],
    ['crash3', /"exitCode":3/],
    ['oom', /OOMKilled/],
    ['noready', /ContainersNotReady/],
  ])('%s', async (token, sign) => {
    const namespace = await freshNamespace('b')
    await namespace.web({ replicas: 1, image: `registry.lab/web:2.0.0-${token}`, route: false, wait: false })
    await waitFor(`a pod shows ${sign}`, async () => sign.test(JSON.stringify(await namespace.pods('app=web'))))
  })

  it('err20 answers a fifth with 500; an annotation on a live pod ends that', async () => {
    const namespace = await freshNamespace('b')
    await namespace.web({ replicas: 1 })
    await namespace.kubectl('annotate', 'pods', '-l', 'app=web', 'lab.test/err=20')
    await waitFor('errors', async () => {
      const { failed } = await (await namespace.startLoad({ via: 'service', requests: 400, rate: 400 })).done
      return failed > 40 && failed < 120
    })
    await namespace.kubectl('annotate', 'pods', '-l', 'app=web', 'lab.test/err-')
    await waitFor('no errors', async () => {
      const { failed } = await (await namespace.startLoad({ via: 'service', requests: 100 })).done
      return failed === 0
    })
  })
})

const secondVersion = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web-canary' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web-canary' } },
      template: {
        metadata: { labels: { app: 'web-canary' } },
        spec: {
          containers: [
            { name: 'app', image: 'registry.lab/web:2.0.0', ports: [{ name: 'http', containerPort: 8080 }] },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web-canary' },
    spec: { selector: { app: 'web-canary' }, ports: [{ port: 80, targetPort: 'http' }] },
  },
]

const weights = (stable: number, canary: number) =>
  JSON.stringify({
    spec: {
      rules: [
        {
          backendRefs: [
            { name: 'web', port: 80, weight: stable },
            { name: 'web-canary', port: 80, weight: canary },
          ],
        },
      ],
    },
  })

it('shows logs of a pod, also of the container before', async () => {
  const namespace = await freshNamespace('b')
  await namespace.web({ replicas: 1, image: 'registry.lab/web:2.0.0-crash3', route: false, wait: false })
  await waitFor('a log', async () =>
    (await namespace.kubectl('logs', 'deployment/web', '--previous')).includes('FATAL: cannot reach database'),
  )
})

describe('the data plane', () => {
  it('divides requests by the weights of an HTTPRoute', async () => {
    const namespace = await freshNamespace()
    await namespace.web({ replicas: 2 })
    await namespace.apply(secondVersion)
    await namespace.kubectl('rollout', 'status', 'deployment/web-canary', '--timeout=120s')
    await namespace.kubectl('patch', 'httproute', 'web', '--type=merge', '-p', weights(90, 10))
    const totals = await waitFor('both versions answer', async () => {
      const seen = await (await namespace.startLoad({ via: 'gateway', requests: 1000, rate: 400 })).done
      return Object.keys(seen.byVersion).length === 2 && seen
    })
    expect(totals.failures).toEqual([])
    // The first sample may still have begun before the weights were there: 90/10 is exact in the next one.
    const { byVersion, failed } = await (await namespace.startLoad({ via: 'gateway', requests: 1000, rate: 400 })).done
    expect(failed).toBe(0)
    expect(byVersion['2.0.0']).toBeGreaterThanOrEqual(80)
    expect(byVersion['2.0.0']).toBeLessThanOrEqual(120)
  })

  it('shows a dead backend as failures, with their time', async () => {
    const namespace = await freshNamespace()
    await namespace.web({ replicas: 1 })
    const load = await namespace.startLoad({ via: 'gateway' })
    await namespace.kubectl('scale', 'deployment/web', '--replicas=0')
    await waitFor('requests fail', () => load.totals().failed > 20)
    const totals = await load.stop()
    expect(totals.failures).toHaveLength(20)
    expect(totals.failures[0]).toMatchObject({ time: expect.stringMatching(/^20.*Z$/) })
  })

  it('reads counters of one pod through the API server', async () => {
    const namespace = await freshNamespace()
    await namespace.web({ replicas: 1 })
    const [pod] = await namespace.pods('app=web')
    const path = `/api/v1/namespaces/${namespace.name}/pods/${pod?.metadata.name}:8080/proxy/metrics`
    expect(await lab.cluster('a').kubectl('get', '--raw', path)).toMatch(
      /http_requests_total\{method="GET",code="200"\} \d/,
    )
  })
})

describe('refusals are the real ones', () => {
  it('quota', async () => {
    const namespace = await freshNamespace()
    await namespace.kubectl('create', 'quota', 'small', '--hard=pods=2')
    await namespace.web({ replicas: 3, wait: false })
    await waitFor('the ReplicaSet says so', async () =>
      (await namespace.kubectl('get', 'replicasets', '-o', 'json')).includes('exceeded quota: small'),
    )
  })

  it('rights, tokens and authorities', async () => {
    const namespace = await freshNamespace()
    const cluster = lab.cluster('a')
    const as = (file: string) => cluster.kubectl('--kubeconfig', file, '-n', namespace.name, 'get', 'pods')
    const limited = await namespace.userKubeconfig([{ apiGroups: [''], resources: ['services'], verbs: ['get'] }])
    await expect(as(limited)).rejects.toThrow('cannot list resource "pods"')
    await expect(as(await cluster.kubeconfig('expired-token'))).rejects.toThrow(/Unauthorized|logged in/)
    await expect(as(await cluster.kubeconfig('wrong-token'))).rejects.toThrow(/Unauthorized|logged in/)
    await expect(as(await cluster.kubeconfig('wrong-authority'))).rejects.toThrow('x509')
    await expect(as(await cluster.kubeconfig('refused'))).rejects.toThrow('refused')
    await expect(as(await cluster.kubeconfig('no-such-host'))).rejects.toThrow(/no such host|lookup/)
  })
})
