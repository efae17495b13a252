import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { describe, expect, it, onTestFinished } from 'vitest'

const demo = join(import.meta.dirname, '../../examples/demo/demo.ts')

/** The demo as a process of its own, with a folder for what it leaves. */
async function started(...args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-demo-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const running = execa(process.execPath, [demo, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  onTestFinished(() => void running.kill())
  const place = async (): Promise<string> => join(folder, (await readdir(folder))[0] ?? '')
  return { running, place }
}

/** Waits until a stream has said this. */
function said(stream: Readable, wanted: string): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes(wanted)) resolve()
    })
    stream.on('end', () => reject(new Error(`it ended without ${wanted}: ${text}`)))
  })
}

describe('the demo', () => {
  it('releases the good version, and no request of its users is lost', { timeout: 120_000 }, async () => {
    const { running, place } = await started('--speed', '200')
    const { exitCode, stdout, stderr } = await running
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain('Done: web serves v1.2.3 in demo')
    expect(stderr).toMatch(/Of [\d,]+ requests of its users 0 failed\./)
    expect(await readFile(join(await place(), 'refused.log'), 'utf8')).toBe('')
  })

  it('takes the bad version back by itself', { timeout: 120_000 }, async () => {
    const { running } = await started('--bad', '--speed', '60')
    const { exitCode, stderr } = await running
    expect(exitCode, stderr).toBe(3)
    expect(stderr).toContain('Taken back: web serves v1.2.2 in demo')
    expect(stderr).toMatch(/weight 5 %: fail: (canary fails|new pods: availability)/)
  })

  it('serves a cluster to try commands against, by its own clock', { timeout: 120_000 }, async () => {
    const { running, place } = await started('--serve')
    await said(running.stderr, 'Ctrl-C ends it')
    const folder = await place()
    const env = { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }
    const options = { cwd: folder, env, reject: false, stdin: 'ignore' } as const
    const plan = await execa(join(folder, 'bin/deploy'), ['plan', 'canary', 'v1.2.3'], options)
    expect(plan.exitCode, plan.stderr).toBe(0)
    expect(plan.stdout).toContain('canary web  v1.2.2 → v1.2.3')
    running.kill('SIGINT')
    expect((await running).exitCode).toBe(0)
  })
})
