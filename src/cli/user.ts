import { userInfo } from 'node:os'
import type { Process } from './process.ts'

/** Who is at work: in CI the one who started the job, in a Job of --detach the one who said that. */
export const userName = ({ env }: Pick<Process, 'env'>): string =>
  env['DEPLOY_BY'] ??
  env['GITHUB_ACTOR'] ??
  env['GITLAB_USER_LOGIN'] ??
  safely(() => userInfo().username) ??
  env['USER'] ??
  'unknown'

/** A container may run under a number that has no name. */
function safely(name: () => string): string | undefined {
  try {
    return name()
  } catch {
    return undefined
  }
}
