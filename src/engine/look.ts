import { nothingSeen } from '../core/health/memory.ts'
import { observeHealth } from '../core/health/observe.ts'
import { nextLook } from '../core/health/next-look.ts'
import type { UnitWorld } from '../core/next/index.ts'
import { stageNow } from '../core/next/index.ts'
import type { Unit } from '../core/plan.ts'
import { type RunState, type UnitState, unitState } from '../core/state.ts'
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
  let last: { readonly look: Look; readonly state: UnitState } | null = null
  return (view, run, now) => {
    const state = unitState(run, unit.id)
    // What becomes of its pods later is no longer the release's.
    if (last && state.ended) return { ...last.look, view }
    if (last?.look.view.objects === view.objects && last.state === state && isSettled(last.look, view))
      return { ...last.look, view }
    last = { look: look(view, run, now), state }
    return last.look
  }

  function look(view: View, run: RunState, now: Millis): Look {
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

/** The same pods seen again would say the same: they are well, and nothing is waited for that time alone brings. */
const isSettled = ({ health, healthWake }: Look, { silentSince }: View): boolean =>
  health.answer === 'pass' && healthWake === null && silentSince === null

const allowedIn = (unit: Unit): number =>
  unit.stages
    .flatMap((stage) => stage.gates)
    .reduce((most, gate) => (gate.kind === 'pods' ? Math.max(most, gate.allowedBad) : most), 0)
