import { type ExitCode, exitCodes } from '../../core/errors.ts'
import { escapeText } from '../../core/text.ts'
import type { DoctorResult } from '../../report/documents/doctor.ts'
import { paintFor } from '../../report/paint.ts'
import type { CommandContext } from '../context.ts'
import type { Finding } from '../doctor/check.ts'
import { checks } from '../doctor/checks.ts'
import { doctorText, worstOf } from '../doctor/report.ts'
import { type DoctorOptions, openScene } from '../doctor/scene.ts'
import { formOf } from '../options.ts'
import { wishFor } from '../process.ts'

/** `deploy doctor`: everything that a release rests on, looked at without releasing anything. */
export async function doctor(options: DoctorOptions, context: CommandContext): Promise<ExitCode> {
  const { process } = context
  const { stdout } = process.streams
  if (options.rbac) {
    const { rbacText } = await import('../doctor/rbac/text.ts')
    stdout.write(await rbacText(options, context))
    return exitCodes.done
  }
  await using scene = await openScene(options, context)
  const all: DoctorResult['checks'] = await Promise.all(
    checks.map(async ({ name, asks, look }) => ({ name, asks, findings: (await look(scene)).map(escaped) })),
  )
  const worst = worstOf(all)
  const result: DoctorResult = { v: 1, answer: worst, checks: all }
  const look = { columns: stdout.columns ?? 100, paint: paintFor(wishFor(stdout, options.color, process)) }
  stdout.write(formOf(options) === 'text' ? `${doctorText(all, look)}\n` : `${JSON.stringify(result, null, 2)}\n`)
  return worst === 'fail' ? exitCodes.refused : exitCodes.done
}

/** Names and messages come from clusters. */
const escaped = ({ what, remedy, ...finding }: Finding): Finding => ({
  ...finding,
  what: escapeText(what),
  ...(remedy !== undefined && { remedy: escapeText(remedy) }),
})
