import type { LabelSelector, Pod, PodSpec, PodTemplate } from '../objects.ts'
import { all, isTerminating, matches, type View } from '../view.ts'

/** Something of which each domain (a node, a zone) takes one pod only. */
export interface Exclusive {
  /** For people: `required anti-affinity over kubernetes.io/hostname`. */
  readonly called: string
  /** The node label that tells domains apart. */
  readonly topologyKey: string
  /** Pods beside which a new one may not stand. */
  readonly standing: readonly Pod[]
}

export const hostname = 'kubernetes.io/hostname'

export const exclusivesOf = (view: View, template: PodTemplate): Exclusive[] => [
  ...antiAffinities(view, template),
  ...hostPorts(view, template),
]

interface Term {
  readonly topologyKey: string
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
}

/** Terms that match the pods' own labels; not those that `matchLabelKeys` narrow to one set of pods. */
function antiAffinities(view: View, { metadata, spec }: PodTemplate): Exclusive[] {
  const { podAntiAffinity } = (spec['affinity'] ?? {}) as {
    podAntiAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: readonly Term[] }
  }
  return (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(
    ({ topologyKey, labelSelector, matchLabelKeys = [] }) => {
      if (!labelSelector || !matches(labelSelector, metadata?.labels ?? {})) return []
      if (matchLabelKeys.includes('pod-template-hash')) return []
      const standing = running(view).filter((pod) => matches(labelSelector, pod.metadata.labels ?? {}))
      return [{ called: `required anti-affinity over ${topologyKey}`, topologyKey, standing }]
    },
  )
}

function hostPorts(view: View, { spec }: PodTemplate): Exclusive[] {
  const ports = hostPortsOf(spec)
  if (ports.length === 0) return []
  const standing = running(view).filter((pod) => hostPortsOf(pod.spec).some((port) => ports.includes(port)))
  return [{ called: `hostPort ${ports.join(', ')}`, topologyKey: hostname, standing }]
}

/** With `hostNetwork` every port of the container is one of the node. */
const hostPortsOf = ({ containers, hostNetwork }: PodSpec): number[] =>
  containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, containerPort }) => hostPort ?? (hostNetwork === true ? containerPort : [])),
  )

const running = (view: View): Pod[] => all(view, 'Pod').filter((pod) => !isTerminating(pod))
