import { accessSync, constants } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { onTestFinished } from 'vitest'
import { scripts } from '../../../src/cli/completion/scripts.ts'
import type { Shell } from '../../../src/cli/completion/shells.ts'
import { bin } from '../support/deploy.ts'

const prompt = 'READY> '

/** How each shell is started as a person has it: interactive, with our script sourced, and a prompt to wait for. */
const starts: Readonly<Record<Shell, { files: (script: string) => Record<string, string>; args: string[] }>> = {
  bash: { files: (script) => ({ rc: `PS1='${prompt}'\nsource ${script}\n` }), args: ['--rcfile', 'rc', '-i'] },
  zsh: {
    files: (script) => ({ '.zshrc': `PS1='${prompt}'\nautoload -Uz compinit && compinit -u -D\nsource ${script}\n` }),
    args: ['-d', '-i'],
  },
  fish: {
    files: (script) => ({ rc: `function fish_prompt; echo -n '${prompt}'; end\nsource ${script}\n` }),
    args: ['--no-config', '-i', '-C', 'source rc'],
  },
}

export const isInstalled = (shell: Shell): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, shell), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** What `deploy` is called with, after these keys were pressed in this shell, in this folder, and then Enter. */
export async function typed(shell: Shell, keys: string, cwd: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'deploy-shell-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  // Only what completes is the real one: what is completed is printed.
  const program = `#!/bin/sh\n[ "$1" = complete ] && exec '${process.execPath}' '${bin}' "$@"\necho "CALLED:$*:"\n`
  const script = join(home, 'completion')
  const files = { ...starts[shell].files(script), deploy: program, completion: scripts[shell] }
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, name), text)
  await chmod(join(home, 'deploy'), 0o755)
  const args = starts[shell].args.map((arg) => arg.replace(/\brc$/, join(home, 'rc')))
  const env = {
    PATH: `${home}${delimiter}${process.env['PATH']}`,
    HOME: home,
    ZDOTDIR: home,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
  }
  const pty = spawn(shell, args, { cols: 200, rows: 50, cwd, env })
  let seen = ''
  let pressed = false
  return await new Promise((resolve) => {
    pty.onData((text) => {
      seen += text
      if (!pressed && seen.includes(prompt)) {
        pressed = true
        pty.write(`${keys}\r`)
      }
      // What is typed is echoed with the name of the program, never with this word.
      const [, called] = /CALLED:(.*?):/.exec(seen) ?? []
      if (called === undefined) return
      pty.kill('SIGKILL')
      resolve(called)
    })
    pty.onExit(() => resolve(`the shell ended: ${JSON.stringify(seen)}`))
  })
}
