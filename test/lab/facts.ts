/** What another process must know to use a running lab. Plain JSON: it crosses process borders. */
export type LabFacts = {
  readonly id: string
  /** Certificates, kubeconfigs, logs; removed at the end. */
  readonly dir: string
  /** The network namespace from which every cluster is reached: the place for the CLI under test. */
  readonly netns: string
  /** One file with a context per cluster, named as the cluster. */
  readonly kubeconfig: string
  readonly clusters: readonly ClusterFacts[]
}

export type ClusterFacts = {
  readonly name: string
  readonly dir: string
  /** The cluster's own network namespace: "inside" for a caller of a Service. */
  readonly netns: string
  /** The address of the API server, of the gateway and of every node. */
  readonly address: string
  readonly server: string
  readonly podCidr: string
  readonly serviceCidr: string
  /** Plain HTTP of the data plane; which route answers is a matter of the Host header. */
  readonly gateway: string
}

/** Addresses of the n-th cluster. Ranges of two clusters never overlap, so one namespace can have routes to all of them. */
export function clusterFacts(lab: { id: string; dir: string }, name: string, index: number): ClusterFacts {
  const address = `10.250.${index + 1}.1`
  return {
    name,
    dir: `${lab.dir}/${name}`,
    netns: `${lab.id}-${name}`,
    address,
    server: `https://${address}:6443`,
    podCidr: `10.${101 + index}.0.0/16`,
    serviceCidr: `10.${201 + index}.0.0/16`,
    gateway: `http://${address}:80`,
  }
}
