import { type Kind, kinds, type Ref } from '../../core/kinds.ts'
import { isClusterWide } from '../world.ts'

/** What a path below `/api/v1` or `/apis/GROUP/VERSION` names. */
export interface Target {
  readonly kind: Kind
  /** `null`: of all namespaces. Empty for what is of the whole cluster. */
  readonly namespace: string | null
  /** `null`: all of them. */
  readonly name: string | null
  /** `['scale']`, `['proxy', 'metrics']`. */
  readonly below: readonly string[]
}

/** `null`: no kind that is modelled. */
export function targetOf(path: readonly string[]): Target | null {
  const [root, ...rest] = path
  const version = root === 'api' ? rest[0] : root === 'apis' ? `${rest[0]}/${rest[1]}` : null
  if (version === null) return null
  const parts = rest.slice(root === 'api' ? 1 : 2)
  const isNamespaced = parts[0] === 'namespaces' && parts.length > 2 && !['status', 'finalize'].includes(parts[2] ?? '')
  const [plural = '', name = null, ...below] = isNamespaced ? parts.slice(2) : parts
  const kind = kindOf(version ?? '', plural)
  if (kind === null || (isNamespaced && isClusterWide(kind))) return null
  const namespace = isClusterWide(kind) ? '' : isNamespaced ? (parts[1] ?? '') : null
  if (namespace === null && name !== null) return null
  return { kind, namespace, name, below }
}

const kindOf = (apiVersion: string, plural: string): Kind | null =>
  (Object.keys(kinds) as Kind[]).find(
    (kind) => kinds[kind].apiVersion === apiVersion && kinds[kind].plural === plural,
  ) ?? null

export const refIn = ({ kind, namespace, name }: Target): Ref => ({
  kind,
  namespace: namespace ?? '',
  name: name ?? '',
})
