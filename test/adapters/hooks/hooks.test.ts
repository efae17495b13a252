import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endGroup, killGroup } from '../../../src/adapters/hooks/group.ts'
import { hooks } from '../../../src/adapters/hooks/hooks.ts'
import type { Hook } from '../../../src/core/plan.ts'

const never = new AbortController().signal

/**
 * A folder with one hook in it; what it is given to do is a shell script. It must end by itself some time: when the
 * worker of this test is killed, nobody is left to end a process that is in a group of its own.
 */
async function project(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-hooks-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'hook.sh')
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  const env = { PATH: process.env['PATH'], FROM_OUTSIDE: 'seen' }
  const run = (hook: Partial<Hook> = {}, signal = never, own: Record<string, string> = {}) =>
    hooks({ folder, env, grace: 300 }).run({ argv: ['./hook.sh'], timeout: 20_000, ...hook }, own, signal)
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  return { folder, file, run, read }
}

/** The pids in a file of the folder, one a line. */
const pids = (text: string) => text.trim().split('\n').map(Number)

/** Or a zombie, which its parent has yet to look at. */
const isGone = (pid: number): boolean => {
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
  } catch {
    return true
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a hook', () => {
  it('answers with its exit code and what it said, stderr among stdout', async () => {
    const { run } = await project('echo one; sleep 0.05; echo two >&2; sleep 0.05; echo three; exit 3')
    expect(await run()).toEqual({ receipt: { exitCode: 3 }, output: ['one', 'two', 'three'], timedOut: false })
  })

  it('runs in the folder of deploy.yaml, with the environment and what it is told of its step', async () => {
    const { run, folder } = await project('pwd; echo "$FROM_OUTSIDE $DEPLOY_STEP"; echo "[$HOME]"')
    const { output } = await run({}, never, { DEPLOY_STEP: 's1' })
    expect(output).toEqual([folder, 'seen s1', '[]'])
  })

  it('gets its words as they are: no shell reads them', async () => {
    const { run } = await project('for word in "$@"; do echo "[$word]"; done')
    const { output } = await run({ argv: ['./hook.sh', '$HOME; rm -rf *', '', 'a b', '*'] })
    expect(output).toEqual(['[$HOME; rm -rf *]', '[]', '[a b]', '[*]'])
  })

  it('is found in PATH too', async () => {
    const { run } = await project('')
    expect((await run({ argv: ['echo', 'hello'] })).output).toEqual(['hello'])
  })

  it('has no input and no terminal to ask at', async () => {
    const { run } = await project('cat; (: </dev/tty) 2>/dev/null && echo terminal; echo end')
    expect((await run()).output).toEqual(['end'])
  })

  it('that a signal ended has the exit code that a shell would give it', async () => {
    const { run } = await project('kill -KILL $$')
    expect((await run()).receipt).toEqual({ exitCode: 137 })
  })

  it('says nothing that a terminal or a CI system would obey', async () => {
    const { run } = await project(String.raw`printf '\033[2J\033[31mred\033[0m\n::error::no\n##vso[x]\n'`)
    const { output } = await run()
    expect(output).toEqual(['\\x1b[2Jred', '\\x3a:error::no', '#\\x23vso[x]'])
  })

  it('may print 100 MB: the end is kept, in little memory', async () => {
    const { run } = await project('head -c 100000000 /dev/zero | tr "\\0" "x" | fold -w 99; echo; echo the end')
    const before = process.memoryUsage().rss
    const { output } = await run()
    expect(output[0]).toMatch(/^\(98\d\d\d KiB came before this\)$/)
    expect(output.at(-1)).toBe('the end')
    expect(output.join('').length).toBeLessThan(70_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024)
  })

  it('may print what is no text', async () => {
    const { run } = await project('head -c 300000 /dev/urandom; echo; echo the end')
    const { output } = await run()
    expect(output.at(-1)).toBe('the end')
    expect(output.join('')).not.toMatch(/[\p{Cc}\p{Cs}]/u)
  })
})

describe('a hook that does not end', () => {
  it('is asked to when its time is over, and may tidy up', async () => {
    const { run } = await project('trap "echo tidied; exit 7" TERM; sleep 60 & wait')
    const { receipt, output, timedOut } = await run({ timeout: 200 })
    expect({ receipt, last: output.at(-1), timedOut }).toEqual({
      receipt: { exitCode: 7 },
      last: 'tidied',
      timedOut: true,
    })
  })

  it('is killed with all that it started when it does not listen', async () => {
    const { run, read } = await project('trap "" TERM; sleep 60 & echo $! >pids; echo $$ >>pids; wait; wait; sleep 60')
    const result = await run({ timeout: 200 })
    expect(result).toMatchObject({ receipt: { exitCode: 137 }, timedOut: true })
    const started = pids(await read('pids'))
    expect(started).toHaveLength(2)
    expect(started.map(isGone)).toEqual([true, true])
  })

  it('ends when the signal aborts, which is not its time being over', async () => {
    const { run, read, folder } = await project('echo $$ >pids; echo begun; exec sleep 60')
    const abort = new AbortController()
    const ran = run({}, abort.signal)
    await until(() =>
      readFile(join(folder, 'pids')).then(
        (text) => text.length > 0,
        () => false,
      ),
    )
    abort.abort()
    expect(await ran).toEqual({ receipt: { exitCode: 143 }, output: ['begun'], timedOut: false })
    expect(pids(await read('pids')).map(isGone)).toEqual([true])
  })

  it('ends when deploy does', async () => {
    const { folder, read } = await project('sleep 60 & echo $! >all; echo $$ >>all; mv all pids; wait')
    execFileSync(process.execPath, [join(import.meta.dirname, 'children', 'exit.ts'), folder])
    const started = pids(await read('pids'))
    expect(started).toHaveLength(2)
    await until(() => started.every(isGone))
  })

  it('is not begun when the signal has aborted', async () => {
    const { run, read } = await project('echo $$ >pids')
    await expect(run({}, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    await expect(read('pids')).rejects.toThrow('ENOENT')
  })
})

describe('what a hook leaves running', () => {
  it('is ended with it, though it holds the output open', async () => {
    const { run, read } = await project('sleep 60 & echo $! >pids; echo done')
    const start = performance.now()
    expect(await run()).toEqual({ receipt: { exitCode: 0 }, output: ['done'], timedOut: false })
    expect(performance.now() - start).toBeLessThan(5_000)
    expect(pids(await read('pids')).map(isGone)).toEqual([true])
  })

  it('is not waited for when it is a real daemon, out of its group, that holds the output open', async () => {
    const { run, read } = await project(
      "setsid sh -c 'echo $$ >pids; exec sleep 60' & for _ in $(seq 500); do [ -s pids ] && break; sleep 0.02; done; echo done",
    )
    const start = performance.now()
    expect(await run()).toEqual({ receipt: { exitCode: 0 }, output: ['done'], timedOut: false })
    expect(performance.now() - start).toBeLessThan(5_000)
    for (const pid of pids(await read('pids'))) process.kill(pid, 'SIGKILL')
  })

  it('may still say its last words when the hook ends', async () => {
    const { run } = await project('(sleep 0.05; echo late) & echo done')
    expect((await run()).output).toEqual(['done', 'late'])
  })
})

it.skipIf(process.platform !== 'linux')('nobody waits for zombies that no init takes away', async () => {
  // The parent is in another session and never asks how its child ended, so the child stays in its group as a zombie.
  const parent = spawn('sh', ['-c', 'setsid sleep 60 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const leader = Number(line.toString())
  await until(() => killGroup(leader, 0))
  const start = performance.now()
  await endGroup(leader, 10_000)
  expect(performance.now() - start).toBeLessThan(5_000)
  expect(killGroup(leader, 0)).toBe(true)
})

describe('a hook that can not be run says why', () => {
  it.each([
    ['it is not there', './missing.sh', 'hook-not-found', 'correct its path'],
    ['it is a folder', './', 'hook-not-found', 'correct its path'],
    ['it is in no folder of PATH', 'no-such-program', 'hook-not-found', './no-such-program'],
    ['it is not executable', './plain.txt', 'hook-not-executable', 'chmod +x'],
  ])('%s', async (_why, name, code, remedy) => {
    const { run, folder } = await project('')
    await writeFile(join(folder, 'plain.txt'), '')
    await expect(run({ argv: [name] })).rejects.toMatchObject({
      code,
      exit: 'refused',
      what: expect.stringContaining(name),
      remedy: expect.stringContaining(remedy),
    })
  })

  it('its interpreter is not there', async () => {
    const { run, file } = await project('')
    await writeFile(file, '#!/no/such/interpreter\n')
    await expect(run()).rejects.toMatchObject({ code: 'hook-not-started', what: expect.stringContaining('ENOENT') })
  })

  it('its words are too many for the system', async () => {
    const { run } = await project('')
    await expect(run({ argv: ['./hook.sh', 'x'.repeat(5_000_000)] })).rejects.toMatchObject({
      code: 'hook-not-started',
    })
  })

  it('it is not the file that was approved', async () => {
    const { run, file, read } = await project('echo $$ >pids')
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
    expect((await run({ sha256 })).receipt).toEqual({ exitCode: 0 })
    await rm(join(file, '..', 'pids'))
    await writeFile(file, '#!/bin/sh\necho evil >pids\n')
    await expect(run({ sha256 })).rejects.toMatchObject({ code: 'hook-changed', exit: 'stale' })
    await expect(read('pids')).rejects.toThrow('ENOENT')
  })
})
