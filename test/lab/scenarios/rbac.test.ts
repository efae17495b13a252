import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { describe, expect, it } from 'vitest'
import { lab } from '../fixture.ts'
import { writeKubeconfig } from '../kubeconfig.ts'
import type { LabNamespace } from '../namespace.ts'
import { type Scene, sceneOf } from './scene.ts'

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly [field: string]: unknown
}

const names = ['planner', 'releaser', 'commander'] as const
type Name = (typeof names)[number]

describe('the Roles that doctor prints', () => {
  it('are enough for what they are for, and for nothing else', { timeout: 600_000 }, async (context) => {
    const scene = await sceneOf(context, {
      web: { replicas: 4, internal: true, budget: { maxUnavailable: 1 } },
      traffic: { router: 'gateway-api' },
      strategies: { canary: { weights: [50], soak: '1s', bake: '1s' } },
    })
    const { namespace } = scene
    context.onTestFinished(() => removeClusterRoles(namespace))
    await namespace.apply(forAccounts(await printed(scene), namespace.name))
    await namespace.apply(names.map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })))
    const [planner, releaser, commander] = await Promise.all(names.map((name) => accountKubeconfig(scene, name)))
    const as = (kubeconfig: string | undefined, ...args: readonly string[]) =>
      lab.runDeploy(args, { cwd: scene.folder, ...(kubeconfig !== undefined && { kubeconfig }) })

    const plan = await as(planner, 'plan', 'canary', '2.0.0', '--out', 'plan.json')
    expect(plan.exitCode, plan.stderr).toBe(0)
    expect(plan.stderr).toContain('can plan and not run it')
    expect(await as(planner, 'canary', '2.0.0')).toMatchObject({ exitCode: 21 })
    expect(await as(commander, 'apply', 'plan.json')).toMatchObject({ exitCode: 21 })
    for (const verb of ['get', 'patch'])
      expect(await mayCommander(namespace, verb, 'leases.coordination.k8s.io')).toBe('yes')
    expect(await mayCommander(namespace, 'patch', 'deployments.apps')).toBe('no')

    const doctor = await as(releaser, 'doctor', '--json')
    expect(doctor.exitCode, doctor.stdout).toBe(0)
    const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; findings: { answer: string }[] }[] }
    expect(checks.find(({ name }) => name === 'rights')?.findings).toMatchObject([{ answer: 'ok' }])

    const release = await as(releaser, 'apply', 'plan.json')
    expect(release.exitCode, release.stderr).toBe(0)
    const back = await as(releaser, 'rollback', '--strategy', 'blue-green')
    expect(back.exitCode, back.stderr).toBe(0)
    expect(await scene.lost()).toBe('')
  })
})

async function printed(scene: Scene): Promise<Manifest[]> {
  const { exitCode, stdout, stderr } = await scene.deploy('doctor', '--rbac')
  expect(exitCode, stderr).toBe(0)
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest)
}

/** The same, bound to a ServiceAccount of that name in place of the group. */
const forAccounts = (manifests: readonly Manifest[], namespace: string): Manifest[] =>
  manifests.map((manifest) =>
    manifest.kind.endsWith('Binding')
      ? {
          ...manifest,
          subjects: [{ kind: 'ServiceAccount', name: manifest.metadata.name.replace('deploy-', ''), namespace }],
        }
      : manifest,
  )

async function accountKubeconfig({ namespace, folder }: Scene, name: Name): Promise<string> {
  const token = (await namespace.kubectl('create', 'token', name)).trim()
  const cluster = lab.cluster('a').facts
  return await writeKubeconfig(join(folder, `${name}.kubeconfig`), [{ cluster, credentials: { token } }])
}

const mayCommander = async (namespace: LabNamespace, verb: string, resource: string): Promise<string> =>
  (
    await namespace
      .kubectl('auth', 'can-i', verb, resource, `--as=system:serviceaccount:${namespace.name}:commander`)
      // "no" is also its exit code.
      .catch(() => 'no')
  ).trim()

const removeClusterRoles = async ({ cluster }: LabNamespace): Promise<void> => {
  const all = [...names, 'driver'].map((name) => `deploy-${name}`)
  await cluster.kubectl('delete', 'clusterrole,clusterrolebinding', ...all, '--ignore-not-found')
}
