import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import type { KubeObject } from '../../core/objects.ts'
import { cut, escapeText } from '../../core/text.ts'
import { containerName } from './job.ts'

/** What was seen of a Job that should drive a run. */
export interface JobSeen {
  readonly job: KubeObject | null
  readonly pods: readonly KubeObject[]
  /** Of the Job and its pods. */
  readonly events: readonly KubeObject[]
}

export interface JobState {
  /** Nothing more will come of it. */
  readonly isOver: boolean
  /** It may not make its pod. */
  readonly isBlocked: boolean
  /** For people: why the run is not driven yet. */
  readonly says: string
}

/** Why a Job does not drive its run yet, by the worst that is known of it. */
export function stateOfJob({ job, pods, events }: JobSeen): JobState {
  if (!job) return { isOver: true, isBlocked: false, says: 'the Job is gone' }
  const failed = conditionOf(job, 'Failed')
  const last = pods.toSorted((a, b) => timeOf(a).localeCompare(timeOf(b))).at(-1)
  const says = last ? ofPod(last) : ofNoPod(events)
  const isBlocked = !last && warningIn(events) !== undefined
  if (!failed) return { isOver: false, isBlocked, says }
  return { isOver: true, isBlocked, says: [said(failed), last && says].filter(Boolean).join('; ') }
}

const timeOf = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? ''

const warningIn = (events: readonly KubeObject[]): KubeObject | undefined =>
  events.findLast((event) => event['type'] === 'Warning')

/** Quotas, webhooks and missing service accounts keep a Job from making its pod. */
function ofNoPod(events: readonly KubeObject[]): string {
  const warning = warningIn(events)
  return warning ? `it has no pod: ${text(warning['reason'])}: ${text(warning['message'])}` : 'it has no pod yet'
}

function ofPod(pod: KubeObject): string {
  const name = `pod ${pod.metadata.name}`
  const container = statusOf(pod)
  const waiting = part(part(container, 'state'), 'waiting')
  const ended = part(part(container, 'state'), 'terminated')
  if (Object.keys(ended).length > 0)
    return `${name} ended with exit code ${text(ended['exitCode'])}${ended['reason'] === undefined ? '' : ` (${text(ended['reason'])})`}`
  const scheduled = conditionOf(pod, 'PodScheduled', 'False')
  if (scheduled) return `${name} is not scheduled: ${said(scheduled)}`
  if (Object.keys(waiting).length > 0) return `${name} waits: ${said(waiting)}`
  const phase = text(part(pod as unknown as Json, 'status')['phase'])
  return phase === 'Running' ? `${name} runs and has not taken the run yet` : `${name} is ${phase || 'new'}`
}

const statusOf = (pod: KubeObject): JsonObject =>
  listIn(part(pod as unknown as Json, 'status')['containerStatuses']).find(({ name }) => name === containerName) ?? {}

function conditionOf(object: KubeObject, type: string, status = 'True'): JsonObject | undefined {
  const all = listIn(part(object as unknown as Json, 'status')['conditions'])
  return all.find((one) => one['type'] === type && one['status'] === status)
}

/** `ImagePullBackOff: Back-off pulling image …` */
const said = (condition: JsonObject): string =>
  [condition['reason'], condition['message']]
    .filter((one) => one !== undefined && one !== '')
    .map(text)
    .join(': ')

const part = (value: Json | undefined, key: string): JsonObject => {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : {}
}

const listIn = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const text = (value: unknown): string =>
  cut(escapeText(typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)), 300)
