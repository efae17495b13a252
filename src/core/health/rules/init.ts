import type { Pod } from '../../objects.ts'
import { minute } from '../../time.ts'
import { isReady } from '../../view.ts'
import { called, type Part, partsOf } from '../parts.ts'
import { probeText, readinessBudget } from '../probes.ts'
import type { PodRule } from '../rule.ts'

const scheduled = (pod: Pod): boolean => pod.spec.nodeName !== undefined

/** An init container is done when it ended well, a native sidecar when it has started. */
const finished = ({ role, status }: Part): boolean =>
  role === 'sidecar' ? status.started === true : status.state?.terminated?.exitCode === 0

const isInit = (pod: Pod, part: Part): boolean => (pod.spec.initContainers ?? []).includes(part.spec)

/** Only one that runs is slow; one that waits for its image or crashes is another rule's. */
const isSlow = (part: Part): boolean => part.status.state?.running !== undefined && !finished(part)

export const initUnfinished: PodRule = {
  of: 'pod',
  id: 'init-unfinished',
  summary: 'an init container, or a sidecar that the rest waits for, does not finish starting in time',
  confirm: 5 * minute,
  blames: 'either',
  match(pod, { own, limits }) {
    const part = scheduled(pod) ? partsOf(pod, own).find((p) => isInit(pod, p) && isSlow(p)) : undefined
    if (!part) return null
    return {
      because: `${called(part)} is not finished`,
      confirm: Math.min(limits.init ?? limits.deadline, limits.deadline),
    }
  },
}

export const sidecarNotReady: PodRule = {
  of: 'pod',
  id: 'sidecar-not-ready',
  summary: 'the application is ready and a sidecar is not: the sidecar is to blame',
  confirm: 5 * minute,
  blames: 'either',
  match(pod, { own, limits }) {
    const parts = partsOf(pod, own)
    const apps = parts.filter(({ role }) => role === 'container')
    const late = parts.find(({ role, status }) => role === 'sidecar' && !status.ready)
    if (isReady(pod) || !late || apps.length === 0 || !apps.every(({ status }) => status.ready)) return null
    return {
      because: `${called(late)} is not ready, the application is`,
      confirm: Math.min(readinessBudget(late.spec), limits.deadline),
      evidence: [`${late.spec.name}: ${probeText(late.spec)}`],
    }
  },
}
