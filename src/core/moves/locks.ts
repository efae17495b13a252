import type { Json } from '../json.ts'
import { notePath } from '../marks.ts'

/**
 * The brake. New pods become Ready, and Services, budgets and autoscalers count them, but the Deployment controller
 * never finds them "available" and so never goes on by itself: old = replicas - maxUnavailable, new = maxSurge +
 * maxUnavailable, for ever. The deadline must be larger than minReadySeconds (API validation); both are int32.
 */
export const brake: Readonly<Record<string, Json>> = {
  '/spec/minReadySeconds': 2_147_483_646,
  '/spec/progressDeadlineSeconds': 2_147_483_647,
}

export const brakePaths = Object.keys(brake)

/**
 * maxSurge and maxUnavailable in percent of the live replicas: an autoscaler that moves while nobody watches moves both
 * sets in proportion. The API server refuses 0 for both.
 */
export const strategyOf = (surge: number, unavailable: number): Json => ({
  type: 'RollingUpdate',
  rollingUpdate: {
    maxSurge: surge === 0 ? 0 : `${surge}%`,
    maxUnavailable: unavailable === 0 ? 0 : `${unavailable}%`,
  },
})

export const paths = {
  template: '/spec/template',
  paused: '/spec/paused',
  strategy: '/spec/strategy',
  selector: '/spec/selector',
  note: notePath,
  stableTag: '/spec/template/metadata/annotations/deploy~1stable',
  scaleDown: '/spec/behavior/scaleDown/selectPolicy',
} as const
