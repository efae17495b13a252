import type { Paint } from '../../report/paint.ts'
import { hang, padTo, widthOf } from '../../report/width.ts'
import type { DoctorResult, Finding } from '../../report/documents/doctor.ts'

type Examined = DoctorResult['checks'][number]
type Answer = Finding['answer']

const signs = { ok: '✔', warn: '!', fail: '✘', skipped: '–' } as const
const paints = { ok: 'good', warn: 'warn', fail: 'bad', skipped: 'dim' } as const

export function doctorText(all: readonly Examined[], { columns, paint }: { columns: number; paint: Paint }): string {
  const widest = Math.max(...all.map(({ name }) => widthOf(name)))
  const lines = all.flatMap(({ name, findings }) =>
    findings.flatMap(({ answer, place, what, remedy }, index) => {
      const label = `${padTo(index === 0 ? name : '', widest)}  `
      const text = `${place === undefined ? '' : `${place}: `}${what}`
      const [first = '', ...rest] = hang(`${label}${signs[answer]} `, text, columns)
      const sign = paint[paints[answer]](signs[answer])
      const does = remedy === undefined || answer === 'ok' ? [] : hang(`${' '.repeat(widest + 4)}do  `, remedy, columns)
      return [first.replace(signs[answer], sign), ...rest, ...does]
    }),
  )
  return [...lines, '', summary(all)].join('\n')
}

/** The worst that was found. */
export function worstOf(all: readonly Examined[]): Answer {
  const found = new Set(all.flatMap(({ findings }) => findings.map(({ answer }) => answer)))
  return (['fail', 'warn', 'ok'] as const).find((answer) => found.has(answer)) ?? 'skipped'
}

function summary(all: readonly Examined[]): string {
  const answers = all.flatMap(({ findings }) => findings.map(({ answer }) => answer))
  const count = (wanted: Answer): number => answers.filter((answer) => answer === wanted).length
  const parts = [
    [count('fail'), 'failed'],
    [count('warn'), 'to look at'],
    [count('ok'), 'good'],
    [count('skipped'), 'not checked'],
  ] as const
  return parts
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${many} ${word}`)
    .join(', ')
}
