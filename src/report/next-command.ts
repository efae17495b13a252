import { exposedSince } from '../core/comparing.ts'
import type { PauseCause } from '../core/journal.ts'
import { undoName } from '../core/moves/prepare.ts'
import { pointPassed } from '../core/next/turn.ts'
import { shellWord } from '../core/shell.ts'
import type { Standing } from './standing.ts'
import type { Story } from './outcome.ts'

/** A command that a person can type now, and what it does. */
export interface NextCommand {
  readonly command: string
  readonly does: string
}

export function nextCommands(story: Story): NextCommand[] {
  const { outcome, state, units, plan } = story
  const run = state.run
  const { service, environment, from } = plan.release
  switch (outcome) {
    case 'done':
      return [{ command: `deploy rollback -s ${service} -e ${environment}`, does: `back to ${from}` }]
    case 'verified':
      return []
    case 'taken-back':
      return [
        ...judged(story),
        { command: `deploy status ${run}`, does: 'this text again; nothing is urgent, the old version serves' },
      ]
    case 'running':
      return [{ command: `deploy watch ${run}`, does: 'follow it' }]
    case 'human-needed':
      if (state.exit !== null)
        return [{ command: `deploy status ${run}`, does: 'this text again; what serves now was broken before' }]
      if (units.some(({ state }) => state.way === 'frozen'))
        return [
          { command: `deploy resume ${run}`, does: 'go on all the same, with the new version serving' },
          ...takeBack(run, units, from),
        ]
      return [
        { command: `deploy resume ${run}`, does: 'try again what is left to do' },
        ...(units.some(isForward) ? takeBack(run, units, from) : []),
        ...units.filter(isOpen).map(byHand),
      ]
    case 'paused':
      return [...goOn(run, causeOf(units)), ...takeBack(run, units, from)]
    case 'open':
    case 'interrupted':
    case 'unattended':
    case 'stopped':
      return run === ''
        ? []
        : [
            {
              command: `deploy resume ${run}`,
              does: outcome === 'open' ? 'go on from here, unless somebody drives it' : 'go on from here',
            },
            ...(units.some(isForward) ? takeBack(run, units, from) : []),
          ]
  }
}

/** Where figures of both versions were kept. One unit of several has to be named. */
function judged({ units, state }: Story): readonly NextCommand[] {
  const first = units.find(
    ({ unit, state: { ended } }) =>
      unit.evidence?.comparison && ended?.outcome === 'taken-back' && exposedSince(unit, state) !== null,
  )
  if (!first) return []
  const which = units.length > 1 ? ` --unit ${shellWord(first.unit.id)}` : ''
  return [{ command: `deploy judge --run ${state.run}${which}`, does: 'what the judge saw' }]
}

/** What is past a point of no return needs more than a word. */
function takeBack(run: string, units: readonly Standing[], from: string): readonly NextCommand[] {
  const past = points(units).map((point) => ({
    command: `deploy abort ${run} --past ${shellWord(point)} --reason TEXT`,
    does: `back to ${from} all the same: its pods first, then requests`,
  }))
  return past.length > 0 ? past : [{ command: `deploy abort ${run}`, does: `back to ${from}` }]
}

const points = (units: readonly Standing[]): readonly string[] => [
  ...new Set(
    units
      .filter((standing) => isOpen(standing) && standing.state.way !== 'back')
      .flatMap((standing) => pointPassed(standing)?.id ?? []),
  ),
]

const isForward = ({ state }: Standing): boolean => state.way === 'forward' && !state.ended

const isOpen = ({ state, begun }: Standing): boolean => begun && !state.ended

const causeOf = (units: readonly Standing[]): PauseCause | undefined =>
  units.map(({ state }) => state.paused?.cause).find((cause) => cause !== undefined)

function goOn(run: string, cause: PauseCause | undefined): NextCommand[] {
  switch (cause) {
    case 'human':
      return [{ command: `deploy promote ${run}`, does: 'go on to the next stage' }]
    case 'drift':
      return [{ command: `deploy resume ${run}`, does: "write the plan's value over the other's" }]
    case 'unknown-outcome':
      return [
        { command: `deploy resume ${run}`, does: 'run it again, once somebody has looked that it may' },
        { command: `deploy promote ${run}`, does: 'it was done: go on without running it again' },
      ]
    case 'finish':
      return [{ command: `deploy resume ${run}`, does: 'try again to finish; the new version serves' }]
    case 'inconclusive':
      return [
        { command: `deploy promote ${run}`, does: 'go on all the same' },
        { command: `deploy resume ${run}`, does: 'watch this stage once more' },
      ]
    case 'provider':
      return [{ command: `deploy resume ${run}`, does: 'wait for figures again' }]
    case 'asked':
    case 'environment':
    case 'back-stuck':
    case undefined:
      return [{ command: `deploy resume ${run}`, does: 'go on from here' }]
  }
}

/** For the day on which the tool can't: the way back as text in the cluster itself. */
const byHand = ({ unit }: Standing): NextCommand => ({
  command: `kubectl -n ${unit.namespace} get configmap ${undoName(unit.workload)} -o jsonpath='{.data.way-back\\.sh}'`,
  does: `the way back by hand, in ${unit.cluster}`,
})
