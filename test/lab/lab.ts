import { type LabCluster, connectCluster } from './cluster.ts'
import { type DeployOptions, type DeployRun, type Program, runDeploy, source } from './deploy.ts'
import type { LabFacts } from './facts.ts'

/** A running lab, as a test uses it. */
export type Lab = {
  readonly facts: LabFacts
  /** Names of the clusters, a first. */
  readonly names: readonly string[]
  cluster(name: string): LabCluster
  /** Runs the CLI in the middle namespace, from where every cluster is reached. */
  runDeploy(args: readonly string[], options: DeployOptions): DeployRun
}

/** Works in any process of the machine that has the facts: the lab itself belongs to whoever booted it. */
export function connectLab(facts: LabFacts, program: Program = source): Lab {
  const clusters = new Map(facts.clusters.map((cluster) => [cluster.name, connectCluster(facts, cluster)]))
  return {
    facts,
    names: [...clusters.keys()],
    cluster(name) {
      const cluster = clusters.get(name)
      if (!cluster) throw new Error(`the lab has no cluster ${name}, it has ${[...clusters.keys()].join(', ')}`)
      return cluster
    },
    runDeploy: (args, options) => runDeploy({ lab: facts, program }, args, options),
  }
}
