/** What the components that are not Kubernetes' own may do. Users are the names in their certificates. */
export const componentRbac: readonly object[] = [
  ...allow('podserver', [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['kwok.x-k8s.io'], resources: ['portforwards'], verbs: ['create'] },
  ]),
  ...allow('traefik', [
    {
      apiGroups: [''],
      resources: ['services', 'secrets', 'configmaps', 'nodes', 'namespaces', 'pods', 'endpoints'],
      verbs: ['get', 'list', 'watch'],
    },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
    {
      apiGroups: ['gateway.networking.k8s.io'],
      resources: ['*'],
      verbs: ['get', 'list', 'watch', 'update', 'patch'],
    },
  ]),
  // The API server as a client of the kubelet: logs, exec and port-forward through KWOK.
  binding('lab-kubelet-api', 'system:kubelet-api-admin', 'kube-apiserver-kubelet-client'),
]

function allow(user: string, rules: readonly object[]): readonly object[] {
  const name = `lab-${user}`
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules },
    binding(name, name, user),
  ]
}

function binding(name: string, role: string, user: string): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  }
}
