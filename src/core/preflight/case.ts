import type { Ref } from '../kinds.ts'
import type { KubeObject, PodTemplate } from '../objects.ts'
import type { View } from '../view.ts'

/** What is about to be released, and the world that it would be released into. */
export interface PreflightCase {
  /** The namespace's objects. Quotas, limit ranges, claims and configmaps may be absent: then nothing is said of them. */
  readonly view: View
  /** `null`: not allowed to look. */
  readonly nodes: readonly KubeObject[] | null
  /** Of kind Deployment, StatefulSet or DaemonSet. */
  readonly workload: Ref
  readonly strategy: { readonly name: string; readonly traffic: 'routed' | 'in-place' }
  readonly router: string | null
  readonly route: Ref | null
  /** The Service that users' requests are addressed to, and the name of ours beside it. */
  readonly service: string
  readonly secondary: string
  readonly newTemplate: PodTemplate
  /** The full reference that a container of the new template should have; left out: not looked for. */
  readonly image?: string
  /** New pods at the most before an old one goes, in percent of the replicas. */
  readonly peakPercent: number
  readonly emergency: boolean
  /** Services that the configuration leaves unpinned. */
  readonly excludedPins: readonly string[]
  /** As the operator named it: for the commands in remedies. */
  readonly version: string
}
