import type { PreflightCase } from './case.ts'
import type { Check } from './check.ts'
import { checks, targetChecks } from './checks.ts'
import type { Complaint } from './complaint.ts'
import { factsOf } from './facts.ts'

/**
 * Everything that speaks against a release, all at once: refusals first, each with a reason and a remedy. While another
 * run is open only that is told: what else could be seen would be that run's doing.
 */
export function preflight(input: PreflightCase): Complaint[] {
  const target = targetChecks.flatMap((check) => complaints(check, input, input.emergency))
  const facts = target.some(({ code }) => code === 'run-open') ? null : factsOf(input)
  const others = facts ? checks.flatMap((check) => complaints(check, facts, input.emergency)) : []
  return [...target, ...others].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
}

const order: readonly Complaint['level'][] = ['refuse', 'warn', 'not-checked']

function complaints<Input>(check: Check<Input>, input: Input, emergency: boolean): Complaint[] {
  if (emergency && check.emergency === 'off') return []
  return [check.look(input) ?? []].flat().map(({ level = check.level, what, why, remedy }) => ({
    level: level === 'refuse' && emergency && check.emergency === 'warns' ? 'warn' : level,
    code: check.code,
    what,
    why,
    remedy,
  }))
}
