import type { Strategy } from '../../../core/strategy.ts'
import {
  askRules,
  clusterRules,
  driveRules,
  forwardRules,
  jobRules,
  lookRules,
  pageRules,
  readRules,
  type Rule,
  writeRules,
} from './rules.ts'

export interface Role {
  readonly name: 'planner' | 'releaser' | 'commander' | 'driver'
  /** The group that it is bound to until somebody writes another; or the service account. */
  readonly who: string | { readonly serviceAccount: true }
  /** What it is for. */
  readonly says: readonly string[]
  readonly rules: readonly Rule[]
  /** Of cluster scope. */
  readonly everywhere: readonly Rule[]
}

/** Who may do what. The rules are those of the plans themselves. */
export function roles(strategies: readonly Strategy[]): Role[] {
  const reads = readRules(strategies)
  const drives = [...reads, ...pageRules, ...writeRules(strategies), ...forwardRules, ...driveRules]
  return [
    {
      name: 'planner',
      who: 'deploy-planners',
      says: [
        'makes plans and looks at everything, and can change nothing. For pull requests and change',
        'approval: deploy plan, deploy doctor, deploy init. (--server asks with the rights of the releaser.)',
        'pods/proxy is for metrics that are read from pods: leave it out if yours are not.',
      ],
      rules: [...reads, ...lookRules, ...pageRules],
      everywhere: clusterRules,
    },
    {
      name: 'releaser',
      who: 'deploy-releasers',
      says: [
        'runs plans and takes them back. For the identity of the pipeline: deploy apply, deploy canary and',
        'its siblings, resume, abort, rollback, lock break. Whoever drives a run needs all of it, since the way back does.',
        'pods/proxy and pods/portforward are for metrics that are read from pods: leave them out if yours are not.',
        'jobs are for --detach: leave them out if nobody says that.',
      ],
      rules: [...drives, ...jobRules],
      everywhere: clusterRules,
    },
    {
      name: 'commander',
      who: 'deploy-commanders',
      says: [
        'looks at everything and speaks to the driver of a run through its Lease, and can change nothing else.',
        'For people on call. To take over a run that nobody drives, be a releaser.',
      ],
      rules: [...reads, ...askRules],
      everywhere: clusterRules,
    },
    {
      name: 'driver',
      who: { serviceAccount: true },
      says: [
        'drives one run after the other inside of the cluster (--detach), as the service account of its Job: all that a',
        'releaser may, but for Jobs. Needed only where somebody says --detach.',
      ],
      rules: drives,
      everywhere: clusterRules,
    },
  ]
}
