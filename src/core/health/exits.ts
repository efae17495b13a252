import type { ContainerState, ContainerStatus } from '../objects.ts'
import { said } from './said.ts'

export type Exit = NonNullable<ContainerState['terminated']>

/** How the container ended last: just now, or before its present start. */
export const lastExit = (status: ContainerStatus): Exit | undefined =>
  status.state?.terminated ?? status.lastState?.terminated

/** Ends since the pod was made; a container that is not running has ended once more than it was restarted. */
export const crashes = (status: ContainerStatus): number => status.restartCount + (status.state?.running ? 0 : 1)

/** Linux: exit code 128 + n is death by signal n. */
const signals: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
}

/** `exit code 137 (OOMKilled, limit 128Mi)`, `exit code 139 (SIGSEGV)`, `exit code 1`. */
export function exitText(exit: Exit | undefined, memoryLimit?: string): string {
  if (!exit) return 'an unknown exit code'
  const reason = exit.reason && !['Error', 'Completed'].includes(exit.reason) ? said(exit.reason, 60) : undefined
  const signal = signals[exit.signal ?? exit.exitCode - 128]
  const limit = exit.reason === 'OOMKilled' && memoryLimit ? `limit ${memoryLimit}` : undefined
  const notes = [reason ?? signal, limit].filter((note) => note !== undefined)
  return `exit code ${exit.exitCode}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`
}

const ourMistake = /executable file not found|no such file|permission denied|exec format error|(is|not) a directory/i

/** The runtime could not start the container: Docker's and containerd's names for it. */
export const startFailed = (exit: Exit | undefined): boolean =>
  exit?.reason === 'ContainerCannotRun' || exit?.reason === 'StartError'

/**
 * The node's doing, not the release's: the runtime failed with exit code 128 (Krane's experience: transient trouble of
 * the node), or lost the container. containerd gives 128 to every failed start, a wrong command included
 * (containerd `container_start.go`, `errorStartExitCode`), so the message has to say that it was not that.
 */
export const runtimeFault = (exit: Exit | undefined): boolean =>
  exit?.reason === 'ContainerStatusUnknown' ||
  (startFailed(exit) && exit?.exitCode === 128 && !ourMistake.test(exit.message ?? ''))
