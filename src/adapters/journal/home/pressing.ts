import type { Entry } from '../../../core/journal.ts'

/**
 * What another machine must know before it happens: every step forward, for what it left in the world would look like
 * somebody else's doing to whoever goes on from the home's copy alone; and that the release goes back, or is over.
 */
export const isPressing = (entry: Entry): boolean =>
  (entry.type === 'intended' && entry.way === 'forward') || entry.type === 'turned' || entry.type === 'closed'
