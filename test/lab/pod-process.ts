import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { LabNamespace } from './namespace.ts'
import { within } from './network.ts'
import { pkiDir } from './pki.ts'

type Container = {
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly workingDir: string
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[]
}
type PodSpec = {
  readonly serviceAccountName: string
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number }
  readonly containers: readonly [Container]
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[]
}
export type JobObject = {
  readonly spec: { readonly suspend?: boolean; readonly template: { readonly spec: PodSpec } }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

const root = join(import.meta.dirname, '..', '..')

/**
 * What a kubelet would start of this Job, as a process of this machine: in the cluster's network, under the pod's user
 * and environment, with the pod's ConfigMaps and the token of its service account as files, and nothing else to write.
 * `deploy` is that of the checkout, in place of the image.
 */
export async function startPod(namespace: LabNamespace, { spec }: JobObject) {
  const { serviceAccountName, securityContext, containers, volumes } = spec.template.spec
  const [container] = containers
  const { runAsUser, runAsGroup } = securityContext
  const staged = await mkdtemp(join(tmpdir(), 'deploy-pod-'))
  await chmod(staged, 0o755)
  const { facts } = namespace.cluster
  const account = '/run/secrets/kubernetes.io/serviceaccount'
  const token = await namespace.kubectl('create', 'token', serviceAccountName, '--duration=30m')
  const files: Record<string, string> = { [`${account}/token`]: token.trim(), [`${account}/namespace`]: namespace.name }
  for (const { name, mountPath, subPath } of container.volumeMounts) {
    const configMap = volumes.find((volume) => volume.name === name)?.configMap?.name
    if (configMap === undefined || subPath === undefined) continue
    const { data } = await namespace.get<{ data: Record<string, string> }>('configmap', configMap)
    files[mountPath] = data[subPath] ?? ''
  }
  const service = await namespace.cluster.kubectl(
    '-n',
    'default',
    'get',
    'service',
    'kubernetes',
    '-o',
    'jsonpath={.spec.clusterIP}',
  )
  const mounted = Object.entries(files).map(([path, text], index) => ({
    path,
    text,
    from: join(staged, String(index)),
  }))
  for (const { from, text } of mounted) await writeFile(from, text, { mode: 0o644 })
  const shim = join(staged, 'deploy')
  await writeFile(shim, `#!/bin/sh\nexec ${process.execPath} ${join(root, 'bin', 'deploy.ts')} "$@"\n`, { mode: 0o755 })
  const script = [
    'mount -t tmpfs -o mode=755 pod /run',
    `mkdir -p ${account} ${container.workingDir}`,
    `cp ${join(pkiDir(facts), 'ca.crt')} ${account}/ca.crt`,
    ...mounted.map(({ path, from }) => `cp ${from} ${path}`),
    `chown ${runAsUser}:${runAsGroup} ${container.workingDir}`,
    `cd ${container.workingDir}`,
    `exec setpriv --reuid ${runAsUser} --regid ${runAsGroup} --clear-groups --no-new-privs --bounding-set -all -- "$@"`,
  ].join(' && ')
  const [program, argv] = within(facts.netns, [
    'unshare',
    '--mount',
    '--',
    'sh',
    '-c',
    script,
    'pod',
    ...container.command,
    ...container.args,
  ])
  const run = execa(program, argv, {
    env: {
      PATH: `${staged}:${process.env['PATH'] ?? ''}`,
      KUBERNETES_SERVICE_HOST: service,
      KUBERNETES_SERVICE_PORT: '443',
      ...Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value])),
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    forceKillAfterDelay: false,
  })
  void run.then(() => rm(staged, { recursive: true, force: true }))
  return { run }
}
