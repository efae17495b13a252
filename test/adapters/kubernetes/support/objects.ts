import type { KubeObject } from '../../../../src/core/objects.ts'

export const pod = (name: string, version: number, uid = `uid-${name}`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'web', uid, resourceVersion: String(version) },
})

export const event = (type: string, object: KubeObject) => ({ type, object })

export const list = (items: readonly KubeObject[], version: number) => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: String(version) },
  // As the server sends them: without kind and apiVersion.
  items: items.map((item) => ({ ...item, kind: undefined, apiVersion: undefined })),
})

/** A `Status`, by which the API server explains a failure. */
export const status = (code: number, reason: string, message: string, details: object = {}) => ({
  status: code,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code },
})
