import { type ExitCode, exitCodes } from '../../core/errors.ts'
import { type Millis, minute, second } from '../../core/time.ts'
import { smallestFound, timeToAdvance, timeToDetect, type Traffic, worthFinding } from '../../judge/compared/design.ts'
import { tolerated } from '../../judge/compared/e-value.ts'
import type { Terms } from '../../judge/compared/terms.ts'
import type { JudgeDesign } from '../../report/documents/judge.ts'
import { paintFor } from '../../report/paint.ts'
import type { JudgeOptions } from '../commands/judge.ts'
import { formOf } from '../options.ts'
import { type Process, wishFor } from '../process.ts'
import { designText } from './design-text.ts'
import { numberOf, refused, shareOf, spanOf } from './numbers.ts'
import { termsOf } from './terms.ts'

/** What somebody wants to find, with the traffic that there is. */
export interface DesignInput {
  readonly traffic: Traffic
  /** Share of stable's requests that fail. */
  readonly base: number
  /** `null`: what a stage should be able to find. */
  readonly worse: number | null
  readonly soak: Millis | null
  readonly terms: Terms
}

/** How long a soak must be, and what a soak can find. */
export function design(options: JudgeOptions, process: Process): ExitCode {
  const document = designed(inputOf(options))
  const { stdout } = process.streams
  const form = formOf(options)
  if (form === 'text') stdout.write(designText(document, paintFor(wishFor(stdout, options.color, process))))
  else stdout.write(`${JSON.stringify(document, null, form === 'json' ? 2 : 0)}\n`)
  return exitCodes.done
}

/** A service of which nothing ever fails is not known; beyond 90 % there is nothing to compare with. */
const bases = { least: 1e-6, most: 0.9 }

function inputOf(options: JudgeOptions): DesignInput {
  const { rps, weight, base, worse, soak } = options
  const wanted = (option: string, text: string | undefined, like: string): string => {
    if (text === undefined) throw refused(option, 'missing beside --design', like)
    return text
  }
  const traffic = {
    rps: numberOf('--rps', wanted('--rps', rps, '100'), { least: 1e-3, most: 1e9 }, '100'),
    weight: shareOf('--weight', wanted('--weight', weight, '5%'), { least: 1e-4, most: 0.99 }, '5%, at most 99%'),
  }
  const stable = shareOf('--base', wanted('--base', base, '0.1%'), bases, '0.1%, from 0.0001% to 90%')
  const found = worse === undefined ? null : shareOf('--worse', worse, { least: 0, most: 1 }, '0.5%')
  if (found !== null && found <= stable)
    throw refused('--worse', `${worse} is not worse than the ${base} of --base`, '0.5%, more than --base')
  return {
    traffic,
    base: stable,
    worse: found,
    soak: soak === undefined ? null : spanOf('--soak', soak),
    terms: termsOf(options),
  }
}

/** Another weight to be told what it would take. */
const half = 0.5

/** Of the evidence, where latency and bounds of the user's own have their parts, too: a release finds errors by this. */
const partOfErrors = ({ errors, latency, other }: Terms['weights']): number => errors / (errors + latency + other)

export function designed({ traffic, base, worse, soak, terms }: DesignInput): JudgeDesign {
  const worth = worthFinding(base)
  const wanted = worse ?? worth
  const alone = { ...terms, alpha: terms.alpha * partOfErrors(terms.weights) }
  const at = (weight: number) => timeToDetect({ ...traffic, weight }, { base, worse: wanted }, alone)
  const [found, powered] = [at(traffic.weight), timeToDetect(traffic, { base, worse: worth }, alone)]
  const needed = Math.max(found, powered)
  return {
    v: 1,
    rps: traffic.rps,
    weight: traffic.weight,
    base,
    worse: wanted,
    tolerated: tolerated(terms.tolerance, base),
    alpha: terms.alpha,
    found: seconds(found),
    soak: Number.isFinite(needed) ? rounded(needed) / second : null,
    pass: { worse: worth, after: seconds(powered) },
    halfWeight: traffic.weight < half ? seconds(at(half)) : null,
    early: terms.early ? seconds(Math.max(terms.minSoak, timeToAdvance(traffic, base, terms))) : null,
    given:
      soak === null
        ? null
        : { soak: soak / second, smallest: smallestFound(traffic, { base, soak }, alone), enough: needed <= soak },
  }
}

const seconds = (time: Millis): number | null => (Number.isFinite(time) ? Math.ceil(time / second) : null)

/** Up to a span that somebody would write. */
function rounded(time: Millis): Millis {
  const step =
    time <= minute ? 5 * second : time <= 10 * minute ? 30 * second : time <= 60 * minute ? minute : 10 * minute
  return Math.ceil(time / step) * step
}
