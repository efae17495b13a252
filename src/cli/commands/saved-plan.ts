import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import type { ReleaseOptions } from '../options.ts'
import type { Process } from '../process.ts'

/** Options of `plan` that say what is planned. A saved plan is what it is. */
const changing = ['env', 'service', 'namespace', 'cluster', 'set', 'weight', 'bake', 'server', 'out'] as const

/** `deploy plan plan.json`: prints a saved plan, whole and untouched as `apply` would take it. No cluster is asked. */
export async function savedPlan(file: string, options: ReleaseOptions, process: Process): Promise<ExitCode> {
  if (!file.endsWith('.json')) {
    throw new DeployError({
      code: 'usage',
      what: "missing required argument 'version'",
      remedy: `deploy plan ${file} v1.2.3, or a saved plan: deploy plan plan.json`,
    })
  }
  const given = changing.find((name) => isGiven(options[name]) && !process.env[`DEPLOY_${name.toUpperCase()}`])
  if (given) {
    throw new DeployError({
      code: 'usage',
      what: `--${given} can't change a plan that was saved`,
      remedy: `deploy plan ${file} prints it; make another: deploy plan <strategy> <version> --${given} …`,
    })
  }
  const [{ loadPlan }, { showPlan }] = await Promise.all([import('../plan-file.ts'), import('../show-plan.ts')])
  const { plan, hash } = await loadPlan(file)
  showPlan({ plan, hash, options: { ...options, out: file } }, process)
  return exitCodes.done
}

const isGiven = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined)
