import type { Finding } from '../verdict.ts'
import type { Trouble } from './environment.ts'
import { signText } from './judge.ts'
import { oneLine } from './said.ts'
import { isConfirmed, type Raised } from './signals.ts'
import type { Taken } from './taken.ts'

/** What counts against the release first, then what is only said, then the environment's doing. */
export function findingsOf(
  raised: readonly Raised[],
  taken: readonly Taken[],
  trouble: Trouble | null,
): readonly Finding[] {
  const fails = raised.filter(({ signal }) => isConfirmed(signal))
  const warns = raised.filter(({ rule, signal }) => rule.warns && !isConfirmed(signal))
  return [
    ...fails.map((one) => findingOf(one, 'fail')),
    ...warns.map((one) => findingOf(one, 'warn')),
    ...(trouble ? [{ rule: 'stable-worse', level: 'warn', object: 'stable', ...textOf(trouble) } as const] : []),
    ...taken.map((one) => {
      const object = `pod/${one.pod.metadata.name}`
      const because = oneLine(`pod ${one.pod.metadata.name}: ${one.because}`)
      return { rule: one.rule, level: 'foreign', object, because, evidence: one.evidence } as const
    }),
  ]
}

const findingOf = (one: Raised, level: Finding['level']): Finding => ({
  rule: one.rule.id,
  level,
  object: one.pod ? `pod/${one.pod.metadata.name}` : (one.sign.object ?? 'release'),
  because: signText(one),
  evidence: (one.sign.evidence ?? []).map((line) => oneLine(line)),
})

const textOf = ({ because, evidence }: Trouble) => ({ because, evidence })
