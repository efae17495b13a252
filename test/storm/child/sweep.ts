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

/** How many entries the journal of an unbroken run has; throws when even that goes wrong. */
export async function unbroken({ wish, command }: Release): Promise<number> {
  await using world = await served(wish, strategies)
  const folder = await world.machine()
  const { exit, said } = await world.start(folder, command).done
  const wrong = objections(world, exit)
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')}\n${said}`)
  return (await linesIn(folder)).length
}

/** A process kills itself there; another, on another machine, goes on. What is wrong in the end, in words. */
export async function killed({ wish, command }: Release, death: string): Promise<string[]> {
  await using world = await served(wish, strategies)
  const first = await world.machine()
  const died = await world.start(first, command, death).done
  if (died.signal !== 'SIGKILL') return [`${death}: it did not die, but left with ${died.exit}: ${died.said}`]
  const second = await world.machine()
  const continues = world.open() === null ? command : ['resume', '--plan-hash', await approved(first)]
  const { exit, said } = await world.start(second, continues).done
  return objections(world, exit).map((why) => `${death}, then ${continues.join(' ')}: ${why}\n${said}`)
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
