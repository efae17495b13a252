import { clustersAsked } from './clusters.ts'
import type { Loaded } from './load.ts'
import { asked, pick } from './pick.ts'
import type { Asked } from './resolve.ts'
import type { Setting } from './setting.ts'
import { DeployError } from '../core/errors.ts'
import type { Variables } from './variables.ts'

/** What a command would work on: service, environment, clusters, namespace, as far as they are said. */
export function chosen(
  told: Pick<Asked, 'service' | 'env' | 'cluster' | 'namespace'>,
  { config, where }: Loaded,
  variables: Variables,
): Setting[] {
  const service = asked(told.service, '--service', variables, 'DEPLOY_SERVICE')
  const environment = asked(told.env, '--env', variables, 'DEPLOY_ENV')
  const namespace = asked(told.namespace, '--namespace', variables, 'DEPLOY_NAMESPACE')
  const clusters = clustersAsked(told.cluster, variables)
  return [
    ...one('service', () => pick('service', service, config.services, where)),
    ...one('environment', () => pick('environment', environment, config.environments, where)),
    ...(clusters ? [{ key: 'clusters', text: clusters.value.join(', '), origin: clusters.origin }] : []),
    ...(namespace ? [{ key: 'namespace', text: namespace.value, origin: namespace.origin }] : []),
  ]

  /** Where there are several and none was named there is nothing to say; a wrong name is an error. */
  function one(key: 'service' | 'environment', find: () => ReturnType<typeof pick>): Setting[] {
    try {
      const { value, origin } = find()
      return [{ key, text: value, origin }]
    } catch (error) {
      const said = key === 'service' ? service : environment
      if (error instanceof DeployError && !said) return []
      throw error
    }
  }
}
