import type { Action, BackStep, Expectation, Gate, Mutation, Plan, Stage, Step, Unit } from '../../src/core/plan.ts'
import type { Json } from '../../src/core/json.ts'
import { refName } from '../../src/core/kinds.ts'
import { span } from '../../src/core/time.ts'

/** A whole plan as text that a reviewer can read: everything that decides what is done, in its order. */
export function planLines(plan: Plan): string {
  const [unit] = plan.waves.flatMap(({ units }) => units)
  if (!unit) throw new Error('a plan without a unit')
  return `${[...unit.stages.flatMap(stageLines), 'way back', ...backLines(unit)].join('\n')}\n`
}

const stageLines = (stage: Stage): string[] => [
  `stage ${stage.id}: ${stage.title}${stage.weight === undefined ? '' : ` (weight ${stage.weight})`}`,
  ...stage.steps.flatMap(stepLines),
  `    gates ${stage.gates.map(gateText).join(', ') || 'none'}; soak ${span(stage.soak)}; deadline ${span(stage.deadline)}; otherwise ${stage.otherwise}${stage.waitsFor ? `; waits for a ${stage.waitsFor}` : ''}`,
]

const stepLines = ({ id, does, action, undo }: Step): string[] => [
  `  ${id}${undo === 'back' ? '' : ` (${undo})`}: ${does}`,
  ...actionLines(action),
]

const backLines = ({ back }: Unit): string[] =>
  back.flatMap(({ id, does, action, moves, undoes }: BackStep) => [
    `  ${id} (${moves}): ${does}`,
    `    undoes ${undoes.join(', ')}`,
    ...actionLines(action),
  ])

const actionLines = ({ mutation, send, guard, expect }: Action): string[] => [
  ...(guard ? [`    before ${expectationText(guard)}`] : []),
  ...mutationLines(mutation).map((line) => `    ${send} ${line}`),
  `    expect ${expectationText(expect)}`,
]

function mutationLines(mutation: Mutation): string[] {
  switch (mutation.verb) {
    case 'change':
      return mutation.changes.map(
        ({ path, from, to, loose }) =>
          `${refName(mutation.object)} ${path}: ${from.map((value) => valueText(path, value)).join(' | ')} -> ${valueText(path, to)}${loose ? ' (loose)' : ''}`,
      )
    case 'hook':
      return [`${mutation.hook.argv.join(' ')} (timeout ${span(mutation.hook.timeout)})`]
    default:
      return [`${mutation.verb} ${refName(mutation.object)}`]
  }
}

/** Pod templates by their image and label: the rest of them is not a plan's business. */
function valueText(path: string, value: Json): string {
  if (value === null) return 'absent'
  if (path !== '/spec/template') return JSON.stringify(value)
  const template = value as { spec: { containers: { image: string }[] }; metadata: { labels: Record<string, string> } }
  const release = template.metadata.labels['deploy/release']
  return `template of ${template.spec.containers.map(({ image }) => image).join(', ')}${release ? `, release ${release}` : ''}`
}

function expectationText(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'all':
      return expectation.of.map(expectationText).join(' and ')
    case 'sets':
      return `sets of (${expectation.surge} %, ${expectation.unavailable} %)`
    case 'ready':
      return `${expectation.track} pods ready`
    case 'capacity':
      return `${expectation.percent} % of the replicas are ready ${expectation.track} pods`
    case 'endpoints':
      return `service ${expectation.service} sends to the ${expectation.tracks.join(' and ')} pods`
    case 'exists':
    case 'gone':
    case 'accepted':
      return `${refName(expectation.object)} ${expectation.kind}`
    case 'partition':
      return `pods from ordinal ${expectation.partition} on`
    case 'written':
    case 'complete':
    case 'exited':
      return expectation.kind
  }
}

const gateText = (gate: Gate): string =>
  gate.kind === 'pods'
    ? `pods (${gate.allowedBad} bad allowed)`
    : gate.kind === 'objective'
      ? `objective (${gate.rule.text})`
      : gate.kind === 'compared'
        ? `compared with stable${gate.last ? ', the last time' : ''}`
        : `weight (${typeof gate.proof === 'string' ? gate.proof : expectationText(gate.proof)})`
