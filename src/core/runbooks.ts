import type { ExitName } from './errors.ts'

/** Files of `runbooks/`, for states in which somebody has to do something with a cluster. */
const files = {
  'canary-stuck': ['drift', 'impossible', 'live-unhealthy'],
  'lock-held': ['locked', 'run-open', 'journal-locked', 'run-exists', 'lease-foreign', 'lease-forbidden', 'taken-over'],
  'plan-stale': ['plan-stale', 'not-approved', 'plan-unusable', 'cluster-other', 'hook-changed', 'plan-untrusted'],
  'the-tool-is-dead': [
    'bug',
    'run-unreadable',
    'journal-corrupt',
    'journal-plan',
    'journal-newer',
    'journal-changed',
    'journal-forked',
    'journal-unreachable',
    'journal-unwritable',
  ],
} as const satisfies Record<string, readonly string[]>

const byExit: Readonly<Partial<Record<ExitName, readonly string[]>>> = {
  bug: ['the-tool-is-dead'],
  humanNeeded: ['rollback-failed', 'frozen'],
  paused: ['unattended', 'canary-stuck'],
  notApproved: ['plan-stale'],
  locked: ['lock-held'],
  stale: ['plan-stale'],
  interrupted: ['unattended'],
  terminated: ['unattended'],
}

const path = (name: string): string => `runbooks/${name}.md`

/** What to read after the process ended so; empty: the message itself is all. */
export const runbooksOfExit = (exit: ExitName): string[] => (byExit[exit] ?? []).map(path)

/** What to read about an error of that code; `null`: the message itself is all. */
export function runbookOfError(code: string): string | null {
  const found = Object.entries(files).find(([, codes]) => (codes as readonly string[]).includes(code))
  return found ? path(found[0]) : null
}

/** Codes that have one. */
export const codesWithRunbook: readonly string[] = Object.values(files).flat()
