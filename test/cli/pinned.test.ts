import { describe, it } from 'vitest'
import { status } from '../adapters/kubernetes/support/objects.ts'
import type { Reply } from '../adapters/kubernetes/support/fake-api.ts'
import { said } from './support/deploy.ts'
import { project } from './support/project.ts'
import { server } from './support/server.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const [a, b] = [digest('a'), digest('b')]
const repository = 'localhost:1/acme/web'

interface Runs {
  /** As its container wants it. */
  readonly image?: string
  readonly imageID?: string
  readonly state?: object
}

/** Of another workload of the namespace, so that `web` itself serves something else. */
const pod = ({ image = `${repository}:v2`, imageID = `${repository}@${a}`, state = { running: {} } }: Runs) => ({
  metadata: { name: 'worker', namespace: 'web' },
  spec: { containers: [{ name: 'app', image }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'app', image, imageID, state }] },
})

const running =
  (pods: readonly Runs[]) =>
  ({ path, query }: { path: string; query: URLSearchParams }): Reply | null =>
    path.endsWith('/pods') && query.get('fieldSelector') === 'status.phase=Running'
      ? { body: { kind: 'PodList', metadata: { resourceVersion: '1000' }, items: pods.map(pod) } }
      : null

interface Told {
  readonly plan: { readonly release: { readonly image: string }; readonly warnings: readonly string[] }
}

/** The image of the plan for v2, and what it says about its digest. Nothing listens where the registry should be. */
async function planned(instead: ReturnType<typeof running>, version = 'v2') {
  const { kubeconfig } = await server({ instead })
  const { exit, stdout, stderr } = await said(['plan', 'canary', version, '-o', 'json'], {
    cwd: await project(),
    kubeconfig,
  })
  if (stdout === '') return { exit, stderr }
  const { plan } = JSON.parse(stdout) as Told
  return { image: plan.release.image, about: plan.warnings.filter((warning) => warning.includes('pinned')) }
}

const unpinned = {
  image: `${repository}:v2`,
  about: [
    `${repository}:v2 is not pinned: its registry could not be asked for a digest, so pods made later may get another image`,
  ],
}
const toA = {
  image: `${repository}:v2@${a}`,
  about: [
    `${repository}:v2 is pinned to the digest that running pods have: its registry could not be asked whether the tag was moved since`,
  ],
}

describe('a tag whose registry cannot be asked', () => {
  it.for<readonly [string, readonly Runs[], object]>([
    ['has the digest that a pod of the namespace runs', [{}], toA],
    ['has the one that several run', [{}, {}], toA],
    ['has it also where Docker named the pod’s image', [{ imageID: `docker-pullable://${repository}@${a}` }], toA],
    ['has none when no pod runs it', [], unpinned],
    ['has none by a pod of another tag', [{ image: `${repository}:v1` }], unpinned],
    ['has none by a pod of another repository', [{ image: 'localhost:1/acme/shop:v2' }], unpinned],
    ['has none by the digest of a configuration', [{ imageID: a }], unpinned],
    ['has none by the digest in another repository', [{ imageID: `localhost:1/mirror/web@${a}` }], unpinned],
    ['has none by a container that only waits', [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }], unpinned],
    [
      'has none when pods do not agree',
      [{}, { imageID: `${repository}@${b}` }],
      {
        ...unpinned,
        about: [
          `${repository}:v2 is not pinned: its registry could not be asked for a digest, and running pods have different ones`,
        ],
      },
    ],
  ])('%s', async ([, pods, told], { expect }) => {
    expect(await planned(running(pods))).toEqual(told)
  })

  it('has none when pods may not be looked at', async ({ expect }) => {
    const forbidden = status(403, 'Forbidden', 'pods is forbidden')
    expect(await planned((asked) => running([])(asked) && forbidden)).toEqual(unpinned)
  })

  it('is no other version than the same tag that is live', async ({ expect }) => {
    expect(await planned(running([{ image: `${repository}:v1` }]), 'v1')).toEqual({
      exit: 0,
      stderr: expect.stringContaining('Nothing to do: web serves v1 already'),
    })
  })
})
