import { open, readFile } from 'node:fs/promises'
import * as z from 'zod'
import { DeployError, messageOf } from '../core/errors.ts'
import { jsonIn } from '../core/json.ts'
import type { Plan } from '../core/plan.ts'
import { planHash } from '../core/plan-hash.ts'
import { minorVersion } from './version.ts'

/** The plan as a file: with its hash, so that an edit or a lost end is noticed. */
export async function savePlan(path: string, plan: Plan, hash: string): Promise<void> {
  try {
    await using file = await open(path, 'w', 0o600)
    await file.writeFile(`${JSON.stringify({ deploy: 'plan', hash, plan }, null, 2)}\n`)
    await file.sync()
  } catch (cause) {
    throw new DeployError({
      code: 'plan-unwritable',
      what: `the plan can't be saved to ${path}`,
      why: messageOf(cause),
      remedy: 'name a file in a folder that you may write to: --out plan.json',
      cause,
    })
  }
}

const File = z.strictObject({
  deploy: z.literal('plan'),
  hash: z.string(),
  plan: z.looseObject({
    v: z.literal(1),
    tool: z.string(),
    release: z.looseObject({}),
    clusters: z.array(z.looseObject({ name: z.string(), uid: z.string() })),
    waves: z.array(z.looseObject({ units: z.array(z.looseObject({})) })),
    warnings: z.array(z.string()),
  }),
  /** Of what `-o json` printed: what could be found when it was made. */
  detection: z.unknown().optional(),
})

/** Reads a plan and makes sure that it is whole, untouched, and of this version of the tool. */
export async function loadPlan(path: string): Promise<{ readonly plan: Plan; readonly hash: string }> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw bad(path, messageOf(cause), 'make one: deploy plan <strategy> <version> --out plan.json')
  })
  const again = 'make it again: deploy plan <strategy> <version> --out plan.json'
  const parsed = jsonIn(text)
  if (parsed === undefined) throw bad(path, 'it is no JSON: it was cut off or edited', again)
  const checked = File.safeParse(parsed)
  if (!checked.success)
    throw bad(path, `it is no plan of this tool: ${z.prettifyError(checked.error).split('\n')[0] ?? ''}`, again)
  // As it was written: what was checked has its keys in another order.
  const { plan } = parsed as { plan: Plan }
  if (plan.tool !== minorVersion)
    throw bad(
      path,
      `it was made by deploy ${plan.tool}, this is ${minorVersion}: the same words may mean something else`,
      again,
    )
  const hash = planHash(plan)
  if (hash !== checked.data.hash)
    throw bad(path, `it was edited: its hash is ${hash}, and the file says ${checked.data.hash}`, again)
  return { plan, hash }
}

const bad = (path: string, why: string, remedy: string): DeployError =>
  new DeployError({ code: 'plan-unusable', what: `${path} can't be used: ${why}`, remedy, exit: 'usage' })
