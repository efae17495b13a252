import { describe, expect, it } from 'vitest'
import { environmentName } from '../../../src/cli/init/environment-name.ts'
import { foundAround } from '../../../src/cli/init/found.ts'
import { configText } from '../../../src/cli/init/written.ts'
import { parseConfig } from '../../../src/config/load.ts'
import { type Kind, keyOf } from '../../../src/core/kinds.ts'
import type { Container, Deployment, KubeObject } from '../../../src/core/objects.ts'
import { strategies } from '../../../strategies/index.ts'

interface World {
  readonly containers?: readonly Container[]
  readonly annotations?: Readonly<Record<string, string>>
  readonly others?: readonly KubeObject[]
}

const labels = { app: 'shop' }
const service = (name: string, selector: object = labels): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector, ports: [{ port: 80, targetPort: 'http' }] },
})
const route = (name: string, to: string): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name },
  spec: { rules: [{ backendRefs: [{ name: to, port: 80 }] }] },
})

function textFor({ containers, annotations = {}, others = [] }: World): string {
  const image = 'registry.example.com:5000/acme/shop:v1'
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations }, spec: { containers: containers ?? [{ name: 'app', image }] } },
    },
  }
  const objects = new Map(
    [deployment, ...others].map((one) => [keyOf({ kind: one.kind as Kind, name: one.metadata.name }), one]),
  )
  const found = foundAround({ at: 0, namespace: 'shop', objects, silentSince: null }, deployment)
  return configText({ ...found, environment: 'prod', context: 'prod@eu', notes: [] })
}

const understood = (text: string) => parseConfig(text, 'deploy.yaml', { strategies }).config

describe('a written deploy.yaml', () => {
  it('has the Service as the name, the workload where that is another, and its route', () => {
    const { services, environments } = understood(
      textFor({ others: [service('front'), service('other', { app: 'else' }), route('public', 'front')] }),
    )
    expect(services).toMatchObject({
      front: {
        image: 'registry.example.com:5000/acme/shop',
        workload: { kind: 'Deployment', name: 'shop' },
        traffic: { router: 'gateway-api', route: 'public' },
      },
    })
    expect(Object.keys(services)).toEqual(['front'])
    expect(environments).toMatchObject({ prod: { clusters: [{ context: 'prod@eu', namespace: 'shop' }] } })
  })

  it('takes the Service that a route sends to, then the one of the same name', () => {
    const both = [service('a-internal'), service('shop'), service('z-public')]
    expect(Object.keys(understood(textFor({ others: both })).services)).toEqual(['shop'])
    const routed = textFor({ others: [...both, route('r', 'z-public')] })
    expect(Object.keys(understood(routed).services)).toEqual(['z-public'])
    expect(routed).toContain('# shop, a-internal select these pods, too')
  })

  it('says that there is no Service, or no route', () => {
    expect(textFor({})).toContain('shop: # no Service selects its pods')
    const text = textFor({ others: [service('shop')] })
    expect(understood(text).services['shop']?.traffic).toBeUndefined()
    expect(text).toContain('# No HTTPRoute sends to this Service.')
  })

  it('names every route where several send to it, and sets weights on one', () => {
    const text = textFor({ others: [service('shop'), route('a', 'shop'), route('b', 'shop')] })
    expect(understood(text).services['shop']?.traffic).toMatchObject({ route: 'a' })
    expect(text).toContain('# b sends to it, too')
  })

  it('takes the image of the container that the Service sends to', () => {
    const containers = [
      { name: 'proxy', image: 'envoyproxy/envoy:v1.30' },
      { name: 'main', image: 'acme/shop:v3', ports: [{ name: 'http', containerPort: 8080 }] },
    ]
    const text = textFor({ containers, others: [service('shop')] })
    expect(understood(text).services['shop']?.image).toBe('acme/shop')
    expect(text).toContain('# beside it run: envoyproxy/envoy; they stay as they are')
  })

  it('has metrics as a comment that is right once the # is taken away, where pods say that they can be scraped', () => {
    const annotations = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9102', 'prometheus.io/path': '/stats' }
    const text = textFor({ annotations, others: [service('shop')] })
    expect(understood(text).services['shop']).not.toHaveProperty('metrics')
    const wanted = text.replace(
      /^( {4})# (metrics:\n(?: {4}# {3}.*\n)+)/m,
      (_, indent: string, block: string) => `${indent}${block.replaceAll(/^ {4}# /gm, indent)}`,
    )
    expect(understood(wanted).services['shop']).toMatchObject({ metrics: { kind: 'pods', port: 9102, path: '/stats' } })
    expect(textFor({})).not.toContain('metrics:')
  })

  it('quotes what YAML would take for something else', () => {
    const found = { deployment: 'x', namespace: '123', image: 'acme/x', version: 'v1', otherImages: [], scrape: null }
    const context = 'arn:aws:eks:eu-west-1:1:cluster/prod'
    const text = configText({ ...found, services: ['x'], routes: [], environment: 'no', context, notes: [] })
    expect(understood(text).environments).toMatchObject({
      no: { clusters: [{ context, namespace: '123' }] },
    })
  })
})

it.each([
  ['staging', 'staging'],
  ['arn:aws:eks:eu-west-1:123456789012:cluster/prod', 'prod'],
  ['gke_acme_europe-west1_shop', 'shop'],
  ['kubernetes-admin@kind', 'kind'],
  ['a b', 'a-b'],
  ['!!', 'default'],
])('the environment of context %s is called %s', (context, name) => {
  expect(environmentName(context)).toBe(name)
})
