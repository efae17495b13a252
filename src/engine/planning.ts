import type { PlannedHook } from '../config/hook-files.ts'
import type { Moment } from '../config/hooks.ts'
import type { Resolved } from '../config/resolve.ts'
import { compileUnit } from '../core/compile.ts'
import { hashOf } from '../core/hash.ts'
import { type Json, same } from '../core/json.ts'
import type { Ref } from '../core/kinds.ts'
import { broken } from '../core/laws.ts'
import { draftOf } from '../core/draft.ts'
import type { MoveContext, UnitHooks } from '../core/moves/context.ts'
import type { Deployment, KubeObject, PodTemplate, StatefulSet } from '../core/objects.ts'
import { resolved as podCount } from '../core/percent.ts'
import type { ClusterId, Hook, Plan, Seen, Unit } from '../core/plan.ts'
import type { Strategy } from '../core/strategy.ts'
import { imageIn, releaseTemplate, unlabelled, versionOf } from '../core/template.ts'
import { second } from '../core/time.ts'
import { find, type View } from '../core/view.ts'
import { autoscalerOf } from '../core/preflight/autoscaler.ts'
import { budgetsOf } from '../core/preflight/budgets.ts'
import { type Complaint, isComplaint } from '../core/preflight/complaint.ts'
import { preflight } from '../core/preflight/preflight.ts'
import { stableRevisionOf } from '../core/preflight/stable-revision.ts'
import { pinsOf } from '../core/preflight/pins.ts'
import { stableOf } from '../core/preflight/stable.ts'
import type { PodDoor } from '../ports.ts'
import { chooseRouter } from './choose-router.ts'
import type { Reins } from './drive.ts'
import { evidenceOf } from './unit-evidence.ts'

/** What was seen of one cluster, and where the release goes there. */
export interface Site {
  readonly name: string
  readonly uid: string
  readonly namespace: string
  /** `null`: not allowed to look. */
  readonly nodes: readonly KubeObject[] | null
  readonly reins: Reins
  /** Into its pods, where figures are read from them. */
  readonly door?: PodDoor
}

export interface Planning {
  readonly tool: string
  readonly request: Resolved
  readonly strategy: Strategy
  /** With its digest, as far as it could be found. */
  readonly image: string
  readonly emergency: boolean
  /** Triggers that fire already and that the operator goes without. */
  readonly ignored?: readonly string[]
  readonly sites: readonly Site[]
  /** The pod template of a rendered manifest, for each site as its API server completes it; else the live one is the base. */
  readonly templates?: ReadonlyMap<string, PodTemplate>
  readonly hooks: Readonly<Record<Moment, readonly PlannedHook[]>>
}

export interface Planned {
  readonly plan: Plan
  readonly complaints: readonly (Complaint & { readonly unit: string })[]
  /** Units whose live template is the one asked for already. */
  readonly same: readonly string[]
}

/** One plan for all sites. Pure, but that it reads what was seen through each site's watch. */
export function planRelease(planning: Planning): Planned {
  const { request, strategy, sites, image, emergency, tool } = planning
  const drafts = sites.map((site, index) => draftUnit(planning, site, index === 0))
  const complaints = drafts.flatMap((draft) => draft.complaints)
  const clusters: ClusterId[] = sites.map(({ name, uid }) => ({ name, uid }))
  const plan: Plan = {
    v: 1,
    tool,
    release: {
      service: request.service,
      environment: request.environment,
      strategy: request.strategy.name,
      version: request.version,
      from: drafts[0]?.from ?? 'unknown',
      image,
      protected: request.protected,
      emergency,
    },
    clusters,
    waves: [
      {
        id: strategy.name,
        parallel: request.policy.parallel,
        onFailure: request.policy.onFailure,
        units: drafts.flatMap(({ unit }) => (unit ? [unit] : [])),
      },
    ],
    warnings: [
      ...new Set(complaints.filter(({ level }) => level !== 'refuse').map(({ what, why }) => `${what}: ${why}`)),
    ],
  }
  const laws = complaints.some(({ level }) => level === 'refuse') ? [] : broken(plan)
  if (laws.length > 0) throw new Error(`the plan breaks a law of its own: ${laws.join('; ')}`)
  return { plan, complaints, same: drafts.filter((draft) => draft.same).map(({ id }) => id) }
}

interface DraftedUnit {
  readonly id: string
  readonly unit: Unit | null
  readonly from: string
  readonly same: boolean
  readonly complaints: readonly (Complaint & { readonly unit: string })[]
}

function draftUnit(planning: Planning, site: Site, first: boolean): DraftedUnit {
  const { request, strategy, emergency } = planning
  const id = `${request.service}@${site.name}`
  const view = site.reins.watched.view()
  const workload: Ref = { kind: request.workload.kind, namespace: site.namespace, name: request.workload.name }
  const object = find(view, workload.kind, workload.name) as Deployment | StatefulSet | undefined
  const base = planning.templates?.get(site.name) ?? object?.spec.template
  const next = base ? releaseTemplate(base, request.image.repository, planning.image) : null
  const routed = strategy.routing.length > 0 && !emergency
  const chosen = routed ? chooseRouter(planning, view) : null
  const secondary = `${request.service}-${strategy.secondary}`
  const stable = object ? stableIn(view, object, emergency) : null
  const unit = object && next && stable && (chosen || !routed) ? compiled() : null
  const complaints = preflight({
    view,
    nodes: site.nodes,
    workload,
    strategy: { name: strategy.name, traffic: routed ? 'routed' : 'in-place' },
    router: chosen?.router.name ?? null,
    route: chosen?.route ?? null,
    service: request.service,
    secondary,
    newTemplate: next ?? { spec: { containers: [] } },
    peakPercent: unit ? peakOf(unit) : 100,
    emergency,
    excludedPins: request.traffic.unpinned,
    version: request.version,
  }).map((complaint) => ({ ...complaint, unit: id }))
  const refused = complaints.some(({ level }) => level === 'refuse')
  const from = versionOf((object && imageIn(object.spec.template, request.image.repository)) ?? 'unknown')
  const unchanged = object !== undefined && next !== null && same(unlabelled(next), unlabelled(object.spec.template))
  return { id, unit: refused || unchanged ? null : unit, from, same: unchanged && !refused, complaints }

  function compiled(): Unit | null {
    if (!object || !next || !stable) return null
    const templates = { stable: object.spec.template as unknown as Json, new: next as unknown as Json }
    const draft = draftOf(view)
    const bound = chosen
      ? chosen.router.bind(
          draft,
          { namespace: site.namespace, service: request.service, secondary, workload },
          chosen.route,
        )
      : null
    const pinned = bound !== null && bound.router.resolution !== 'pods'
    const labels = next.metadata?.labels ?? {}
    const context: MoveContext = {
      service: request.service,
      namespace: site.namespace,
      workload,
      object,
      draft,
      seen: {
        stable,
        template: { stable: hashOf(templates.stable), new: hashOf(templates.new) },
        minReady: (object.spec.minReadySeconds ?? 0) * second,
      },
      templates,
      router: bound,
      secondary,
      pins: pinned ? pinsOf(view, labels, request.traffic.unpinned) : [],
      budgets: pinned ? budgetsOf(view, labels) : [],
      autoscaler: autoscalerOf(view, workload),
      hooks: hooksFor(planning, first),
      title: `${strategy.name} ${request.version}`,
      deadline: request.policy.deadline,
      allowedBad: request.policy.allowedBad ?? (routed ? 0 : ownTolerance(object)),
    }
    const evidence = evidenceOf(planning, site.name)
    return compileUnit({
      id,
      cluster: site.name,
      context,
      strategy,
      options: optionsOf(request, strategy),
      emergency,
      ...(evidence && { evidence }),
    })
  }
}

/** An emergency may find two sets or none that is whole: then there is no stable one to name. */
function stableIn(view: View, object: Deployment | StatefulSet, emergency: boolean): Seen['stable'] | null {
  const found = object.kind === 'StatefulSet' ? stableRevisionOf(object) : stableOf(view, object)
  if (isComplaint(found)) return emergency ? { name: '', hash: '' } : null
  return { name: found.set?.metadata.name ?? found.hash, hash: found.hash }
}

/** New pods at the most before old ones go, in percent of the replicas. */
const peakOf = (unit: Unit): number =>
  Math.max(
    0,
    ...unit.stages
      .flatMap((stage) => stage.steps)
      .map(({ action: { expect } }) => (expect.kind === 'sets' ? expect.surge : 0)),
  )

/** The strategy's own options: those that every strategy has are policy, and were read already. */
function optionsOf({ strategy: { options } }: Resolved, strategy: Strategy): unknown {
  const known = Object.keys((strategy.options as unknown as { shape: Record<string, unknown> }).shape)
  return Object.fromEntries(Object.entries(options).filter(([key]) => known.includes(key)))
}

/** In place, as many new pods may be bad as the workload's own strategy bears. */
const ownTolerance = (object: Deployment | StatefulSet): number => {
  const replicas = object.spec.replicas ?? 1
  const own = 'strategy' in object.spec ? object.spec.strategy?.rollingUpdate : undefined
  return podCount(own?.maxUnavailable ?? 0, replicas, 'down')
}

/** Hooks that run once for the whole release run with its first unit. */
function hooksFor({ hooks }: Planning, first: boolean): UnitHooks {
  const of = (moment: Moment): Hook[] =>
    hooks[moment].filter(({ per }) => per === 'unit' || first).map(({ per: _, ...hook }) => hook)
  return {
    before: of('before'),
    'before-traffic': of('before-traffic'),
    'after-weight': of('after-weight'),
    after: of('after'),
    'on-rollback': of('on-rollback'),
  }
}
