import type { Rule } from '../world.ts'
import { budgetRule } from './budget.ts'
import { deploymentRule } from './deployment/rule.ts'
import { endpointsRule } from './endpoints.ts'
import { garbageRule } from './garbage.ts'
import { podRule } from './pod.ts'
import { replicaSetRule } from './replica-set.ts'
import { routeRule } from './route.ts'
import { schedulerRule } from './scheduler.ts'
import { statefulSetRule } from './stateful-set/rule.ts'

/** Every controller there is. A new one is one file and one line here. */
export const rules: readonly Rule[] = [
  deploymentRule,
  replicaSetRule,
  statefulSetRule,
  schedulerRule,
  podRule,
  endpointsRule,
  routeRule,
  budgetRule,
  garbageRule,
]
