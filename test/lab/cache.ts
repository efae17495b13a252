import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the built components live: outside of the checkout, so that a fresh clone does not build for twenty minutes again. */
export const cacheDir =
  process.env['DEPLOY_LAB_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'deploy-lab')

/** The path of one built file, for example `cached('kubectl')`. */
export const cached = (name: string): string => join(cacheDir, name)
