import type { Condition, ContainerState, Pod } from '../objects.ts'
import { eventsOf, eventText } from './events.ts'
import { exitText, lastExit } from './exits.ts'
import { conditionsOf } from './node.ts'
import { called, type Part, partsOf } from './parts.ts'
import { probeText } from './probes.ts'
import type { Context } from './rule.ts'
import { oneLine, said } from './said.ts'
import { many } from './words.ts'

/** Of every pod that starts: says nothing about what went wrong. */
const noise = new Set(['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started', 'SuccessfulAttachVolume'])
const shownEvents = 8

/** What one wants to know about a pod in the middle of the night: state, containers, conditions, events, node. */
export function bundleOf(pod: Pod, { view, events, own }: Context): readonly string[] {
  const { phase = 'Unknown', conditions = [] } = pod.status ?? {}
  const node = pod.spec.nodeName
  const told = eventsOf(events, pod).filter((event) => !noise.has(event.reason ?? ''))
  return [
    `pod ${pod.metadata.name}: ${phase}${node ? ` on ${node}` : ', not on any node'}`,
    ...partsOf(pod, own).flatMap(partLines),
    ...conditions.filter(({ status }) => status !== 'True').map(conditionText),
    ...told.slice(0, shownEvents).map((event) => `event ${eventText(event)}`),
    ...(node ? nodeLines(view, node) : []),
  ].map((line) => oneLine(line))
}

const conditionText = ({ type, status, reason, message }: Condition): string =>
  [`condition ${type}=${status}`, said(reason, 60), said(message)].filter((text) => text !== '').join(': ')

function partLines(part: Part): readonly string[] {
  const { spec, status } = part
  const before = status.state?.terminated ? undefined : lastExit(status)
  return [
    `${called(part)}: ${stateText(status.state)}, ${status.ready ? 'ready' : 'not ready'}, ${many(status.restartCount, 'restart')}`,
    `  image ${said(spec.image)}`,
    ...(before ? [`  before: ${exitText(before, spec.resources?.limits?.['memory'])}`] : []),
    ...(status.ready || part.role === 'init container' ? [] : [`  ${probeText(spec)}`]),
  ]
}

function stateText(state: ContainerState | undefined): string {
  if (state?.running) return 'running'
  if (state?.terminated) return `ended with ${exitText(state.terminated)}`
  const { reason, message } = state?.waiting ?? {}
  return `waiting: ${said(reason, 60) || 'no reason given'}${message ? `: ${said(message)}` : ''}`
}

const nodeLines = (view: Context['view'], node: string): readonly string[] => {
  const conditions = conditionsOf(view, node).map(({ type, status }) => `${type}=${status}`)
  return conditions.length > 0 ? [`node ${node}: ${conditions.join(', ')}`] : []
}
