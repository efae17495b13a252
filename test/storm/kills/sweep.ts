import { type Plan, unitsOf } from '../../../src/core/plan.ts'
import { leftBehind, stillOurs, tokensIn } from '../../engine/restored.ts'
import { given, type Story } from '../../engine/scenario.ts'
import type { Wish } from '../../engine/manifests.ts'
import { type Laws, lawsOf } from '../laws.ts'
import { dice, seed } from '../seed.ts'

/** A short release of two pods: what matters is that each kind of step is in it. */
const short: Wish = { replicas: 2, bare: true, seed: seed % 1000 }

export interface Swept {
  readonly runs: number
  readonly kills: number
  /** Runs that ended otherwise than an unbroken one, in words. */
  readonly wrong: readonly string[]
}

interface Death {
  readonly moments: readonly number[]
  readonly kills: number
  /** At how many moments the driver that continued could have died. */
  readonly continued: number
  readonly wrong: readonly string[]
}

/**
 * The driver dies at each of its moments (every so many-th of them), before and after each thing that it writes, and
 * another continues. Then pairs, drawn by chance: the one that continues dies, too, until there were so many kills.
 */
export async function sweep(name: string, wish: Wish, { kills: wanted = 0, every = 1 } = {}): Promise<Swept> {
  const small = { ...short, ...wish }
  const unbroken = await given(small).kept().runs()
  const deaths: Death[] = []
  const [moments = 0] = unbroken.moments
  for (let moment = 1; moment <= moments; moment += every) deaths.push(await died(small, [moment], unbroken))
  const firsts = deaths.filter(({ continued }) => continued > 0)
  const roll = dice(name)
  while (counted(deaths) < wanted && deaths.every(({ kills }) => kills > 0)) {
    const { moments: [first = 1] = [], continued = 1 } = firsts[roll(firsts.length) - 1] ?? {}
    deaths.push(await died(small, [first, roll(continued)], unbroken))
  }
  return {
    runs: deaths.length + 1,
    kills: counted(deaths),
    wrong: deaths.flatMap(({ moments: at, wrong }) =>
      wrong.map((why) => `${name}, killed at ${at.join(' and ')}: ${why}`),
    ),
  }
}

const counted = (deaths: readonly Death[]): number => deaths.reduce((sum, { kills }) => sum + kills, 0)

async function died(wish: Wish, moments: readonly number[], unbroken: Story): Promise<Death> {
  try {
    const laws: Laws[] = []
    const story = await given(wish)
      .kept()
      .killedAt(...moments)
      .at(({ cluster }) => laws.push(lawsOf(cluster, { mortal: wish.version?.includes('die') ?? false })))
      .runs()
    const where = `(${story.died.join('; ')})`
    const wrong = [...objections(story, unbroken), ...laws.flatMap(({ broken }) => broken)].map(
      (why) => `${why} ${where}`,
    )
    return { moments, kills: story.died.length, continued: story.moments[1] ?? 0, wrong }
  } catch (error) {
    return {
      moments,
      kills: moments.length,
      continued: 0,
      wrong: [error instanceof Error ? String(error.stack) : 'hung'],
    }
  }
}

/** A run that was never begun is begun again under another name. */
const endOf = ({ exit, before, after, run }: Story): string =>
  JSON.stringify({
    exit,
    changed: leftBehind(before, after).map((line) => line.replaceAll(run, '{run}')),
    ours: stillOurs(after),
    tokens: tokensIn(after),
  })

function objections(story: Story, unbroken: Story): string[] {
  const [end, expected] = [endOf(story), endOf(unbroken)]
  const failed = story.users.failed + story.inside.failed
  return [
    ...(end === expected ? [] : [`ended as ${end}, not as ${expected}`]),
    ...twice(story).map((step) => `${step} was sent again although its answer had been noted`),
    ...(unbroken.users.failed + unbroken.inside.failed === 0 && failed > 0
      ? [`${failed} requests were lost, the first after ${story.lost}`]
      : []),
  ]
}

/** Steps that were sent again although an earlier driver had noted the answer. */
function twice({ entries, plan }: Story): string[] {
  const answered = new Set<string>()
  return entries.flatMap((entry) => {
    if (entry.type === 'sent') answered.add(`${entry.unit} ${entry.way} ${entry.step}`)
    const isAgain = entry.type === 'intended' && answered.has(`${entry.unit} ${entry.way} ${entry.step}`)
    return isAgain && !isRepeated(plan, entry.step) ? [entry.step] : []
  })
}

/** Pods that are not ready are deleted as long as there are any. */
const isRepeated = (plan: Plan, step: string): boolean =>
  unitsOf(plan).some(({ back }) =>
    back.some(({ id, action }) => id === step && action.mutation.verb === 'delete-unready'),
  )
