import { parseAllDocuments } from 'yaml'
import { describe, it } from 'vitest'
import type { LabNamespace } from '../namespace.ts'
import { type JobObject, startPod } from '../pod-process.ts'
import { waitFor } from '../wait-for.ts'
import { type Scene, sceneOf } from './scene.ts'
import { traces } from './world.ts'

// Its pods are done after 900 s, if nobody says before that they are.
const image = `registry.lab/deploy:1-run900-x@sha256:${'41c2'.repeat(16)}`

describe('--detach, with a real API server, Job controller, service account and printed Role; a process in place of kubelet and image', () => {
  it('a Job drives the run; its pod dies at a weight, the next one goes on from there', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, {
      traffic: { router: 'gateway-api' },
      more: { detach: { image } },
      strategies: { canary: { weights: [25, 50], soak: '5s' } },
    })
    const { namespace } = scene
    context.onTestFinished(() => removeClusterRoles(namespace))
    await namespace.apply(await printed(scene))

    const release = scene.deploy('canary', '2.0.0', '--detach', '--reason', 'nightly')
    const job = await begun(namespace)
    const first = await startPod(namespace, job)
    context.onTestFinished(() => void first.run.kill('SIGKILL'))
    const handed = await release
    expect(handed.exitCode, handed.stderr).toBe(0)
    const [, run = ''] = /deploy watch (\w+)/.exec(handed.stderr) ?? []

    const watching = scene.deploy('watch', run)
    await waitFor('the first weight', async () => (await weightOf(namespace)) === 25 || undefined)
    first.run.kill('SIGKILL')
    const listed = await scene.deploy('list', '--json')
    expect(JSON.parse(listed.stdout), listed.stderr).toMatchObject([{ run, outcome: 'unattended' }])
    await ended(namespace, { exitCode: 137, phase: 'Failed' })
    await waitFor('another pod', async () => (await podsOf(namespace)).length === 2 || undefined)

    const second = await (await startPod(namespace, job)).run
    expect(second.exitCode, second.stderr).toBe(0)
    const watched = await watching
    expect(watched.exitCode, watched.stderr).toBe(0)
    expect(await scene.lost()).toBe('')

    await ended(namespace, { exitCode: 0, phase: 'Succeeded' })
    await waitFor('the end of the Job', async () => isComplete(await jobIn(namespace)) || undefined)
    const gc = await scene.deploy('gc', '--json')
    expect(JSON.parse(gc.stdout), gc.stderr).toMatchObject({ found: [{ what: 'job', run, removed: true }] })
    await waitFor('its ConfigMap to go', async () => (await traced(scene)).length === 0 || undefined)
  })

  it('an end of the run is the end of the Job; what does not start is closed, and nothing was changed', async (context) => {
    const { expect } = context
    const scene = await sceneOf(context, { more: { detach: { image, serviceAccount: 'nobody-made-it' } }, load: false })
    const release = await scene.deploy('canary', '2.0.0', '--detach')
    expect(release.exitCode, release.stderr).toBe(21)
    expect(release.stderr.replaceAll(/\s+/g, ' ')).toMatch(/detach-not-started/)
    expect(release.stderr.replaceAll(/\s+/g, ' ')).toMatch(/serviceaccount "nobody-made-it" not found/)
    expect(await traced(scene)).toEqual([])
    expect((await scene.deploy('canary', '2.0.0', '--dry-run')).exitCode).toBe(0)
  }, 240_000)
})

/** What belongs to a Job comes and goes with it. */
const traced = async (scene: Scene): Promise<string[]> => traces(scene.before, await scene.world())

async function printed(scene: Scene): Promise<object[]> {
  const { stdout } = await scene.deploy('doctor', '--rbac')
  return parseAllDocuments(stdout).map((document) => document.toJS() as object)
}

const jobsIn = async (namespace: LabNamespace): Promise<JobObject[]> =>
  (await namespace.get<{ items: JobObject[] }>('jobs')).items

const jobIn = async (namespace: LabNamespace): Promise<JobObject> => {
  const [job] = await jobsIn(namespace)
  if (!job) throw new Error('there is no Job')
  return job
}

/** Once the run's Leases are free. */
const begun = (namespace: LabNamespace): Promise<JobObject> =>
  waitFor('a Job that is not suspended', async () =>
    (await jobsIn(namespace)).find(({ spec: { suspend } }) => suspend !== true),
  )

const isComplete = ({ status }: JobObject): boolean =>
  (status?.conditions ?? []).some(({ type, status: is }) => type === 'Complete' && is === 'True')

type Named = { readonly metadata: { readonly name: string }; readonly status: { readonly phase: string } }

const podsOf = async (namespace: LabNamespace): Promise<Named[]> =>
  (await namespace.get<{ items: Named[] }>('pods', '-l', 'deploy/job')).items

/** What a kubelet would say of the pod that still runs. */
async function ended(
  namespace: LabNamespace,
  { exitCode, phase }: { readonly exitCode: number; readonly phase: 'Failed' | 'Succeeded' },
): Promise<void> {
  const pod = await waitFor('a pod of the Job', async () =>
    (await podsOf(namespace)).find(({ status }) => status.phase === 'Running' || status.phase === 'Pending'),
  )
  const now = new Date().toISOString().replace(/\.\d+/, '')
  const terminated = { exitCode, startedAt: now, finishedAt: now, reason: exitCode === 0 ? 'Completed' : 'Error' }
  const containerStatuses = [
    { name: 'deploy', ready: false, restartCount: 0, image, imageID: '', state: { terminated } },
  ]
  const patch = JSON.stringify({ status: { phase, containerStatuses } })
  await namespace.kubectl('patch', 'pod', pod.metadata.name, '--subresource=status', '--type=merge', '-p', patch)
}

async function weightOf(namespace: LabNamespace): Promise<number> {
  const route = await namespace.get<{
    spec: { rules: { backendRefs: { name: string; weight?: number }[] }[] }
  }>('httproute', 'web')
  return route.spec.rules[0]?.backendRefs.find(({ name }) => name === 'web-canary')?.weight ?? 0
}

const removeClusterRoles = async ({ cluster }: LabNamespace): Promise<void> => {
  const all = ['planner', 'releaser', 'commander', 'driver'].map((name) => `deploy-${name}`)
  await cluster.kubectl('delete', 'clusterrole,clusterrolebinding', ...all, '--ignore-not-found')
}
