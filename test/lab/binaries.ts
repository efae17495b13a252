/** One Go module of `modules/` and the programs that are built from it. */
export type Binaries = {
  readonly module: string
  /** The Go module and version that a finished program names in its own build information. */
  readonly programs: readonly { readonly name: string; readonly pkg: string; readonly version: string }[]
  readonly cgo: boolean
  readonly tags?: string
}

const kubernetes = (name: string) => ({
  name,
  pkg: `k8s.io/kubernetes/cmd/${name}`,
  version: 'k8s.io/kubernetes v1.36.3',
})

/** Everything that the lab runs. Flags are the same in all of them where they can be, so that Go's own cache stays warm. */
export const binaries: readonly Binaries[] = [
  {
    module: 'kubernetes',
    cgo: true,
    programs: [
      { name: 'etcd', pkg: 'go.etcd.io/etcd/server/v3', version: 'go.etcd.io/etcd/server/v3 v3.6.8' },
      kubernetes('kube-apiserver'),
      kubernetes('kube-controller-manager'),
      kubernetes('kube-scheduler'),
      kubernetes('kube-proxy'),
      kubernetes('kubectl'),
    ],
  },
  {
    module: 'kwok',
    cgo: true,
    programs: [{ name: 'kwok', pkg: 'sigs.k8s.io/kwok/cmd/kwok', version: 'sigs.k8s.io/kwok v0.8.0' }],
  },
  {
    module: 'traefik',
    cgo: false,
    programs: [
      {
        name: 'traefik',
        pkg: 'github.com/traefik/traefik/v3/cmd/traefik',
        version: 'github.com/traefik/traefik/v3 v3.7.12',
      },
    ],
  },
  {
    module: 'prometheus',
    cgo: false,
    tags: 'remove_all_sd,enable_kubernetes_sd,netgo',
    programs: [
      {
        name: 'prometheus',
        pkg: 'github.com/prometheus/prometheus/cmd/prometheus',
        version: 'github.com/prometheus/prometheus v0.315.0',
      },
    ],
  },
]

/** Custom resource definitions that ship inside a Go module: which files of it, and which of them to keep. */
export const definitions = [
  {
    name: 'gateway-api',
    module: 'sigs.k8s.io/gateway-api@v1.6.1',
    folder: 'config/crd/standard',
    keep: (file: string) => file.endsWith('.yaml') && !file.includes('vap_safeupgrades'),
  },
  {
    name: 'kwok-crds',
    module: 'sigs.k8s.io/kwok@v0.8.0',
    folder: 'kustomize/crd/bases',
    keep: (file: string) => file === 'kwok.x-k8s.io_portforwards.yaml',
  },
] as const
