import type { JsonObject } from '../../src/core/json.ts'
import type { PatchOp } from '../../src/core/write.ts'
import type { Step } from './script.ts'

export const image = (tag: string): string => `registry.lab/shop:${tag}`

export const template = (tag: string, release?: string): JsonObject => ({
  metadata: { labels: { app: 'web', ...(release !== undefined && { 'deploy/release': release }) } },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'app', image: image(tag), ports: [{ containerPort: 8080 }] }],
  },
})

export const deployment = (replicas: number, tag = '1.0.0', spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template(tag), ...spec },
})

export const service = (name: string, selector: JsonObject = { app: 'web' }): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
})

export const add = (path: string, value: unknown): PatchOp => ({ op: 'add', path, value })

export const web = (...ops: readonly PatchOp[]): Step => ({ patch: ['Deployment', 'web'], ops })
export const pause: Step = web(add('/spec/paused', true))
export const resume = add('/spec/paused', false)

export const strategy = (maxSurge: number | string, maxUnavailable: number | string): PatchOp =>
  add('/spec/strategy', { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } })

export const brake: readonly PatchOp[] = [
  add('/spec/minReadySeconds', 2_147_483_646),
  add('/spec/progressDeadlineSeconds', 2_147_483_647),
]
export const free: readonly PatchOp[] = [add('/spec/minReadySeconds', 0), add('/spec/progressDeadlineSeconds', 600)]

/** The template metadata of the stable set gets a mark, so that no template equals it. */
export const tag = (version: string, run: string): Step => ({
  patch: ['ReplicaSet', `{set:${version}}`],
  ops: [add('/spec/template/metadata/annotations', { 'deploy/stable': run })],
})
export const untag = (version: string): Step => ({
  patch: ['ReplicaSet', `{set:${version}}`],
  ops: [{ op: 'remove', path: '/spec/template/metadata/annotations' }],
})
