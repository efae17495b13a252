import { statSync } from 'node:fs'
import { join } from 'node:path'
import { getuid } from 'node:process'
import type { Check, Finding } from '../check.ts'

const others = 0o077

export const cache: Check = {
  name: 'cache',
  asks: 'Is compiled code kept, where nobody else can write?',
  look: ({ context }) => [cacheFinding(context.process.env)],
}

/** The same place as `bin/deploy.cjs` uses. Without it everything works, and starts later. */
function cacheFinding(env: Readonly<Record<string, string | undefined>>): Finding {
  const home = env['XDG_CACHE_HOME'] || (env['HOME'] && join(env['HOME'], '.cache'))
  if (env['NODE_DISABLE_COMPILE_CACHE']) return { answer: 'skipped', what: 'NODE_DISABLE_COMPILE_CACHE is set' }
  if (env['NODE_COMPILE_CACHE']) return { answer: 'ok', what: `NODE_COMPILE_CACHE says ${env['NODE_COMPILE_CACHE']}` }
  if (!home?.startsWith('/')) return { answer: 'skipped', what: 'neither XDG_CACHE_HOME nor HOME is a folder' }
  const folder = join(home, 'deploy/v8')
  const found = statSync(folder, { throwIfNoEntry: false })
  if (!found) return { answer: 'skipped', what: `${folder} is not there yet: the installed program makes it` }
  if (getuid && found.uid !== getuid())
    return {
      answer: 'warn',
      what: `${folder} belongs to somebody else and is not used`,
      remedy: `sudo chown -R "$(id -u)" ${folder}`,
    }
  return (found.mode & others) === 0
    ? { answer: 'ok', what: folder }
    : { answer: 'warn', what: `others may write or read ${folder}`, remedy: `chmod 700 ${folder}` }
}
