import jsonPatch from 'fast-json-patch'
import { at, type Json, type JsonObject, keysOf, same } from './json.ts'
import { type Kind, kinds, type Ref, refName } from './kinds.ts'
import { fieldManager, marks } from './marks.ts'
import { paths } from './moves/locks.ts'
import { type BackStep, type Change, type Expectation, placeholders, type Unit } from './plan.ts'
import { shellWord } from './shell.ts'
import { escapeText } from './text.ts'
import { minute, second } from './time.ts'

/** One step of the way back as commands of a shell. Each may be said twice, and does nothing where nothing is to do. */
export interface ManualStep {
  readonly id: string
  readonly does: string
  readonly commands: readonly string[]
  /** What shows that it took effect, to be run and looked at before the next step. */
  readonly proof: readonly string[]
}

export interface ManualUnit {
  readonly unit: Pick<Unit, 'namespace' | 'workload' | 'seen'>
  /** How its cluster is reached: `kubectl --context prod-use1`. */
  readonly kubectl?: string
}

/**
 * The way back as commands that a person can run one after the other, top to bottom, without this tool. A plan may have been
 * read back from a cluster: each value of it is within one word of one command, or one line of a comment.
 */
export const manualSteps = (where: ManualUnit, back: readonly BackStep[]): ManualStep[] =>
  back.map((step) => ({
    id: step.id,
    does: escapeText(step.does),
    commands: commands(where, step),
    proof: [...proofOf(where, step, step.action.expect), ...lingering(step)],
  }))

export const manualText = (steps: readonly ManualStep[]): string =>
  steps.map(({ does, commands: all, proof }) => `${[`# ${does}`, ...all, ...proof].join('\n')}\n`).join('')

const kubectlOf = ({ unit, kubectl = 'kubectl' }: ManualUnit): string => `${kubectl} -n ${shellWord(unit.namespace)}`

function commands(where: ManualUnit, { action: { mutation, guard } }: BackStep): string[] {
  const kubectl = kubectlOf(where)
  switch (mutation.verb) {
    case 'hook':
      return ['# in the folder of deploy.yaml:', mutation.hook.argv.map(shellWord).join(' ')]
    case 'change':
      return [...(guard ? guarded(where, guard) : []), ...patches(kubectl, mutation.object, mutation.changes)]
    case 'delete':
      return [removal(kubectl, mutation.object)]
    case 'delete-unready':
      return [
        `${kubectl} get pods -l ${marks.release}=${placeholders.run} -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}' | grep -v ' True$' | cut -d' ' -f1 | xargs -r ${kubectl} delete pod`,
      ]
    case 'delete-sets':
      return [
        `${kubectl} get replicasets -l ${marks.release}=${placeholders.run} -o jsonpath='{range .items[?(@.status.replicas==0)]}{.metadata.name}{"\\n"}{end}' | xargs -r ${kubectl} delete replicaset`,
      ]
    case 'disown':
      return [
        `${kubectl} annotate ${named(mutation.object)} ${marksOf(mutation.object)} --field-manager=${fieldManager}`,
      ]
    case 'create':
      return []
  }
}

/** What was put on the object, each with the dash that takes it off. */
const marksOf = ({ kind }: Ref): string =>
  [marks.token, marks.note, ...(kind === 'ReplicaSet' ? [marks.setToken] : [])].map((mark) => `${mark}-`).join(' ')

const isCore = (kind: Kind): boolean => !kinds[kind].apiVersion.includes('/')

/** `service/web`, `httproute.gateway.networking.k8s.io/web`: another group may have a kind of that name. */
function named({ kind, name }: Ref): string {
  const group = kinds[kind].apiVersion.split('/')[0] ?? ''
  return shellWord(isCore(kind) ? refName({ kind, name }) : `${kind.toLowerCase()}.${group}/${name}`)
}

/** Somebody else's object may have the name of one that this run was about to make. */
const removal = (kubectl: string, object: Ref): string =>
  `if ${kubectl} get ${named(object)} --ignore-not-found -o jsonpath='{.metadata.annotations.${marks.token}}' | grep -q '^${placeholders.run}\\.'; then ${kubectl} delete ${named(object)}; fi`

/** What a person looks at before; the commands do not wait for it. */
function guarded(where: ManualUnit, guard: Expectation): string[] {
  const [look] = guard.kind === 'capacity' ? stablePods(where) : []
  return look === undefined ? [] : ['# first: at least one of these must be Ready', look]
}

const stablePods = (where: ManualUnit): string[] =>
  stableLabel(where).map((label) => `${kubectlOf(where)} get pods -l ${label}`)

const readyPods = (where: ManualUnit): string[] =>
  stableLabel(where).map((label) => `${kubectlOf(where)} wait --for=condition=Ready pod -l ${label} ${timeout}`)

/** In an emergency nobody could say which pods are the stable ones. */
function stableLabel({ unit: { workload, seen } }: ManualUnit): string[] {
  if (seen.stable.hash === '') return []
  const label = workload.kind === 'StatefulSet' ? 'controller-revision-hash' : 'pod-template-hash'
  return [shellWord(`${label}=${seen.stable.hash}`)]
}

function patches(kubectl: string, object: Ref, changes: readonly Change[]): string[] {
  const gone = changes.filter(({ path, to }) => to === null && !(path in zero))
  const rest = changes.filter((change) => !gone.includes(change))
  const template = rest.find(({ path }) => path === paths.template)
  const fields = rest.filter((change) => change !== template).map(assignment)
  const patch = (type: 'json' | 'merge', body: Json): string =>
    `${kubectl} patch ${named(object)} --field-manager=${fieldManager} --type=${type} -p ${shellWord(JSON.stringify(body))}`
  // A merge patch takes away what may not be there.
  const removals = gone.map(({ path }) => patch('merge', withoutValue(path)))
  if (template) return [...withTemplate(template, fields, (body) => patch('json', body)), ...removals]
  return [...(fields.length > 0 ? [patch('json', fields)] : []), ...removals]
}

/**
 * Only where the release's own template stands is it changed back; else (the release never came so far, or this was run
 * before) the fields alone. Each says first which of the two it is for, so it is no harm to run both.
 */
function withTemplate({ from, to }: Change, fields: readonly JsonObject[], patch: (body: Json) => string): string[] {
  const other = from.find((value) => !same(value, to) && typeof value === 'object' && value !== null)
  if (!other || typeof to !== 'object' || to === null) return [patch([...fields])]
  const isThere = (template: Json): JsonObject => ({
    op: 'test',
    path: `${paths.template}${releasePath}`,
    value: at(template, releasePath),
  })
  // Only what differs between the two: the rest may hold what is nobody else's business.
  const differences = jsonPatch
    .compare(other, to)
    .map((operation) => ({ ...operation, path: `${paths.template}${operation.path}` }))
  if (same(at(other, releasePath), at(to, releasePath))) return [patch([...differences, ...fields])]
  const back = patch([isThere(other), ...differences, ...fields])
  if (fields.length === 0) return [back]
  return [`${back} ||\n  # "is invalid": the old template stands there already\n  ${patch([isThere(to), ...fields])}`]
}

/** `{"spec":{"behavior":null}}`: what a merge patch takes away, in any depth. */
const withoutValue = (path: string): Json => keysOf(path).reduceRight<Json>((below, key) => ({ [key]: below }), null)

const releasePath = '/metadata/labels/deploy~1release'

// Zero values mean the same as absence and, unlike a "remove", can be said twice.
const zero: Readonly<Record<string, Json>> = { [paths.paused]: false, '/spec/minReadySeconds': 0 }

const assignment = ({ path, to }: Change): JsonObject => ({ op: 'add', path, value: to ?? zero[path] ?? null })

const timeout = `--timeout=${(5 * minute) / second}s`

function proofOf(where: ManualUnit, step: BackStep, expect: Expectation): string[] {
  const { mutation } = step.action
  const kubectl = kubectlOf(where)
  const { workload } = where.unit
  switch (expect.kind) {
    case 'gone':
      return [`${kubectl} wait --for=delete ${named(expect.object)} ${timeout}`]
    case 'exists':
      return [`${kubectl} get ${named(expect.object)}`]
    case 'complete':
      return [`${kubectl} rollout status ${named(workload)} ${timeout}`]
    case 'ready':
      return expect.track === 'stable' ? readyPods(where) : []
    case 'capacity':
      return expect.track === 'stable' ? stablePods(where) : []
    case 'endpoints':
      return [
        `# only old pods${where.unit.seen.stable.name === '' ? '' : ` (${escapeText(where.unit.seen.stable.name)}-…)`}, each of them true:`,
        `${kubectl} get endpointslices -l ${shellWord(`kubernetes.io/service-name=${expect.service}`)} -o jsonpath='{range .items[*].endpoints[*]}{.targetRef.name}{" "}{.conditions.ready}{"\\n"}{end}'`,
      ]
    case 'accepted':
      return [
        '# Accepted and ResolvedRefs must be True at the generation of the first line:',
        `${kubectl} get ${named(expect.object)} -o jsonpath='{.metadata.generation}{"\\n"}{range .status.parents[*]}{.controllerName}{range .conditions[*]}{" "}{.type}={.status}@{.observedGeneration}{end}{"\\n"}{end}'`,
      ]
    case 'all':
      return expect.of.flatMap((part) => proofOf(where, step, part))
    case 'written':
    case 'sets':
    case 'partition':
    case 'exited':
      return mutation.verb === 'delete-unready' ? [`${kubectl} rollout status ${named(workload)} ${timeout}`] : []
  }
}

/** Gateways and kube-proxies follow a little later than what the API server shows. */
const lingering = ({ action: { linger = 0 } }: BackStep): string[] =>
  linger > 0 ? [`sleep ${Math.ceil(linger / second)}`] : []
