import type { Stage } from './stage.ts'

const conditions = `
conditions:
{{ range NodeConditions }}
- {lastHeartbeatTime: {{ Now | Quote }}, lastTransitionTime: {{ or $.metadata.creationTimestamp Now | Quote }}, message: {{ .message | Quote }}, reason: {{ .reason | Quote }}, status: {{ .status | Quote }}, type: {{ .type | Quote }}}
{{ end }}`

const addresses = `
addresses:
- {address: {{ NodeIP | Quote }}, type: InternalIP}
- {address: {{ NodeName | Quote }}, type: Hostname}
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
`

/** What a kubelet says of its node. Capacity is set when the node is made; the Lease is KWOK's own business. */
export const nodeStages: readonly Stage[] = [
  {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: 'node-ready' },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: 'Node' },
      selector: {
        matchExpressions: [
          {
            key: '.status.conditions.[] | select( .type == "Ready" ) | .status',
            operator: 'NotIn',
            values: ['True'],
          },
        ],
      },
      steps: [
        { patch: { subresource: 'status', root: 'status', template: `${conditions}${addresses}phase: Running` } },
      ],
    },
  },
]

/** Nodes of the size of an m5.xlarge, spread over three zones. */
export function fakeNodes(count: number): readonly object[] {
  return Array.from({ length: count }, (_, n) => {
    const name = `node-${n}`
    const zone = `us-east-1${'abc'[n % 3]}`
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
        labels: {
          type: 'kwok',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/os': 'linux',
          'kubernetes.io/hostname': name,
          'node.kubernetes.io/instance-type': 'm5.xlarge',
          'topology.kubernetes.io/region': 'us-east-1',
          'topology.kubernetes.io/zone': zone,
        },
      },
      spec: { providerID: `aws:///${zone}/i-000000000000000${n}` },
      status: {
        allocatable: { cpu: '4', memory: '15Gi', pods: '110' },
        capacity: { cpu: '4', memory: '16Gi', pods: '110' },
        nodeInfo: {
          architecture: 'amd64',
          bootID: '',
          containerRuntimeVersion: 'containerd://2.1.0',
          kernelVersion: '6.12.0',
          kubeProxyVersion: '',
          kubeletVersion: 'v1.36.3',
          machineID: '',
          operatingSystem: 'linux',
          osImage: 'Amazon Linux 2023',
          systemUUID: '',
        },
      },
    }
  })
}
