import type { Check } from './check.ts'
import { cache } from './checks/cache.ts'
import { clock } from './checks/clock.ts'
import { clusters } from './checks/clusters.ts'
import { config } from './checks/config.ts'
import { image } from './checks/image.ts'
import { leftOver } from './checks/left-over.ts'
import { metrics } from './checks/metrics.ts'
import { node } from './checks/node.ts'
import { release } from './checks/release.ts'
import { rights } from './checks/rights.ts'
import { router } from './checks/router.ts'

/** In the order in which they are told: what others rest on comes first. */
export const checks: readonly Check[] = [
  node,
  cache,
  config,
  clusters,
  clock,
  rights,
  router,
  metrics,
  release,
  leftOver,
  image,
]
