import type { Entry } from '../core/journal.ts'
import { type Plan, type Stage, type Unit, unitsOf } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import { second, span, stopwatch, type Millis } from '../core/time.ts'
import { evidenceFigure, goesWithout } from './evidence-figure.ts'
import { limitText, stageFigures, valueText } from './figures.ts'
import { factText, isQuiet, unitsIn } from './facts.ts'
import type { Progress, Screen, Sink } from './screen.ts'
import { soaked, standingOf } from './standing.ts'
import { many, utc } from './words.ts'

/** After so long without a line a log looks dead. */
const silence: Millis = 30 * second

export interface LineOptions {
  readonly plan: Plan
  readonly sink: Sink
  /** Every fact, those that say nothing new to a person too. */
  readonly verbose?: boolean
}

/**
 * For logs: a line for each event, and one every 30 s that says what is still being waited for. Each line begins with a
 * time, so that nothing from outside can stand where a CI system looks for commands.
 */
export function lineScreen({ plan, sink, verbose = false }: LineOptions): Screen {
  const units = unitsOf(plan)
  const said = new Map<string, Millis>()
  const told = new Set<string>()
  const line = (at: Millis, about: readonly string[], text: string): void => {
    for (const unit of about.length === 0 ? units.map(({ id }) => id) : about) said.set(unit, at)
    sink.write(`${utc(at)} ${prefix(about)}${text}\n`)
  }
  const prefix = (about: readonly string[]): string => {
    if (units.length < 2 || about.length === 0) return ''
    return about.length === units.length
      ? 'all: '
      : `${about.length > 3 ? many(about.length, 'unit') : about.join(', ')}: `
  }
  return {
    fact(entry: Entry) {
      if (isQuiet(entry) && !verbose) return
      line(entry.at, unitsIn(entry), factText(entry, plan))
      if (entry.type === 'judged' && entry.answer === 'fail')
        for (const text of entry.evidence ?? []) line(entry.at, [entry.unit], `  ${escapeText(text)}`)
    },
    show(progress) {
      for (const { unit, text } of goesWithout(plan, progress.comparisons)) {
        if (told.has(`${unit} ${text}`)) continue
        told.add(`${unit} ${text}`)
        line(progress.now, [unit], escapeText(text))
      }
      for (const [unit, waiting] of progress.waiting) {
        const last = said.get(unit) ?? progress.now
        said.set(unit, last)
        if (progress.now - last >= silence) line(progress.now, [unit], stillText(progress, unit, waiting))
      }
    },
    say: (text) => sink.write(`${escapeText(text)}\n`),
    end: (block) => sink.write(`\n${block}\n`),
    close: () => Promise.resolve(),
  }
}

/** `weight 25 %: still waiting for soak 5 min (2:41 of 5:00), 3 of 3 new pods ready`. */
function stillText(progress: Progress, unitId: string, waiting: string): string {
  const unit = unitsOf(progress.plan).find(({ id }) => id === unitId)
  if (!unit) return escapeText(waiting)
  const { stage, state } = standingOf(unit, progress.state)
  const counts = progress.counts.get(unitId)
  const pods = counts ? `, ${counts.readyNew} of ${counts.wantNew} new pods ready` : ''
  if (state.paused) return escapeText(`still paused for ${span(progress.now - state.paused.at)}: ${state.paused.why}`)
  const place = state.way === 'back' ? 'going back' : (stage?.title ?? 'end')
  const passed = stage && state.way === 'forward' ? soaked(unit, stage, progress.state, progress.now) : null
  const clock = stage && passed !== null ? ` (${stopwatch(passed)} of ${stopwatch(stage.soak)})` : ''
  const podsSaid = waiting.includes('pods') ? '' : pods
  const figures = stage && state.way === 'forward' ? figuresText(progress, unit, stage) : ''
  return escapeText(`${place}: still waiting for ${waiting}${clock}${podsSaid}${figures}`)
}

/** `; errors new 0.11 %, stable 0.09 %, limit 1 %; p95 …`. */
function figuresText({ state: run, histories, comparisons, now }: Progress, unit: Unit, stage: Stage): string {
  const history = histories?.get(unit.id)
  const figures = history ? stageFigures({ unit, stage, run, history, now }) : null
  if (!figures) return ''
  if (figures.down) return `; no figures for ${span(now - figures.down.since)}: ${figures.down.why}`
  const texts = figures.rows
    .filter(({ fresh }) => fresh !== null)
    .map((row) => {
      const stable = row.stable === null ? [] : [`stable ${valueText(row, row.stable)}`]
      const limit = limitText(row)
      return `; ${row.name} ${[`new ${valueText(row, row.fresh)}`, ...stable, ...(limit ? [limit] : [])].join(', ')}`
    })
  const compared = evidenceFigure({ unit, stage, compared: comparisons?.get(unit.id) })
  if (!compared) return texts.join('')
  return `${texts.join('')}; evidence ${'none' in compared ? compared.none : `${compared.seen}, goes back at ${compared.enough}`}`
}
