import type { LiveTraffic } from '../core/detection.ts'
import { type Plan, unitsOf } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { span } from '../core/time.ts'
import { type Paint, plain } from './paint.ts'
import { ignoredIn, measuredBy, objectivesIn, triggersIn } from './plan-evidence.ts'
import { planHeader } from './plan-header.ts'
import { lastReturn, removesPods } from './plan-stages.ts'
import { labelWidth, waveLines } from './plan-waves.ts'
import { templateDiff } from './template-diff.ts'
import { hang, padTo, widthOf } from './width.ts'
import { imageChange, listed, some } from './words.ts'

export interface PlanTextOptions {
  readonly hash: string
  /** Live replicas for each unit, where they are known: they are no part of a plan. */
  readonly replicas?: ReadonlyMap<string, number>
  /** And what they have to do now, where they are compared with stable. */
  readonly traffic?: ReadonlyMap<string, LiveTraffic>
  /** What came from the environment: `DEPLOY_CANARY_BAKE=15m`. */
  readonly fromEnvironment?: readonly string[]
  /** Where the plan is saved; without it the text says how to save it. */
  readonly file?: string
  /** Of a plan that was run: there is nothing left to approve. */
  readonly wasRun?: boolean
  readonly columns?: number
  readonly paint?: Paint
}

/** A plan for the person who approves it: short enough to be read, and no value of a template in it. */
export function planText(plan: Plan, options: PlanTextOptions): string {
  const columns = Math.min(120, Math.max(40, options.columns ?? 100))
  const paint = options.paint ?? plain
  const look = { replicas: options.replicas, traffic: options.traffic, columns, paint }
  const row = (label: string, text: string): string[] => {
    const [first = '', ...rest] = hang(padTo(label, labelWidth), escapeText(text), columns)
    return [paint.bold(first.slice(0, label.length)) + first.slice(label.length), ...rest]
  }
  return [
    ...planHeader(plan, look),
    '',
    ...plan.waves.flatMap((wave) => waveLines(plan, wave, look)),
    ...templateOf(plan).flatMap((text, index) => row(index === 0 ? 'changes' : '', text)),
    ...[failures(plan), ...triggersIn(plan)].flatMap((text, index) => row(index === 0 ? 'goes back when' : '', text)),
    ...objectivesIn(plan).flatMap((text) => row('must hold', text)),
    ...measuredBy(plan).flatMap((text) => row('measured by', text)),
    ...ignoredIn(plan).flatMap((text) => row('goes without', `${text}, which fires already`)),
    ...row('way back', wayBack(plan)),
    ...proofs(plan).flatMap((text) => row('proof', text)),
    ...plan.warnings.flatMap((text, index) => row(index === 0 ? 'watch out' : '', text)),
    ...(options.fromEnvironment ?? []).flatMap((text, index) =>
      row(index === 0 ? 'changed since' : '', `${text} from the environment`),
    ),
    '',
    ...approval(plan, options, columns),
    '',
  ].join('\n')
}

function templateOf(plan: Plan): string[] {
  const texts = unitsOf(plan).map((unit) => {
    const { images, others } = templateDiff(unit)
    const shownImages = images.map(({ container, from, to }) => `${container}: ${imageChange(from, to)}`)
    const more = others.length > 0 ? [`also ${some(others, 6)} (names only: the values stand in the plan)`] : []
    return [...shownImages, ...more].join(' · ')
  })
  return [...new Set(texts)].filter((text) => text !== '')
}

function failures(plan: Plan): string {
  const stages = unitsOf(plan).flatMap((unit) => unit.stages)
  const gates = stages.flatMap((stage) => stage.gates)
  const allowed = Math.max(0, ...gates.map((gate) => (gate.kind === 'pods' ? gate.allowedBad : 0)))
  const deadline = Math.max(...stages.map((stage) => stage.deadline))
  const bad = allowed <= 1 ? 'a new pod fails' : `${allowed} new pods fail`
  return `${bad} · a stage is not ready after ${span(deadline)}`
}

/** By what it is known that the data plane follows; empty where a plan moves no weights. */
function proofs(plan: Plan): string[] {
  const found = unitsOf(plan)
    .flatMap((unit) => unit.stages.flatMap((stage) => stage.gates))
    .flatMap((gate) => (gate.kind === 'weight' ? [typeof gate.proof === 'string' ? gate.proof : gate.proof.kind] : []))
  return [...new Set(found)].map((kind) =>
    kind === 'accepted'
      ? 'weights are accepted by the gateway, not proved by requests'
      : kind === 'share'
        ? "weights are seen in the new pods' share of the requests"
        : `weights are seen in the ${kind}`,
  )
}

function wayBack(plan: Plan): string {
  const [unit] = unitsOf(plan)
  if (!unit) return 'nothing to undo'
  const words = { traffic: 'requests', services: 'services', pods: 'pods', rest: '' } as const
  const order = [...new Set(unit.back.map(({ moves }) => words[moves]))].filter((word) => word !== '')
  const end = lastReturn(unit)
  const gone = unit.stages.slice(0, end ? end.number - 1 : undefined).some(removesPods)
  return [
    order.length > 1 ? `${order[0]} first, then ${listed(order.slice(1))}` : 'the template as before',
    end ? `possible until step ${end.number} (${escapeText(end.stage.title)})` : 'possible to the end',
    gone ? 'old pods that are gone by then are made again' : 'no stable pod restarts',
  ].join(' · ')
}

function approval(plan: Plan, { hash, file, wasRun }: PlanTextOptions, columns: number): string[] {
  if (wasRun) return [`plan ${hash}`]
  if (file === undefined)
    return [`plan ${hash}`, ...hang('', 'to approve and run it later: add --out plan.json', columns)]
  const command = `deploy apply ${file}`
  if (!plan.release.protected) return [`run it: ${command}`]
  const one = `approve: ${command} --approve ${hash}`
  return widthOf(one) <= columns ? [one] : [`approve: ${command} \\`, `  --approve ${hash}`]
}
