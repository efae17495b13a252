import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, openSync, closeSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

export const root = join(import.meta.dirname, '../..')

/** A package as it would be published, apart from the checkout: tests run side by side. */
export async function published(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-package-'))
  const dist = join(folder, 'dist')
  await execa('rolldown', ['--config', 'rolldown.config.ts', '--dir', dist, '--logLevel', 'warn'], {
    cwd: root,
    preferLocal: true,
  })
  for (const each of ['bin/deploy.cjs', 'package.json', 'LICENSE', 'README.md', 'CHANGELOG.md'])
    cpSync(join(root, each), join(folder, each))
  return folder
}

export interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Start {
  readonly node?: string
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Where it runs; an empty folder if not said. */
  readonly cwd?: string
}

/**
 * Runs a program as a user would, with files for its streams: a pipe or a terminal would load modules of
 * Node.js that are not the program's doing.
 */
export function run(deploy: string, args: readonly string[], { node, flags = [], env, cwd }: Start = {}): Ended {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-bundle-'))
  const files = [join(folder, 'out'), join(folder, 'err')] as const
  const [out, err] = [openSync(files[0], 'w'), openSync(files[1], 'w')]
  const { status } = spawnSync(node ?? process.execPath, [...flags, deploy, ...args], {
    cwd: cwd ?? folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    stdio: ['ignore', out, err],
    timeout: 60_000,
  })
  closeSync(out)
  closeSync(err)
  return { exit: status, stdout: readFileSync(files[0], 'utf8'), stderr: readFileSync(files[1], 'utf8') }
}
