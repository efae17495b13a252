import { DeployError, type ExitCode } from '../core/errors.ts'
import type { ErrorResult } from './documents/error.ts'

/** The document that a program gets when there is no other. */
export function errorJson(error: unknown, exit: ExitCode): ErrorResult {
  if (!(error instanceof DeployError))
    return { v: 1, exit, error: { code: 'bug', what: 'this is a bug in deploy; stderr has its stack' } }
  const { code, what, why, remedy } = error
  return {
    v: 1,
    exit,
    error: { code, what, ...(why !== undefined && { why }), ...(remedy !== undefined && { remedy }) },
  }
}
