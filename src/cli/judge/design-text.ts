import { durationText } from '../../config/written.ts'
import { second } from '../../core/time.ts'
import { oneIn } from '../../judge/compared/answer.ts'
import type { JudgeDesign } from '../../report/documents/judge.ts'
import type { Paint } from '../../report/paint.ts'

/** One recommendation first, then what it rests on. */
export function designText(design: JudgeDesign, { bold }: Paint): string {
  const { rps, weight, base, worse, alpha, found, soak, pass, halfWeight, early } = design
  const traffic = `${share(weight)} of ${rps} requests a second`
  const rows: (readonly [string, string])[] = [
    [
      'finds',
      found === null
        ? `nothing: ${share(worse)} is tolerated where stable fails ${share(base)} (up to ${share(design.tolerated)})`
        : `${share(worse)} failing instead of ${share(base)} within ${time(found)}, in 80 % of releases, at ${traffic}`,
    ],
    [
      'pass',
      pass.after === null
        ? 'never'
        : `possible from ${time(pass.after)} on: by then ${share(pass.worse)} would have been found`,
    ],
    ...(halfWeight === null || found === null ? [] : [[`at 50 %`, `${time(halfWeight)} would do to find it`] as const]),
    ...(early === null
      ? []
      : [['early', `a version that is as good as stable may go on after ${time(early)}`] as const]),
    ...(design.given === null ? [] : [['your soak', givenText(design.given)] as const]),
    ['errors', 'are found by half of the evidence: latency and bounds of your own have the other half'],
    ['by chance', `a good version is ever taken back in fewer than ${oneIn(alpha)} releases`],
  ]
  const advice = soak === null ? 'no soak is long enough' : `soak at least ${time(soak)}`
  return [bold(advice), '', ...rows.map(([name, text]) => `  ${name.padEnd(10)} ${text}`), ''].join('\n')
}

function givenText({ soak, smallest, enough }: NonNullable<JudgeDesign['given']>): string {
  const finds =
    smallest === null ? 'finds nothing, not even a version that fails always' : `finds ${share(smallest)} and more`
  return `${time(soak)} ${enough ? 'is enough' : 'is too short'}: it ${finds}`
}

const time = (seconds: number): string => durationText(seconds * second)
const share = (part: number): string => `${Number((100 * part).toPrecision(3))} %`
