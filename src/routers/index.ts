import type { Router } from '../core/router.ts'
import { gatewayApi } from './gateway-api.ts'
import { replicas } from './replicas.ts'
import { selector } from './selector.ts'

/** Every router there is, in the order in which they are looked for when the configuration names none. */
export const routers: readonly Router[] = [gatewayApi, selector, replicas]
