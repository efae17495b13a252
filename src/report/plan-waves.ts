import { detectionsOf, type LiveTraffic } from '../core/detection.ts'
import { type Plan, type Unit, type Wave, unitsOf } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { detectionText } from './detection-text.ts'
import type { Paint } from './paint.ts'
import { type StageText, stageTexts } from './plan-stages.ts'
import { hang, padTo, widthOf, wrap } from './width.ts'
import { some } from './words.ts'

export interface WaveLook {
  readonly replicas: ReadonlyMap<string, number> | undefined
  readonly traffic: ReadonlyMap<string, LiveTraffic> | undefined
  readonly columns: number
  readonly paint: Paint
}

/** Where the words of each row begin. */
export const labelWidth = 16

/** The numbered stages of a wave; units that do the same are shown once, of others what differs. */
export function waveLines(plan: Plan, wave: Wave, { replicas, traffic, columns, paint }: WaveLook): string[] {
  const [first, ...others] = groupsOf(wave.units, replicas).map((group) => withDetections(group, traffic))
  if (!first) return []
  const several = unitsOf(plan).length > 1
  const lines = (stages: readonly StageText[], which: readonly StageText[] = stages): string[] =>
    which.flatMap((stage) => stageLines(stages.indexOf(stage) + 1, stage, columns, paint))
  return [
    ...(several ? hang('', heading(plan, wave, first), columns).map(paint.bold) : []),
    ...lines(first.stages),
    '',
    ...others.flatMap((group): string[] => {
      const different = group.stages.filter(
        (stage) => !first.stages.some((other) => other.title === stage.title && other.text === stage.text),
      )
      const note = different.length < group.stages.length ? 'the same, but for' : 'otherwise'
      const title = hang('', `in ${clustersOf(group)}: ${note}`, columns).map(paint.bold)
      return title.concat(lines(group.stages, different), '')
    }),
  ]
}

interface Group {
  readonly units: readonly Unit[]
  readonly stages: readonly StageText[]
}

/** Units that do the same are shown once. */
function groupsOf(units: readonly Unit[], replicas: ReadonlyMap<string, number> | undefined): Group[] {
  const groups: { units: Unit[]; stages: StageText[] }[] = []
  for (const unit of units) {
    const stages = stageTexts(unit, replicas?.get(unit.id))
    const alike = groups.find((group) => JSON.stringify(group.stages) === JSON.stringify(stages))
    if (alike) alike.units.push(unit)
    else groups.push({ units: [unit], stages })
  }
  return groups
}

/** What a comparison finds, of the unit with the least traffic: the others find more. */
function withDetections(group: Group, traffic: WaveLook['traffic']): Group {
  const seen = group.units.flatMap((unit) => detectionsOf(unit, traffic?.get(unit.id)))
  const stages = group.units[0]?.stages ?? []
  return {
    ...group,
    stages: group.stages.map((text, at) => {
      const [least] = seen.filter(({ stage }) => stage.id === stages[at]?.id).toSorted((a, b) => a.rps - b.rps)
      const finds = least ? detectionText(least, group.units.length > 1) : ''
      return { ...text, text: [text.text, finds].filter((part) => part !== '').join(' · ') }
    }),
  }
}

const clustersOf = ({ units }: Group): string =>
  escapeText(
    `${units.length > 1 ? `${units.length} clusters: ` : ''}${some(
      units.map(({ cluster }) => cluster),
      12,
    )}`,
  )

function heading(plan: Plan, wave: Wave, group: Group): string {
  const name = plan.waves.length > 1 ? `wave ${escapeText(wave.id)} ` : ''
  if (wave.units.length === 1) return `${name}in ${clustersOf(group)}`
  const side =
    wave.parallel >= wave.units.length
      ? 'side by side'
      : wave.parallel === 1
        ? 'one after the other'
        : `${wave.parallel} at a time`
  const fails = { unit: 'that one goes back', wave: 'all of this wave goes back', all: 'everything goes back' }[
    wave.onFailure
  ]
  return `${name}in ${clustersOf(group)} (${side}; if one fails, ${fails})`
}

function stageLines(number: number, { title, text }: StageText, columns: number, paint: Paint): string[] {
  const label = `${String(number).padStart(2)} ${title}`
  const [first = '', ...rest] = wrapBelow(label, text, columns)
  return [first.replace(label, paint.bold(label)), ...rest]
}

/** A title that is too long for its column runs into the text; the next lines still begin in theirs. */
function wrapBelow(label: string, text: string, columns: number): string[] {
  const indent = ' '.repeat(labelWidth)
  if (text === '') return hang('', label, columns)
  if (widthOf(label) < labelWidth) return hang(padTo(label, labelWidth), text, columns)
  const [first = ''] = wrap(`${label}: ${text}`, columns)
  if (!first.startsWith(label)) return [...hang('', label, columns), ...hang(indent, text, columns)]
  const rest = `${label}: ${text}`.slice(first.length).trim()
  return [first, ...(rest === '' ? [] : hang(indent, rest, columns))]
}
