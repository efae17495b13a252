/** What `kubectl logs` says of every pod, in the format of a container runtime: KWOK reads one file for all of them. */
export const podLog = `2026-01-01T08:00:00.000000000Z stdout F starting
2026-01-01T08:00:01.000000000Z stderr F FATAL: cannot reach database
`

export const podLogs = (file: string): object => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'ClusterLogs',
  metadata: { name: 'all' },
  spec: { logs: [{ logsFile: file, previousLogsFile: file }] },
})
