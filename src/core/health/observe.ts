import type { Deployment, KubeObject, Pod, ReplicaSet } from '../objects.ts'
import type { Millis } from '../time.ts'
import type { Finding, Verdict } from '../verdict.ts'
import { endpointsOf, isTerminating, type View } from '../view.ts'
import { type Counts, countsOf } from './counts.ts'
import { stableTrouble } from './environment.ts'
import { eventsIn } from './events.ts'
import { findingsOf } from './findings.ts'
import { judge } from './judge.ts'
import type { Memory } from './memory.ts'
import { spoiltByNode } from './node.ts'
import { namesIn } from './parts.ts'
import { remember } from './remember.ts'
import type { Context, Limits } from './rule.ts'
import { rules } from './rules.ts'
import { isConfirmed, raise, signalsOf } from './signals.ts'
import { takenFrom, tally, tallyText } from './taken.ts'
import { type WorstPod, worstOf } from './worst.ts'

export interface Observation {
  readonly memory: Memory
  readonly view: View
  /** The Deployment or StatefulSet. */
  readonly workload: KubeObject
  /** Pods of the new revision, selected by the caller by the uid of their owner. */
  readonly newPods: readonly Pod[]
  readonly stablePods: readonly Pod[]
  /** ReplicaSets of the new revision; none for a StatefulSet. */
  readonly newSets: readonly ReplicaSet[]
  readonly limits: Limits
  readonly now: Millis
  /** The Service that the new pods should be behind by now; absent: not asked. */
  readonly service?: string
}

export interface Health {
  /** For the next observation. */
  readonly memory: Memory
  readonly findings: readonly Finding[]
  readonly verdict: Verdict
  readonly worst: WorstPod | null
  readonly counts: Counts
}

/** One look at the new pods: what is wrong, whether it was seen long enough, and what that means for the release. */
export function observeHealth(observation: Observation): Health {
  if (isBehind(observation.workload)) return notYet(observation)
  const { view, limits, now, newSets } = observation
  // What stands in a view without a connection was seen before the silence: seeing it again confirms nothing.
  const at = view.silentSince ?? now
  const newPods = [...observation.newPods].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))

  const remembered = remember({ ...observation, newPods, at })
  const everything = contextOf(observation, remembered, newPods)
  const taken = takenFrom(rules, newPods, everything)
  const gone = new Set(taken.map(({ pod }) => pod))
  const context = { ...everything, pods: newPods.filter((pod) => !isTerminating(pod) && !gone.has(pod)) }

  const seen = raise(rules, context, at)
  const spoilt = spoiltByNode(seen, context)
  const excused = new Set([...gone, ...spoilt.map(({ pod }) => pod)])
  const raised = seen.filter(({ pod }) => pod === null || !excused.has(pod))

  const foreign = tally(remembered.foreign, taken, limits, at)
  const memory = { ...remembered, signals: signalsOf(raised), foreign }
  const bad = new Set(raised.filter(({ signal }) => isConfirmed(signal)).flatMap(({ pod }) => (pod ? [pod] : [])))
  const counts = countsOf({ newPods, newSets, bad, excused, memory, minReady: limits.minReady, at })
  const worst = worstOf(raised, context)
  const trouble = stableTrouble(context, at)
  const silent = view.silentSince === null ? null : now - view.silentSince
  const verdict = judge({ raised, counts, limits, trouble, tally: tallyText(foreign, spoilt), worst, silent })
  return {
    memory: { ...memory, most: mostOf(memory, counts, at) },
    findings: findingsOf(raised, [...taken, ...spoilt], trouble),
    verdict,
    worst,
    counts,
  }
}

/** The controller has not looked at the workload since it was last changed: what it has done so far is about before. */
function isBehind(workload: KubeObject): boolean {
  const { generation = 0 } = workload.metadata
  return ((workload as Deployment).status?.observedGeneration ?? 0) < generation
}

function notYet({ memory, newPods, newSets, limits, now, workload }: Observation): Health {
  const none: ReadonlySet<Pod> = new Set()
  return {
    memory,
    findings: [],
    verdict: {
      answer: 'pending',
      because: `the controller has not seen the last change of ${workload.metadata.name} yet`,
    },
    worst: null,
    counts: countsOf({ newPods, newSets, bad: none, excused: none, memory, minReady: limits.minReady, at: now }),
  }
}

function contextOf(observation: Observation, memory: Memory, pods: readonly Pod[]): Context {
  const { view, workload, stablePods, newSets, limits, now, service } = observation
  const template = newSets[0]?.spec.template ?? (workload as Deployment).spec.template
  return {
    view,
    workload,
    pods,
    stablePods,
    sets: newSets,
    limits,
    now,
    memory,
    events: eventsIn(view),
    own: namesIn(template),
    behind: service === undefined ? null : { service, uids: endpointsOf(view, service) },
  }
}

const mostOf = ({ most }: Memory, { available }: Counts, at: Millis): Memory['most'] =>
  available > most.available ? { available, at } : most
