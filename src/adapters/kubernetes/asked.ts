import { kinds } from '../../core/kinds.ts'
import type { About, Peer } from './failure.ts'

/** `cluster us-east-1 (https://10.0.0.1:6443)`. */
export const place = ({ name, server }: Peer): string => `cluster ${name} (${server})`

/** `patch deployment/web in namespace web`: what was asked, for people. */
export function asked({ verb, object, what }: About): string {
  if (object === undefined) return `${verb} ${what ?? ''}`.trim()
  const { kind, namespace, name, subresource } = object
  const thing = name === undefined ? kinds[kind].plural : `${kind.toLowerCase()}/${name}`
  const where = 'clusterScoped' in kinds[kind] ? '' : ` in namespace ${namespace}`
  return `${verb} ${subresource === undefined ? '' : `${subresource} of `}${thing}${where}`
}

/** ` --context prod`, for commands that a message offers. */
export const contextFlag = ({ context }: Peer): string => (context === null ? '' : ` --context ${context}`)
