import { type Kind, kinds } from '../../core/kinds.ts'

const root = (apiVersion: string): string => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`)

/** `/apis/apps/v1/namespaces/web/deployments`, and with a name the object's. */
export function pathOf(of: { readonly kind: Kind; readonly namespace: string; readonly name?: string }): string {
  const { apiVersion, plural, ...rest } = kinds[of.kind]
  const namespace = 'clusterScoped' in rest ? '' : `/namespaces/${encodeURIComponent(of.namespace)}`
  const name = of.name === undefined ? '' : `/${encodeURIComponent(of.name)}`
  return `${root(apiVersion)}${namespace}/${plural}${name}`
}

export const groupOf = (kind: Kind): string => {
  const { apiVersion } = kinds[kind]
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
}

/** `deployments.apps`, as `kubectl auth can-i` takes it. */
export const resourceOf = (kind: Kind): string =>
  [kinds[kind].plural, groupOf(kind)].filter((part) => part !== '').join('.')

export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) params.set(key, String(value))
  return params.size === 0 ? path : `${path}?${params.toString()}`
}
