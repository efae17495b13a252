import type { Entry } from '../../../src/core/journal.ts'
import type { Wish } from '../../engine/manifests.ts'
import { leftBehind, stillOurs, tokensIn } from '../../engine/restored.ts'
import { namespace } from '../../engine/manifests.ts'
import { approved, linesIn, served, type Served } from './world.ts'

export interface Release {
  readonly wish: Wish
  readonly command: readonly string[]
}

export const strategies = {
  canary: { weights: [50], soak: '1s', bake: '1s' },
  'blue-green': { bake: '1s' },
  rolling: { batches: ['50%', '100%'], bake: '1s' },
}
const small: Wish = { replicas: 2, bare: true }

/** Two pods each, and short soaks. */
export const releases = {
  canary: { wish: { ...small, strategy: 'canary' }, command: ['canary', 'v2'] },
  replicas: { wish: { ...small, strategy: 'canary', router: 'replicas' }, command: ['canary', 'v2'] },
  'blue-green': { wish: { ...small, strategy: 'blue-green' }, command: ['blue-green', 'v2'] },
  selector: { wish: { ...small, strategy: 'blue-green', router: 'selector' }, command: ['blue-green', 'v2'] },
  rolling: { wish: { ...small, strategy: 'rolling' }, command: ['rolling', 'v2'] },
  StatefulSet: { wish: { ...small, strategy: 'rolling', stateful: true }, command: ['rolling', 'v2'] },
} as const satisfies Readonly<Record<string, Release>>

/** What an unbroken run writes into its journal, in order: `sent weight-50.route-50`. Throws when even that goes wrong. */
export async function boundaries({ wish, command }: Release): Promise<readonly string[]> {
  await using world = await served(wish, strategies)
  const folder = await world.machine()
  const { exit, said } = await world.start(folder, command).done
  const wrong = objections(world, exit)
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\n${said}`)
  const entries = (await linesIn(folder)).map((line) => JSON.parse(line) as Entry)
  // What is tried again, and when a look falls between two, differs from run to run.
  const names = entries.filter(({ type }) => type !== 'refused').map(nameOf)
  return [...new Set(names)]
}

const nameOf = (entry: Entry): string => {
  const about = 'step' in entry ? entry.step : 'stage' in entry ? entry.stage : ''
  return [entry.type, about].filter(Boolean).join(' ')
}

export interface Chain {
  /** Where a process died: `before sent weight-50.route-50`. */
  readonly died: readonly string[]
  /** What was wrong in the end, in words. */
  readonly wrong: readonly string[]
}

/** One release: a process dies at each of these, each time another goes on, on another machine, and the last one ends it. */
export async function killed({ wish, command }: Release, deaths: readonly string[]): Promise<Chain> {
  await using world = await served(wish, strategies)
  const died: string[] = []
  let continues: readonly string[] = command
  for (const death of deaths) {
    const folder = await world.machine()
    const { exit, signal, said } = await world.start(folder, continues, death).done
    if (signal !== 'SIGKILL') return { died, wrong: [`it did not die ${death}, but left with ${exit}: ${said}`] }
    died.push(death)
    continues = world.open() === null ? command : ['resume', '--plan-hash', await approved(folder)]
  }
  const { exit, said } = await world.start(await world.machine(), continues).done
  return { died, wrong: objections(world, exit).map((why) => `${died.join(', ')}: ${why}\n${said}`) }
}

function objections({ cluster, before, laws, users, open }: Served, exit: number | null): string[] {
  const after = cluster.see(namespace)
  const left = leftBehind(before, after)
  const { failed } = users()
  return [
    ...(exit === 0 ? [] : [`it ended with ${exit}`]),
    ...(left.length === 2 ? [] : [`it left ${left.join('; ')}`]),
    ...[...stillOurs(after), ...tokensIn(after)].map((object) => `${object} is marked`),
    ...(failed === 0 ? [] : [`${failed} requests were lost`]),
    ...(open() === null ? [] : ['its Lease says that it is open']),
    ...laws.broken,
  ]
}
