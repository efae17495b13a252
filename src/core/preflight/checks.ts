import type { PreflightCase } from './case.ts'
import type { Check } from './check.ts'
import { ownedAutoscaler, severalAutoscalers, totalTarget } from './checks/autoscaler.ts'
import { budgetShared, noEviction, severalBudgets } from './checks/budgets.ts'
import { bypass, leftOut, localTraffic } from './checks/bypass.ts'
import { serviceEmpty } from './checks/endpoints.ts'
import { budgetPinLeft, pinLeft, tagLeft } from './checks/left-over.ts'
import { limitRange } from './checks/limit-range.ts'
import { nameTaken, nameTooLong } from './checks/names.ts'
import { runOpen } from './checks/open-run.ts'
import { otherOwner, selfHeal, selfHealUnknown } from './checks/owners.ts'
import { nodeRoom, nodesNotSeen, noSpareDomain } from './checks/placement.ts'
import { quotaDemands, quotaShort, quotaUnread } from './checks/quota.ts'
import { canNotSplit, routeSticky } from './checks/router.ts'
import { headless, notReadyPublished, sticky } from './checks/service-manner.ts'
import { serviceElsewhere, serviceLost, serviceShared, targetPortMissing } from './checks/services.ts'
import { rollOutWaiting, stableMissing, stableUnhealthy, stableUnknown, twoLiveSets } from './checks/stable.ts'
import { alreadyPaused, brakeLeft, longMinReady, noReplicas, operatorOwned, shortHistory } from './checks/state.ts'
import { onDelete, partitionLeft, recreate, rollingOnly } from './checks/strategy.ts'
import { containerMissing, daemonSet, routeMissing, serviceMissing, workloadMissing } from './checks/target.ts'
import { releaseLabelSelected, selectorMismatch, spreadCounted } from './checks/template.ts'
import { singleWriter } from './checks/volumes.ts'

/** Asked before the workload is known to be there. */
export const targetChecks: readonly Check<PreflightCase>[] = [
  runOpen,
  workloadMissing,
  daemonSet,
  serviceMissing,
  routeMissing,
  containerMissing,
]

/** Asked of an existing workload. The order is the one in which complaints are told. */
export const checks: readonly Check[] = [
  operatorOwned,
  alreadyPaused,
  noReplicas,
  twoLiveSets,
  rollOutWaiting,
  stableMissing,
  stableUnhealthy,
  stableUnknown,
  selfHeal,
  brakeLeft,
  pinLeft,
  tagLeft,
  budgetPinLeft,
  nameTaken,
  nameTooLong,
  recreate,
  rollingOnly,
  onDelete,
  partitionLeft,
  canNotSplit,
  routeSticky,
  selectorMismatch,
  releaseLabelSelected,
  serviceElsewhere,
  serviceLost,
  serviceShared,
  serviceEmpty,
  targetPortMissing,
  headless,
  notReadyPublished,
  localTraffic,
  leftOut,
  singleWriter,
  noSpareDomain,
  quotaShort,
  quotaDemands,
  limitRange,
  nodeRoom,
  totalTarget,
  ownedAutoscaler,
  severalAutoscalers,
  noEviction,
  budgetShared,
  severalBudgets,
  spreadCounted,
  sticky,
  longMinReady,
  shortHistory,
  otherOwner,
  bypass,
  quotaUnread,
  nodesNotSeen,
  selfHealUnknown,
]
