import { same } from '../../src/core/json.ts'
import type { KubeObject, ReplicaSet } from '../../src/core/objects.ts'
import { second } from '../../src/core/time.ts'
import type { Driver } from './driver.ts'
import { factsFor, tagOf } from './facts.ts'
import type { Script, Sight, Step } from './script.ts'

/** A sight that did not come true: at which step, what was wanted and what was there. */
export interface Miss {
  readonly step: number
  readonly wanted: unknown
  readonly seen: unknown
}

/** Plays a script to its end, whatever is missed on the way. */
export async function play(script: Script, driver: Driver): Promise<Miss[]> {
  const remembered = new Map<string, ReadonlySet<string>>()
  const misses: Miss[] = []
  for (const [index, raw] of script.steps.entries()) {
    const step = await named(raw, driver)
    if ('see' in step) {
      const seen = await sightOf(step.see, driver, remembered)
      if (!same(seen, step.see)) misses.push({ step: index, wanted: step.see, seen })
    } else if ('remember' in step) remembered.set(step.remember, await uidsOf(step.labels, driver))
    else {
      const refusal = await tried(step, driver)
      if ((refusal !== null) !== (step.refused ?? false))
        misses.push({ step: index, wanted: step.refused ? 'a refusal' : 'no refusal', seen: refusal ?? 'none' })
    }
  }
  return misses
}

type Deed = Exclude<Step, { readonly see: Sight } | { readonly remember: string }>

async function tried(deed: Deed, driver: Driver): Promise<string | null> {
  try {
    await act(deed, driver)
    // Long enough for the controllers to look once: two deeds at the same moment would be one to them.
    await driver.rest(500)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function act(deed: Deed, driver: Driver): Promise<void> {
  if ('apply' in deed) await driver.apply(deed.apply)
  else if ('replace' in deed) await driver.replace(deed.replace)
  else if ('patch' in deed) await driver.patch(...deed.patch, deed.ops)
  else if ('image' in deed) await driver.setImage(deed.image)
  else if ('env' in deed) await driver.setEnv(...deed.env)
  else if ('restart' in deed) await driver.restart()
  else if ('scale' in deed) await driver.scale(deed.scale)
  else if ('drop' in deed) await driver.delete(...deed.drop)
  else await driver.rest(deed.wait)
}

/** Puts names that only the cluster knows into a step. */
async function named(step: Step, driver: Driver): Promise<Step> {
  const text = JSON.stringify(step)
  if (!/\{(hash|set):/.test(text)) return step
  const sets = (await driver.list('ReplicaSet')) as readonly ReplicaSet[]
  const hashOf = (set: KubeObject): string => set.metadata.labels?.['pod-template-hash'] ?? ''
  const byTag = (tag: string): ReplicaSet => {
    const found = sets.filter(({ spec }) => tagOf(spec.template) === tag)
    const set = found.find(({ spec }) => (spec.replicas ?? 0) > 0) ?? found.at(-1)
    if (!set) throw new Error(`there is no ReplicaSet of ${tag}`)
    return set
  }
  return JSON.parse(
    text
      .replaceAll(/\{hash:([^}]+)\}/g, (_, tag: string) => hashOf(byTag(tag)))
      .replaceAll(/\{set:([^}]+)\}/g, (_, tag: string) => byTag(tag).metadata.name),
  ) as Step
}

async function uidsOf(labels: string, driver: Driver): Promise<ReadonlySet<string>> {
  const [key = '', value] = labels.split('=')
  const pods = await driver.list('Pod')
  const fitting = pods.filter(({ metadata }) => metadata.labels?.[key] === value && !metadata.deletionTimestamp)
  return new Set(fitting.map(({ metadata }) => metadata.uid ?? ''))
}

/** Waits until it is as wanted, then a while longer: it must stay so. */
async function sightOf(
  sight: Sight,
  driver: Driver,
  remembered: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Sight> {
  const patience = 60 * second
  const pause = 500
  let seen = await factsFor(sight, driver, remembered)
  for (let waited = 0; waited < patience && !same(seen, sight); waited += pause) {
    await driver.rest(pause)
    seen = await factsFor(sight, driver, remembered)
  }
  if (!same(seen, sight)) return seen
  await driver.rest(2 * second)
  return await factsFor(sight, driver, remembered)
}
