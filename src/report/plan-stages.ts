import type { Stage, Unit } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { span } from '../core/time.ts'
import { phrasesOf } from './phrases.ts'

/** One stage of a plan for a person: its title, and what it does in a few words. */
export interface StageText {
  readonly title: string
  readonly text: string
}

export const stageTexts = (unit: Unit, replicas?: number): StageText[] =>
  unit.stages.map((stage, index) => {
    const title = escapeText(stage.title)
    const phrases = phrasesOf(unit, stage.steps, replicas).filter((text) => text !== title)
    return { title, text: [...phrases, ...watching(stage, unit.stages.slice(0, index))].join(' · ') }
  })

function watching({ soak, waitsFor, steps, gates }: Stage, before: readonly Stage[]): string[] {
  if (waitsFor === 'human') return ['until someone says promote or abort']
  if (soak > 0 && steps.length === 0) return [`${span(soak)}${before.some(removesPods) ? '' : ', old pods warm'}`]
  if (soak > 0) return [`soak ${span(soak)}`]
  return steps.length === 0 && gates.length > 0 ? ['look at the pods'] : []
}

/** Whether old pods go in this stage, for new ones to take their place. */
export const removesPods = ({ steps }: Stage): boolean =>
  steps.some(
    ({ action: { expect } }) =>
      (expect.kind === 'sets' && expect.unavailable > 0) || expect.kind === 'partition' || expect.kind === 'complete',
  )

/** The first stage from which there is no way back; `null` when there is one to the end. */
export function lastReturn(unit: Unit): { readonly number: number; readonly stage: Stage } | null {
  const index = unit.stages.findIndex((stage) => stage.steps.some(({ undo }) => undo === 'never'))
  const stage = unit.stages[index]
  return stage ? { number: index + 1, stage } : null
}
