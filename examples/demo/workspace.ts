import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { namespace } from './shop.ts'

export interface Workspace {
  readonly folder: string
  readonly kubeconfig: string
  /** A folder for PATH: its `deploy` goes by the world's clock. */
  readonly bin: string
  /** Where the simulated cluster says what it was asked and does not model. */
  readonly refused: string
  furnish(furniture: Furniture): Promise<void>
}

export interface Furniture {
  /** Of the API server. */
  readonly url: string
  readonly image: string
  readonly speed: number
}

/** A folder of its own with what a team would have: a kubeconfig and a deploy.yaml. It stays, since runs keep their evidence there. */
export async function workspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-demo-'))
  const [kubeconfig, bin, refused] = [join(folder, 'kubeconfig'), join(folder, 'bin'), join(folder, 'refused.log')]
  return {
    folder,
    kubeconfig,
    bin,
    refused,
    furnish: async ({ url, image, speed }) => {
      await mkdir(bin)
      await writeFile(kubeconfig, kubeconfigOf(url), { mode: 0o600 })
      await writeFile(join(folder, 'deploy.yaml'), configOf(image))
      await writeFile(join(bin, 'deploy'), scriptOf(url, speed), { mode: 0o755 })
    },
  }
}

const kubeconfigOf = (server: string): string => `apiVersion: v1
kind: Config
current-context: demo
contexts: [{ name: demo, context: { cluster: demo, user: demo, namespace: ${namespace} } }]
clusters: [{ name: demo, cluster: { server: "${server}" } }]
users: [{ name: demo, user: { token: simulated } }]
`

const configOf = (image: string): string => `version: 1
services:
  web:
    image: ${image}
    metrics: # the pods' own, through the API server
      source: pods
      port: 8080
      requests: http_requests_total
      errors: code=~"5.."
      latency: http_request_duration_seconds
    slo: { availability: 99%, latency: { p95: 500ms } }
    rollback: { when: [error-rate > 5% for 2m, latency.p95 > 2s for 2m, restarts > 2] }
environments:
  demo:
    namespace: ${namespace}
    clusters: [{ name: demo, context: demo }]
strategies:
  canary: { weights: [5, 25, 50], soak: 5m, bake: 10m }
`

const scriptOf = (url: string, speed: number): string => `#!/bin/sh
DEMO_WORLD="${url} ${speed}" exec "${process.execPath}" "${join(import.meta.dirname, 'deploy.ts')}" "$@"
`
