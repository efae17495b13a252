import { readFile } from 'node:fs/promises'
import { DeployError, messageOf } from '../core/errors.ts'
import { comparedTexts } from '../core/compared-text.ts'
import type { LiveTraffic } from '../core/detection.ts'
import type { Ref } from '../core/kinds.ts'
import type { PodTemplate } from '../core/objects.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import type { Complaint } from '../core/preflight/complaint.ts'
import { completed, templateIn } from '../engine/manifest.ts'
import { evidenceCheck, type EvidenceChecked } from '../engine/evidence-check.ts'
import { ignoredOf } from '../engine/ignored.ts'
import { permissionCheck } from '../engine/permissions.ts'
import { type Planned, planRelease, type Site } from '../engine/planning.ts'
import { viewsOf } from '../engine/site.ts'
import type { ReleaseOptions } from './options.ts'
import { clockOf } from './clock.ts'
import type { CommandContext } from './context.ts'
import { type Pinned, pinnedByPods } from './pinned.ts'
import { heldBy } from './held.ts'
import type { Process } from './process.ts'
import type { Request } from './request.ts'
import { minorVersion } from './version.ts'

export interface Looked extends Planned {
  readonly sites: readonly Site[]
  /** Of the units that are compared with stable. */
  readonly traffic: ReadonlyMap<string, LiveTraffic>
}

/** The plan for what was asked, over sites that were looked at. Refusals of every cluster are said at once. */
export async function planFor(
  asked: Request,
  sites: readonly Site[],
  image: Pinned,
  options: ReleaseOptions,
  { process, signal }: Pick<CommandContext, 'process' | 'signal'>,
): Promise<Looked> {
  const { request, strategy, hooks } = asked
  const templates = await templatesFor(asked, sites, signal)
  const emergency = options.emergency ?? false
  const { triggers, comparison } = request.watching
  const compared = comparison
    ? comparedTexts(comparison, { latency: request.metrics?.entry.latency !== undefined })
    : []
  const ignored = ignoredOf(options.ignoreTrigger ?? [], triggers, compared)
  const planWith = ({ reference }: Pinned): Planned => {
    const planned = planRelease({
      tool: minorVersion,
      request,
      strategy,
      hooks,
      image: reference,
      emergency,
      ignored,
      sites,
      ...(templates && { templates }),
    })
    refuse(planned.complaints, sites.length)
    return planned
  }
  const first = await tried(
    () => planWith(image),
    (error) => heldBy(error, sites, request.workload.name, { now: clockOf(process).now(), signal }),
  )
  const changesNothing = first.plan.waves.every((wave) => wave.units.length === 0)
  const known = image.pinned || changesNothing ? image : await pinnedByPods(image, sites, signal)
  const planned = known === image ? first : planWith(known)
  const rights = await lackingFor(planned.plan, sites, signal)
  // Who may only look can plan; what is lacking is no part of the plan, since somebody else will run it.
  if (options.dryRun) sayLacking(rights, process)
  else refuse(rights, 1)
  const { complaints: figures, traffic } = await figuresOf(planned.plan, sites, process, signal)
  refuse(figures, sites.length)
  const several = unitsOf(planned.plan).length > 1
  const told = [
    ...rights.filter(({ level }) => level !== 'refuse').map(({ what, why }) => `${what}: ${why}`),
    ...figures.map(({ unit, what, why }) => `${several ? `${unit}: ` : ''}${what}: ${why}`),
  ]
  const warnings = [...request.warnings, ...(known.why === '' ? [] : [known.why]), ...planned.plan.warnings, ...told]
  return { ...planned, plan: { ...planned.plan, warnings }, sites, traffic }
}

/** What this identity may not do of all that the plan and its way back would do. */
export const lackingFor = async (plan: Plan, sites: readonly Site[], signal: AbortSignal): Promise<Told[]> =>
  (await permissionCheck(plan, sites, signal)).map((right) => ({ ...right, unit: plan.release.service }))

function sayLacking(rights: readonly Told[], { streams }: Process): void {
  const lacking = rights.filter(({ level }) => level === 'refuse')
  for (const { what } of lacking) streams.stderr.write(`${what}\n`)
  if (lacking.length > 0)
    streams.stderr.write('So this identity can plan and not run it; deploy doctor --rbac prints the Roles.\n')
}

/** Queries and triggers, tried on what serves now. */
async function figuresOf(
  plan: Plan,
  sites: readonly Site[],
  process: Process,
  signal: AbortSignal,
): Promise<EvidenceChecked> {
  if (unitsOf(plan).every(({ evidence }) => !evidence?.source)) return { complaints: [], traffic: new Map() }
  const { openSources } = await import('./sources.ts')
  await using sources = await openSources(plan, sites, process)
  const clock = clockOf(process)
  return evidenceCheck({ plan, views: viewsOf(plan, sites), sources: sources.byUnit, clock, signal })
}

/** Rendered manifests bring the template; each API server completes it with its own defaults. */
async function templatesFor(
  { request }: Request,
  sites: readonly Site[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PodTemplate> | null> {
  const { manifests, workload } = request
  if (manifests === undefined) return null
  const text = await readFile(manifests, 'utf8').catch((cause: unknown) => {
    throw new DeployError({
      code: 'manifest-unreadable',
      what: `${manifests} can't be read`,
      why: messageOf(cause),
      remedy: 'render it first, or correct manifests in deploy.yaml',
      cause,
    })
  })
  return new Map(
    await Promise.all(
      sites.map(async ({ name, namespace, reins }) => {
        const object: Ref = { kind: workload.kind, namespace, name: workload.name }
        return [name, await completed(reins.cluster, object, templateIn(text, manifests, object), signal)] as const
      }),
    ),
  )
}

/** What goes wrong is told in more words, where there are any. */
async function tried<T>(act: () => T, told: (error: unknown) => Promise<unknown>): Promise<T> {
  try {
    return act()
  } catch (error) {
    throw await told(error)
  }
}

type Told = Complaint & { readonly unit: string }

/** Every reason for which nothing is begun, at once: an error costs one more command, not one for each reason. */
export function refuse(complaints: readonly Told[], units: number): void {
  const refusals = complaints.filter(({ level }) => level === 'refuse')
  const [first] = refusals
  if (!first) return
  const place = (told: Told): string => (units > 1 ? `${told.unit}: ` : '')
  const open = refusals.find(({ code }) => code === 'run-open')
  const lines = refusals.map(
    (told) => `${place(told)}${told.what}\n    why     ${told.why}\n    remedy  ${told.remedy}`,
  )
  throw new DeployError({
    code: (open ?? first).code,
    what:
      refusals.length === 1
        ? `${place(first)}${first.what}`
        : `${refusals.length} things stand against this release, nothing was changed:\n  ${lines.join('\n  ')}`,
    ...(refusals.length === 1 && { why: first.why, remedy: first.remedy }),
    exit: open ? 'locked' : 'refused',
  })
}
