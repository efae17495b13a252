/** The Gateway that every HTTPRoute of a test hangs on; Traefik is behind it. */
export const gateway = { namespace: 'lab', name: 'lab' } as const

export const gatewayObjects: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: gateway.namespace } },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GatewayClass',
    metadata: { name: 'traefik' },
    spec: { controllerName: 'traefik.io/gateway-controller' },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: gateway.name, namespace: gateway.namespace },
    spec: {
      gatewayClassName: 'traefik',
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
    },
  },
]
