import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import type { Hook } from '../core/plan.ts'
import type { Files } from './files.ts'
import type { HookTarget, Moment } from './hooks.ts'
import { errorOf, type Problem } from './problem.ts'
import { shown } from '../core/shown.ts'
import { type Variables, variable } from './variables.ts'

export interface HookFilesInput {
  readonly hooks: Readonly<Record<Moment, readonly HookTarget[]>>
  /** The folder of deploy.yaml, which is where hooks run. */
  readonly folder: string
  readonly files: Files
  readonly variables: Variables
}

export type PlannedHook = Hook & Pick<HookTarget, 'per'>

/**
 * The hooks as a plan has them: each program is there and can be run, and each one of the project has the hash of its
 * text, so that what was approved is what runs. Programs from PATH have none: they differ from machine to machine.
 * @throws DeployError `config-hook`, with all that are missing or cannot be run
 */
export function plannedHooks({
  hooks,
  folder,
  files,
  variables,
}: HookFilesInput): Record<Moment, readonly PlannedHook[]> {
  const paths = variable(variables, 'PATH')?.split(':') ?? []
  const problems = Object.values(hooks).flatMap((list) => list.flatMap((hook) => wrongWith(hook, folder, paths, files)))
  if (problems.length > 0) throw errorOf('config-hook', "the service's hooks", problems)
  const planned = (list: readonly HookTarget[]): PlannedHook[] =>
    list.map(({ argv, timeout, rerun, per }) => {
      const [program] = argv
      const sha256 = ofProject(program)
        ? createHash('sha256')
            .update(files.read(resolve(folder, program)))
            .digest('hex')
        : undefined
      return Object.assign({ argv, timeout, per }, rerun && { rerun }, sha256 && { sha256 })
    })
  return {
    before: planned(hooks.before),
    'before-traffic': planned(hooks['before-traffic']),
    'after-weight': planned(hooks['after-weight']),
    after: planned(hooks.after),
    'on-rollback': planned(hooks['on-rollback']),
  }
}

const ofProject = (program: string): boolean => program.includes('/') && !program.startsWith('/')

function wrongWith(
  { argv: [program], place }: HookTarget,
  folder: string,
  paths: readonly string[],
  files: Files,
): Problem[] {
  const wrong = (what: string, remedy: string): Problem[] => [{ place, key: '', what, remedy }]
  if (!program.includes('/')) {
    const found = paths.some((path) => files.look(join(path, program))?.executable)
    return found
      ? []
      : wrong(
          `the hook ${shown(program)} is in no folder of PATH`,
          `install it, or write ./${program} for a file of the project`,
        )
  }
  const path = resolve(folder, program)
  const entry = files.look(path)
  if (!entry)
    return wrong(
      `the hook ${shown(program)} does not exist (looked for ${path})`,
      'correct the path: it is relative to deploy.yaml',
    )
  if (entry.kind !== 'file') return wrong(`the hook ${shown(program)} is not a file`, 'name a program')
  return entry.executable ? [] : wrong(`the hook ${shown(program)} is not executable`, `chmod +x ${path}`)
}
