import { readFile } from 'node:fs/promises'
import type { Clock } from '../../ports.ts'
import { minute } from '../../core/time.ts'
import type { Fetch } from './credential.ts'

/**
 * A token that something else keeps fresh in a file (a service account's is replaced before it expires). Read again
 * every minute, as client-go does: with the minute of skew of every credential, it is kept for one.
 */
export const tokenFile =
  (path: string, clock: Clock): Fetch =>
  async () => ({ token: (await readFile(path, 'utf8')).trim(), expires: clock.now() + 2 * minute })
