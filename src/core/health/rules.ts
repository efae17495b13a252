import type { Rule } from './rule.ts'
import { crashLoop, outOfMemory } from './rules/crash.ts'
import { podFailed } from './rules/failed.ts'
import { exitByRuntime, nodeLost, takenAway } from './rules/foreign.ts'
import { imageName, pullFailing, pullRefused } from './rules/image.ts'
import { initUnfinished, sidecarNotReady } from './rules/init.ts'
import { neverReady } from './rules/readiness.ts'
import { podsRefused, webhookDown } from './rules/refused.ts'
import { unschedulable } from './rules/schedule.ts'
import { notBehindService } from './rules/service.ts'
import { containerConfig, containerStart } from './rules/start.ts'
import { volume } from './rules/volume.ts'
import { progressDeadline } from './rules/workload.ts'

/** All pod failure rules. Where several are confirmed, the first in this list is the one that is told. */
export const rules: readonly Rule[] = [
  takenAway,
  nodeLost,
  exitByRuntime,
  podsRefused,
  imageName,
  pullRefused,
  containerConfig,
  containerStart,
  outOfMemory,
  crashLoop,
  podFailed,
  unschedulable,
  volume,
  pullFailing,
  webhookDown,
  initUnfinished,
  sidecarNotReady,
  neverReady,
  notBehindService,
  progressDeadline,
]
