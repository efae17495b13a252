import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hooks } from '../../../../src/adapters/hooks/hooks.ts'

/** Runs the hook of a folder, and exits as soon as that has begun. */
const folder = process.argv[2] ?? ''
const running = hooks({ folder, env: process.env }).run(
  { argv: ['./hook.sh'], timeout: 60_000 },
  {},
  new AbortController().signal,
)
running.catch(() => {})
setInterval(() => existsSync(join(folder, 'pids')) && process.exit(0), 5)
