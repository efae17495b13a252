import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'

type Fields = { readonly [key: string]: unknown }

/** What `deploy.yaml` of a scenario says, beside where it is. */
export type Configuration = {
  /** Of service `web`, beside its image. */
  readonly service?: Fields
  readonly traffic?: Fields
  readonly strategies?: Fields
  /** Other sections. */
  readonly more?: Fields
  readonly clusters: readonly { readonly context: string; readonly namespace: string; readonly kubeconfig?: string }[]
}

/** Short enough for a test, long enough for a stage to be seen. */
const quick = {
  canary: { weights: [25, 50], soak: '3s', bake: '3s', deadline: '60s' },
  'blue-green': { bake: '3s', deadline: '60s' },
  rolling: { batches: ['50%', '100%'], bake: '3s', deadline: '60s' },
}

/** A folder with a `deploy.yaml`, and the runs that were made there. */
export async function makeProject({ service, traffic, strategies, more, clusters }: Configuration): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-scenario-'))
  const web = { image: 'registry.lab/web', ...(traffic && { traffic }), ...service }
  const file = {
    version: 1,
    services: { web },
    strategies: merged(quick, strategies),
    environments: { lab: { clusters } },
    ...more,
  }
  await writeFile(join(folder, 'deploy.yaml'), stringify(file))
  return folder
}

export const removeProject = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

/** One level of keys under each strategy. */
function merged(below: Fields, above: Fields = {}): Fields {
  const keys = new Set([...Object.keys(below), ...Object.keys(above)])
  return Object.fromEntries(
    [...keys].map((key) => [key, { ...(below[key] as Fields | undefined), ...(above[key] as Fields | undefined) }]),
  )
}
