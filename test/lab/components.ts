import { join } from 'node:path'
import { cached } from './cache.ts'
import type { ClusterFacts } from './facts.ts'
import { pkiDir } from './pki.ts'

/** The first address of the service range is the API server's own Service. */
export const apiServiceAddress = ({ serviceCidr }: ClusterFacts): string => serviceCidr.replace(/\d+\/\d+$/, '1')

/** Users that the components are, with what their certificates say. */
export const componentUsers = {
  admin: '/O=system:masters/CN=admin',
  kcm: '/CN=system:kube-controller-manager',
  scheduler: '/CN=system:kube-scheduler',
  proxy: '/CN=system:kube-proxy',
  kwok: '/O=system:masters/CN=kwok',
  traefik: '/CN=traefik',
  podserver: '/CN=podserver',
} as const

export type ComponentUser = keyof typeof componentUsers

export const componentKubeconfig = (cluster: ClusterFacts, user: ComponentUser): string =>
  join(cluster.dir, `${user}.kubeconfig`)

export const podserverStatus = ({ address }: ClusterFacts): string => `http://${address}:9999/`

/** Command lines of one cluster's components. Ports are the usual ones: each cluster has a namespace of its own. */
export const commandOf = {
  etcd: (_: ClusterFacts, dataDir: string) => [
    cached('etcd'),
    `--data-dir=${dataDir}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    '--name=lab',
    '--listen-client-urls=http://0.0.0.0:2379',
    '--advertise-client-urls=http://127.0.0.1:2379',
    '--listen-peer-urls=http://127.0.0.1:2380',
    '--initial-advertise-peer-urls=http://127.0.0.1:2380',
    '--initial-cluster=lab=http://127.0.0.1:2380',
  ],
  apiserver: (cluster: ClusterFacts) => {
    const pki = (file: string) => join(pkiDir(cluster), file)
    return [
      cached('kube-apiserver'),
      '--etcd-servers=http://127.0.0.1:2379',
      '--bind-address=0.0.0.0',
      '--secure-port=6443',
      `--advertise-address=${cluster.address}`,
      `--service-cluster-ip-range=${cluster.serviceCidr}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--client-ca-file=${pki('ca.crt')}`,
      `--service-account-issuer=${tokenIssuer}`,
      `--service-account-key-file=${pki('sa.pub')}`,
      `--service-account-signing-key-file=${pki('sa.key')}`,
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
      '--profiling=false',
      `--kubelet-client-certificate=${pki('kubelet-client.crt')}`,
      `--kubelet-client-key=${pki('kubelet-client.key')}`,
      '--kubelet-preferred-address-types=InternalIP',
    ]
  },
  kcm: (cluster: ClusterFacts) => {
    const pki = (file: string) => join(pkiDir(cluster), file)
    return [
      cached('kube-controller-manager'),
      `--kubeconfig=${componentKubeconfig(cluster, 'kcm')}`,
      '--leader-elect=false',
      `--service-account-private-key-file=${pki('sa.key')}`,
      `--root-ca-file=${pki('ca.crt')}`,
      `--cluster-signing-cert-file=${pki('ca.crt')}`,
      `--cluster-signing-key-file=${pki('ca.key')}`,
      '--use-service-account-credentials=true',
      '--allocate-node-cidrs=true',
      `--cluster-cidr=${cluster.podCidr}`,
      '--node-cidr-mask-size=20',
      `--service-cluster-ip-range=${cluster.serviceCidr}`,
      '--profiling=false',
    ]
  },
  scheduler: (cluster: ClusterFacts) => {
    const kubeconfig = componentKubeconfig(cluster, 'scheduler')
    return [
      cached('kube-scheduler'),
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--profiling=false',
    ]
  },
  kwok: (cluster: ClusterFacts, config: string) => [
    cached('kwok'),
    `--kubeconfig=${componentKubeconfig(cluster, 'kwok')}`,
    `--config=${config}`,
    '--enable-crds=PortForward',
    '--manage-all-nodes=false',
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    `--cidr=${cluster.podCidr}`,
    `--node-ip=${cluster.address}`,
    '--node-port=10250',
    `--server-address=${cluster.address}:10250`,
    `--tls-cert-file=${join(pkiDir(cluster), 'kubelet.crt')}`,
    `--tls-private-key-file=${join(pkiDir(cluster), 'kubelet.key')}`,
    '--node-lease-duration-seconds=40',
  ],
  'kube-proxy': (cluster: ClusterFacts) => [
    cached('kube-proxy'),
    `--kubeconfig=${componentKubeconfig(cluster, 'proxy')}`,
    '--proxy-mode=nftables',
    `--cluster-cidr=${cluster.podCidr}`,
    '--hostname-override=node-0',
    `--healthz-bind-address=${cluster.address}:10256`,
    '--metrics-bind-address=127.0.0.1:10249',
    // the machine's conntrack table is not ours to size
    '--conntrack-max-per-core=0',
  ],
  podserver: (cluster: ClusterFacts) => [
    process.execPath,
    join(import.meta.dirname, 'podserver.ts'),
    componentKubeconfig(cluster, 'podserver'),
    `${cluster.address}:9999`,
  ],
  // Never bind plain ":80": every pod address is local here, so that would take the pods' own port 80.
  traefik: ({ address }: ClusterFacts) => [
    cached('traefik'),
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--log.level=INFO',
    '--accesslog=true',
    '--accesslog.format=json',
    // What it says itself; 500 is what pods are told to answer.
    '--accesslog.filters.statuscodes=502-504',
    `--entrypoints.web.address=${address}:80`,
    `--entrypoints.admin.address=${address}:9000`,
    // Idle connections to pods that are kept: files are limited on some machines.
    '--serverstransport.maxidleconnsperhost=8',
    '--ping.entrypoint=admin',
    '--metrics.prometheus.entrypoint=admin',
    '--metrics.prometheus.addserviceslabels=true',
    '--providers.providersthrottleduration=0s',
    '--providers.kubernetesgateway.throttleduration=0s',
    `--providers.kubernetesgateway.statusaddress.ip=${address}`,
  ],
} as const

/** Issuer of service account tokens: a test that forges one must name it too. */
export const tokenIssuer = 'https://kubernetes.default.svc'
