import type { Pod } from '../../objects.ts'
import { exitText, lastExit, runtimeFault } from '../exits.ts'
import { called, partsOf } from '../parts.ts'
import type { ForeignRule } from '../rule.ts'
import { said } from '../said.ts'

/** Pod reasons that the kubelet gives: pushed out, or not let in, by the node. */
const reasons = /^(Evicted|Preempting|Shutdown|NodeShutdown|Terminated|NodeAffinity|UnexpectedAdmissionError|OutOf.+)$/

const condition = (pod: Pod, wanted: string) => pod.status?.conditions?.find(({ type }) => type === wanted)

export const takenAway: ForeignRule = {
  of: 'foreign',
  id: 'taken-away',
  summary: 'evicted, preempted, drained, or refused by its node',
  match(pod) {
    // Set by whoever takes a pod away: eviction API, taint manager, scheduler, kubelet (Kubernetes ≥ 1.26).
    const target = condition(pod, 'DisruptionTarget')
    if (target?.status === 'True') return { because: `${said(target.reason, 60)}: ${said(target.message)}` }
    if (!reasons.test(pod.status?.reason ?? '')) return null
    return { because: `${said(pod.status?.reason, 60)}: ${said(pod.status?.message)}` }
  },
}

export const nodeLost: ForeignRule = {
  of: 'foreign',
  id: 'node-lost',
  summary: 'nothing is heard from its node',
  match(pod) {
    if (pod.status?.phase === 'Unknown' || pod.status?.reason === 'NodeLost') {
      return { because: `NodeLost: node ${pod.spec.nodeName ?? '?'} does not answer` }
    }
    // The node controller turns only `Ready` to False, the kubelet's own word about the containers stays.
    const contradicts =
      condition(pod, 'Ready')?.status === 'False' && condition(pod, 'ContainersReady')?.status === 'True'
    return contradicts && !pod.spec['readinessGates'] && pod.spec.nodeName
      ? { because: `NodeLost: node ${pod.spec.nodeName} was declared not ready` }
      : null
  },
}

export const exitByRuntime: ForeignRule = {
  of: 'foreign',
  id: 'exit-by-runtime',
  summary: 'the container runtime failed (exit code 128), not the container',
  match(pod) {
    const part = partsOf(pod, new Set()).find(({ status }) => !status.state?.running && runtimeFault(lastExit(status)))
    if (!part) return null
    const exit = lastExit(part.status)
    return { because: `${called(part)}: ${exitText(exit)}: ${said(exit?.message)}` }
  },
}
