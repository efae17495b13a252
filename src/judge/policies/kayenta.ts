import { hour, minute, type Millis } from '../../core/time.ts'
import { percentText } from '../weigh.ts'
import { shiftOf } from './mann-whitney.ts'
import { type Decided, rate, type Seen, undecided, windowsOf } from './windows.ts'

/** A canary stage with one metric (share of failed requests, direction `increase`). */
export interface KayentaRules {
  /** One point of the compared series. */
  readonly step: Millis
  /** How long it collects before the judge looks. */
  readonly lifetime: Millis
  /** Part of the estimated shift that the confidence interval has to clear. */
  readonly tolerance: number
}

export const kayentaRules: KayentaRules = { step: minute, lifetime: hour, tolerance: 0.25 }

/** Of a two-sided interval of 98 %, as `NetflixACAJudge` has it. */
const z98 = 2.326_347_874_040_841

/**
 * Kayenta's default judge, `NetflixACAJudge`: at the end of its lifetime, points of no data are dropped (outliers are not,
 * unless one asks for it); the metric is `High` when a Mann-Whitney interval of 98 % for the shift lies
 * above a quarter of the estimated shift. With one metric, `High` is a score of 0, which fails.
 * @see https://spinnaker.io/docs/guides/user/canary/judge/
 * @see https://github.com/spinnaker/kayenta/blob/master/kayenta-judge/src/main/scala/com/netflix/kayenta/judge/NetflixACAJudge.scala
 * @see https://github.com/spinnaker/kayenta/blob/master/kayenta-mannwhitney/src/main/scala/com/netflix/kayenta/mannwhitney/MannWhitney.scala
 */
export function kayenta(polls: readonly Seen[], until: Millis, rules: KayentaRules = kayentaRules): Decided {
  const at = rules.lifetime
  if (until < at) return undecided(until)
  const windows = windowsOf(polls, rules.step, at)
  const fresh = windows.flatMap((one) => rate(one.fresh) ?? [])
  const stable = windows.flatMap((one) => rate(one.stable) ?? [])
  if (fresh.length === 0 || stable.length === 0)
    return { answer: 'undecided', at, because: 'no data: nothing is scored' }
  if (fresh.length === stable.length && fresh.every((value, index) => value === stable[index]))
    return { answer: 'promote', at, because: 'both series are equal' }
  const shift = shiftOf(fresh, stable, z98)
  if (!shift) return { answer: 'undecided', at, because: 'all values are tied: it ends with an error' }
  const told = `shift ${percentText(shift.estimate)}, 98 %: ${percentText(shift.low)} to ${percentText(shift.high)}`
  return shift.low > rules.tolerance * Math.abs(shift.estimate)
    ? { answer: 'rollback', at, because: `High: ${told}` }
    : { answer: 'promote', at, because: `Pass: ${told}` }
}
