import { nothingSeen } from '../core/health/memory.ts'
import { observeHealth } from '../core/health/observe.ts'
import { nextLook } from '../core/health/next-look.ts'
import type { UnitWorld } from '../core/next/index.ts'
import { stageNow } from '../core/next/index.ts'
import type { Unit } from '../core/plan.ts'
import { type RunState, unitState } from '../core/state.ts'
import type { Millis } from '../core/time.ts'
import { podsOfTrack, setsOf } from '../core/tracks.ts'
import { find, podsOf, type View } from '../core/view.ts'
import type { WorstPod } from '../core/health/worst.ts'
import { defaultDeadline } from '../core/moves/context.ts'

export interface Look extends UnitWorld {
  readonly worst: WorstPod | null
}

/** One unit's eyes: each look adds to what the pod failure rules remember, which is why it is not a pure function. */
export function eyesOf(unit: Unit): (view: View, run: RunState, now: Millis) => Look {
  let memory = nothingSeen
  return (view, run, now) => {
    const workload = find(view, unit.workload.kind, unit.workload.name)
    if (!workload)
      return {
        view,
        health: { answer: 'pending', because: `${unit.workload.name} is not there` },
        healthWake: null,
        worst: null,
      }
    const newSets = setsOf(unit, run.run, view, 'new')
    const stage = stageNow({ unit, state: unitState(run, unit.id) })
    const health = observeHealth({
      memory,
      view,
      workload,
      newSets,
      newPods:
        unit.workload.kind === 'StatefulSet'
          ? podsOfTrack(unit, run.run, view, 'new')
          : newSets.flatMap((set) => podsOf(view, set)),
      stablePods: podsOfTrack(unit, run.run, view, 'stable'),
      limits: {
        deadline: stage?.deadline ?? defaultDeadline,
        minReady: unit.seen.minReady,
        allowedBad: allowedIn(unit),
      },
      now,
    })
    memory = health.memory
    return { view, health: health.verdict, healthWake: nextLook(memory, now), worst: health.worst }
  }
}

const allowedIn = (unit: Unit): number =>
  unit.stages
    .flatMap((stage) => stage.gates)
    .reduce((most, gate) => (gate.kind === 'pods' ? Math.max(most, gate.allowedBad) : most), 0)
