import { exitCodes } from '../../core/errors.ts'
import { escapeText } from '../../core/text.ts'
import { second, type Millis } from '../../core/time.ts'
import { type Ending, type Figures, isSafe, type Rehearsal } from '../../rehearse/rehearsal.ts'
import type { RehearsalResult } from '../documents/rehearse.ts'
import { released } from '../released.ts'

/** A rehearsal for programs. */
export function rehearsalDocument(rehearsal: Rehearsal): RehearsalResult {
  const { plan, hash, seed, assumed, notModelled, good, faults, outcomes } = rehearsal
  const safe = isSafe(rehearsal)
  return {
    v: 1,
    answer: safe ? 'safe' : 'unsafe',
    exit: safe ? exitCodes.done : exitCodes.refused,
    ...released(plan, hash),
    seed,
    assumed: assumed.map(escapeText),
    notModelled: [...notModelled],
    good: {
      ...endingOf(good.ending),
      ...figuresOf(good),
      units: good.units.map(({ unit, stages, samples }) => ({
        id: unit,
        stages: stages.map(({ id, title, from: begun, to }) => ({
          id,
          title: escapeText(title),
          from: seconds(begun),
          to: seconds(to),
        })),
        samples: samples.map(({ at, toNew, failing, ready, pods }) => ({
          at: seconds(at),
          toNew,
          failing,
          ready,
          pods,
        })),
      })),
    },
    faults: faults.map(({ name, says }) => ({ name, says })),
    outcomes: outcomes.map((outcome) => ({
      fault: outcome.fault,
      wave: outcome.stage.wave,
      stage: outcome.stage.id,
      ...endingOf(outcome.ending),
      safeAfter: outcome.safeAfter === null ? null : seconds(outcome.safeAfter),
      stableRestarts: outcome.stableRestarts,
      ...figuresOf(outcome),
    })),
  }
}

const seconds = (ms: Millis): number => ms / second

const endingOf = ({ answer, word, exit, because }: Ending) => ({
  answer,
  outcome: word,
  exitCode: exit,
  because: escapeText(because),
})

const figuresOf = ({ took, failed, requests, lowestReady, wanted, peakPods }: Figures) => ({
  seconds: seconds(took),
  failed,
  requests,
  lowestReady,
  wanted,
  peakPods,
})
